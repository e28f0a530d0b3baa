import { expect, test } from 'vitest';
import { UnderWay } from '../../src/imap/under-way.js';

const mail = (id: string, uid: number, receivedAt: string, from = 'ann@example.com') => ({
  id,
  uid,
  fingerprint: `of ${id}`,
  envelope: { messageId: null, from, subject: '', date: '', sizeBytes: 0, receivedAt },
});

test('The oldest mail under way is the one that came first, whatever the order in which they were seen', () => {
  const mails = new UnderWay();
  expect(mails.oldest).toBeNull();
  mails.remember(mail('b', 2, '2026-11-24T09:00:00.000Z'));
  mails.remember(mail('a', 1, '2026-11-24T08:00:00.000Z'));
  expect(mails.oldest).toBe(Date.parse('2026-11-24T08:00:00.000Z'));
  mails.forget('a');
  expect(mails.oldest).toBe(Date.parse('2026-11-24T09:00:00.000Z'));
});

test('A mail without a date that can be read does not hide the age of the others', () => {
  const mails = new UnderWay();
  mails.remember(mail('a', 1, ''));
  expect(mails.oldest).toBeNull();
  mails.remember(mail('b', 2, '2026-11-24T09:00:00.000Z'));
  expect(mails.oldest).toBe(Date.parse('2026-11-24T09:00:00.000Z'));
});

test('A mail that stands twice in the folder is under way once, until both copies have left', () => {
  const mails = new UnderWay();
  for (const uid of [1, 2, 2]) mails.remember(mail('a', uid, '2026-11-24T08:00:00.000Z'));
  expect([mails.size, mails.uidsOf('a')]).toEqual([1, [1, 2]]);
  mails.keepOnly(new Set([2]));
  expect(mails.uidsOf('a')).toEqual([2]);
  mails.keepOnly(new Set([7]));
  expect([mails.has('a'), mails.uidsOf('a')]).toEqual([false, []]);
});

test('Who has many mails under way is known, under all plus addresses', () => {
  const mails = new UnderWay();
  for (const [uid, from] of ['a+1@x.test', 'A+2@x.test', 'a@x.test', 'b@x.test'].entries()) {
    mails.remember(mail(`mail ${uid}`, uid, '2026-11-24T08:00:00.000Z', from));
  }
  expect([...mails.sendersOf(3)]).toEqual(['a@x.test']);
  expect([...mails.sendersOf(4)]).toEqual([]);
  mails.forget('mail 2');
  expect([...mails.sendersOf(3)]).toEqual([]);
});

test('Another mail under the same id is not taken for it', () => {
  const mails = new UnderWay();
  mails.remember(mail('a', 1, ''));
  expect([mails.isOf('a', { fingerprint: 'of a' }), mails.isOf('a', { fingerprint: 'of b' })]).toEqual([true, false]);
});
