import { afterEach, expect, it } from 'vitest';
import type { ImapRelay } from '../services/imap-relay.js';
import { type Quirks, startQuirkyRelay } from '../services/quirky-relay.js';
import { mail, type Rig, type RunningService, startRig } from '../services/rig.js';
import { until } from '../services/until.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A service that watches a mailbox through a server with these quirks. */
async function watching(
  quirks: Quirks,
  before: (rig: Rig) => Promise<void> = async () => {},
): Promise<{ rig: Rig; service: RunningService; relay: ImapRelay }> {
  const rig = await startRig('redis');
  closing.push(() => rig.close());
  await before(rig);
  const relay = await startQuirkyRelay(rig.dovecot.port, quirks);
  closing.push(() => relay.close());
  const service = await rig.start({ IMAP_PORT: String(relay.port), IMAP_POLL_SECONDS: '1' });
  return { rig, service, relay };
}

const tickets = (rig: Rig) => rig.helpdesk.tickets().map(({ subject }) => subject);
const ticketOf = (rig: Rig, subject: string) => until(`a ticket ${subject}`, () => tickets(rig).includes(subject));
const says = (service: RunningService, action: string) =>
  until(action, () => service.log.find((line) => line.action === action));
/** So many looks at all of the folder from now on. */
async function looks(relay: ImapRelay, times: number) {
  const count = () => relay.commands.filter((command) => command.startsWith('UID SEARCH UID')).length;
  const before = count();
  await until(`${times} looks`, () => count() >= before + times);
}
const uidOf = (text: string) => Number(/^\* \d+ FETCH \(UID (\d+) /.exec(text)?.[1] ?? 0);
const isRowOf = (uid: number, text: string) => uidOf(text) === uid;
const automatic = (subject: string) => mail({ subject, headers: ['Auto-Submitted: auto-replied'] });

/** A mail too large to be fetched whole. */
function large(subject: string): string {
  const text = `The words of the customer.\n${'More of them, line by line.\n'.repeat(4000)}`;
  const file =
    'Content-Type: application/octet-stream; name=a.bin\nContent-Disposition: attachment; filename=a.bin\n\nx';
  const body = `--b1\nContent-Type: text/plain\n\n${text}\n--b1\n${file}\n--b1--\n`;
  return mail({ subject, headers: ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="b1"'], body });
}

it('STATUS and SELECT do not tell UIDNEXT (mail.163.com): old mail is left alone', async () => {
  const { rig } = await watching(
    {
      response: (text) =>
        text.startsWith('* STATUS')
          ? [text.replace(/ ?UIDNEXT \d+/, '')]
          : text.startsWith('* OK [UIDNEXT')
            ? []
            : undefined,
    },
    async (rig) => {
      for (const subject of ['old', 'older']) await rig.deliver(mail({ subject }));
    },
  );
  await rig.deliver(mail({ subject: 'new' }));
  await rig.filed('Processed', 'new');
  expect(tickets(rig)).toEqual(['new']);
  expect(await rig.subjects('INBOX')).toEqual(['old', 'older']);
});

it.each([
  ['MOVE', { command: (text: string) => (/^UID MOVE/.test(text) ? ['$ OK Completed'] : undefined) }],
  [
    'COPY, STORE and EXPUNGE',
    {
      response: (text: string) => [text.replace(/ MOVE(?=[ \]]|$)/, '')],
      command: (text: string) => (/^UID EXPUNGE/.test(text) ? ['$ OK Completed'] : undefined),
    },
  ],
])(
  '%s answers OK and the mail stays (Cyrus): an automatic reply makes no ticket, and there is one copy',
  async (_, quirks) => {
    const { rig, service, relay } = await watching(quirks);
    await rig.deliver(automatic('out of office'));
    await says(service, 'mail.ignored');
    await looks(relay, 5);
    expect(tickets(rig)).toEqual([]);
    expect((await rig.subjects('Ignored')).length).toBeLessThan(2);
    expect(service.log.filter(({ action }) => action === 'mail.unmoved')).toHaveLength(1);
  },
);

it.each([
  ['every mail, for want of space', /^UID MOVE/],
  ['one mail', /^UID MOVE (?:1|1[,:][\d:,]+) /],
])('MOVE answers NO for %s: other mail becomes a ticket', async (_, refused) => {
  const { rig, service } = await watching({
    command: (text) => (refused.test(text) ? ['$ NO [OVERQUOTA] Quota exceeded'] : undefined),
  });
  await rig.deliver(mail({ subject: 'one' }));
  await ticketOf(rig, 'one');
  await says(service, 'mail.unmoved');
  for (const subject of ['two', 'three']) await rig.deliver(mail({ subject }));
  await ticketOf(rig, 'three');
  if (!refused.test('UID MOVE 2 x')) await rig.filed('Processed', 'two', 'three');
  expect(tickets(rig)).toEqual(['one', 'two', 'three']);
  expect(service.log.some(({ action }) => action === 'mailbox.down')).toBe(false);
});

it('STORE of the keyword answers NO, though it is offered: mail becomes a ticket', async () => {
  const { rig, service } = await watching({
    command: (text) => (/^UID STORE/.test(text) ? ['$ NO Too many user flags in mailbox'] : undefined),
  });
  await rig.deliver(mail({ subject: 'one' }));
  await rig.filed('Processed', 'one');
  await says(service, 'mailbox.unmarked');
  expect(tickets(rig)).toEqual(['one']);
});

it.each([
  ['holds quotes as they are (iCloud, GreenMail)', 1000, (row: string) => row.replace(/"<(\d+)\./, '"<"a@b"$1.')],
  [
    'is NIL at the first look',
    1,
    (row: string) => row.replace(/ENVELOPE \(.*\)\) NIL NIL NIL "<[^>]*>"\)/, 'ENVELOPE NIL'),
  ],
])('ENVELOPE %s: the mail becomes one ticket', async (_, times, broken) => {
  let looksAt = 0;
  const { rig, relay } = await watching({
    response: (text, during) =>
      isRowOf(1, text) && /ENVELOPE/.test(during) && ++looksAt <= times ? [broken(text)] : undefined,
  });
  rig.helpdesk.fault({ kind: 'late', forMs: 4000, endpoint: 'tickets_create.php' });
  await rig.deliver(mail({ subject: 'one' }));
  await looks(relay, 4);
  await rig.filed('Processed', 'one');
  expect(tickets(rig)).toEqual(['one']);
});

it('FETCH of envelopes answers NO where one mail is among them (Yahoo): each becomes a ticket', async () => {
  const { rig } = await watching({
    response: (text, during) => {
      if (!/^UID FETCH (?:1|1[,:][\d:,]+) .*ENVELOPE/.test(during)) return undefined;
      return isRowOf(1, text) ? [] : [text.replace(/^(\S+) OK .*/, '$1 NO [UNAVAILABLE] UID FETCH Server error')];
    },
  });
  for (const subject of ['one', 'two']) await rig.deliver(mail({ subject }));
  await rig.filed('Processed', 'one', 'two');
  expect(tickets(rig).sort()).toEqual(['one', 'two']);
});

it('BODY[] is NIL, empty or left out at each look: in the end each becomes a ticket by its envelope', async () => {
  const broken = [
    (row: string) => [row.replace(/BODY\[\]<0> \{\d+\}.*$/s, 'BODY[]<0> NIL)')],
    (row: string) => [row.replace(/BODY\[\]<0> \{\d+\}.*$/s, 'BODY[]<0> "")')],
    () => [],
  ];
  const { rig, service } = await watching({
    response: (text, during) => (/BODY\.PEEK\[\]/.test(during) ? broken[uidOf(text) - 1]?.(text) : undefined),
  });
  const subjects = ['NIL', 'empty', 'left out'];
  for (const subject of [...subjects, 'sound']) await rig.deliver(mail({ subject }));
  await rig.filed('Processed', 'sound', ...subjects);
  expect(tickets(rig)[0]).toBe('sound');
  expect(tickets(rig).slice(1).sort()).toEqual(subjects.sort());
  expect(service.log.filter(({ action }) => action === 'mail.unreadable')).toHaveLength(3);
});

it('a large mail comes in two rows, with a BODYSTRUCTURE that cannot be understood, or NIL for its file: its words are in the ticket', async () => {
  const inTwoRows = (row: string) => {
    const first = /^(\* \d+ FETCH \(UID \d+ ).*?BODY\[HEADER\]<0> \{(\d+)\}\r\n/s.exec(row);
    if (!first) return undefined;
    const end = first[0].length + Number(first[2]);
    return [`${row.slice(0, end)})`, `${first[1]}${row.slice(end).trimStart()}`];
  };
  const broken = [
    inTwoRows,
    (row: string) => [row.replace('"plain" ', '"plain"" ')],
    (row: string) => [row.replace(/BODY\[2\.MIME\](?:<0>)? \{\d+\}\r\n.*\)$/s, 'BODY[2.MIME] NIL)')],
  ];
  const { rig } = await watching({
    response: (text, during) =>
      /BODYSTRUCTURE|BODY\.PEEK\[HEADER\]/.test(during) ? broken[uidOf(text) - 1]?.(text) : undefined,
  });
  const subjects = ['in two rows', 'structure', 'NIL'];
  for (const subject of subjects) await rig.deliver(large(subject));
  await rig.filed('Processed', ...subjects);
  const whole = rig.helpdesk.tickets().filter(({ message }) => message.includes('The words of the customer.'));
  expect(whole.map(({ subject }) => subject).sort()).toEqual(subjects.sort());
});

it('RFC822.SIZE of a mail without Message-ID differs from look to look (WildDuck, DavMail): one ticket', async () => {
  let looksAt = 0;
  const { rig, relay } = await watching({
    response: (text) => [text.replace(/RFC822\.SIZE (\d+)/, (_, size) => `RFC822.SIZE ${Number(size) + looksAt++}`)],
  });
  rig.helpdesk.fault({ kind: 'late', forMs: 4000, endpoint: 'tickets_create.php' });
  await rig.deliver(mail({ subject: 'one' }).replace(/^Message-ID.*\n/m, ''));
  await looks(relay, 4);
  await rig.filed('Processed', 'one');
  expect(tickets(rig)).toEqual(['one']);
});

it('rows of one mail have no UID: the log says that it makes no ticket', async () => {
  const { rig, service } = await watching({
    response: (text, during) =>
      isRowOf(1, text) && during.startsWith('UID FETCH') ? [text.replace('UID 1 ', '')] : undefined,
  });
  for (const subject of ['one', 'two']) await rig.deliver(mail({ subject }));
  await rig.filed('Processed', 'two');
  expect(await says(service, 'mailbox.unanswered')).toMatchObject({ uids: [1], mails: 1 });
});

it('UID SEARCH in an empty folder answers NO (Proton Bridge): the mailbox is watched', async () => {
  let exists = 0;
  const { rig, service } = await watching({
    response: (text, during) => {
      exists = Number(/^\* (\d+) EXISTS/.exec(text)?.[1] ?? exists);
      if (/^\* \d+ EXPUNGE/.test(text)) exists -= 1;
      if (exists > 0 || !during.startsWith('UID SEARCH')) return undefined;
      return text.startsWith('* SEARCH') ? [] : [text.replace(/^(\S+) OK .*/, '$1 NO no such message')];
    },
  });
  await rig.deliver(mail({ subject: 'one' }));
  await rig.filed('Processed', 'one');
  expect(service.log.some(({ action }) => action === 'mailbox.down')).toBe(false);
});
