import { expect, it } from 'vitest';
import { Quarantine } from '../../src/imap/quarantine.js';

const inbox = { folder: 'INBOX', uidValidity: '1' };

/** What becomes of each connection that asks for these mails, until one has asked for all: the groups that it asked for. */
function ask(quarantine: Quarantine, uids: number[], endsAt: (uid: number) => boolean): number[][][] {
  const connections: number[][][] = [];
  for (;;) {
    const asked: number[][] = [];
    connections.push(asked);
    const groups = quarantine.groups(inbox, uids);
    const end = groups.find((group) => {
      if (group.quarantined) return false;
      asked.push([...group.uids]);
      const ended = group.uids.some(endsAt);
      if (!ended) quarantine.read(inbox, group);
      return ended;
    });
    if (!end) return connections;
    quarantine.ended(inbox, end);
  }
}

it('finds the mails that end connections one by one, and gives the others back to their group', () => {
  const quarantine = new Quarantine(2);
  const deadly = (uid: number) => uid === 2;
  expect(ask(quarantine, [1, 2, 3], deadly)).toEqual([[[1, 2, 3]], [[1], [2]], [[1], [3], [2]], [[1, 3]]]);
  expect(quarantine.ends).toBe(3);
  expect(ask(quarantine, [1, 2, 3, 4], deadly)).toEqual([[[1, 3, 4]]]);
});

it('has nothing against a mail that a connection only happened to end at', () => {
  const quarantine = new Quarantine(2);
  let ends = 2;
  const unlucky = () => ends-- > 0;
  ask(quarantine, [1, 2], unlucky);
  expect(quarantine.groups(inbox, [1, 2])).toEqual([{ uids: [1, 2], quarantined: false }]);
});

it('blames no mail for long where every connection is ended for a while', () => {
  const quarantine = new Quarantine(2);
  let ends = 7;
  ask(quarantine, [1, 2, 3, 4, 5, 6], () => ends-- > 0);
  expect(quarantine.found).toBe(0);
});

it('takes the same number in another folder, or after UIDVALIDITY has changed, for another mail', () => {
  const quarantine = new Quarantine(1);
  quarantine.ended(inbox, { uids: [1], quarantined: false });
  expect(quarantine.groups(inbox, [1])).toEqual([{ uids: [1], quarantined: true }]);
  for (const other of [
    { ...inbox, folder: 'Failed' },
    { ...inbox, uidValidity: '2' },
  ]) {
    expect(quarantine.groups(other, [1])).toEqual([{ uids: [1], quarantined: false }]);
  }
});
