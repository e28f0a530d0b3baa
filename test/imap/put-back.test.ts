import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { fixedPassword } from '../../src/credentials.js';
import { envelopeOf } from '../../src/imap/envelope.js';
import { type FailedMail, putBack } from '../../src/imap/put-back.js';
import { fingerprintOf } from '../../src/mail/identity.js';
import { PASSWORD, startDovecot, type TestDovecot } from '../services/dovecot.js';
import { crowd } from '../services/rig.js';

const FAILED = 'Mail2Ticket/Failed';
const log = pino({ level: 'silent' });
const arrived = new Date('2026-11-20T08:00:00Z');

let dovecot: TestDovecot;
let user: string;
let serial = 0;

beforeAll(async () => {
  dovecot = await startDovecot();
});
afterAll(() => dovecot?.stop());
beforeEach(() => {
  serial += 1;
  user = `support${serial}@acme.test`;
});

/** Puts mails into Failed, as the watcher does, and tells how the ledger knows each. */
async function failed(...mails: { subject: string; messageId?: string }[]): Promise<FailedMail[]> {
  const imap = await dovecot.client(user);
  await imap.mailboxCreate(FAILED);
  for (const { subject, messageId } of mails) {
    const headers = [
      'From: ann@example.com',
      `Subject: ${subject}`,
      ...(messageId ? [`Message-ID: ${messageId}`] : []),
    ];
    await imap.append(FAILED, `${headers.join('\r\n')}\r\n\r\nHello\r\n`, ['$Mail2TicketQueued'], arrived);
  }
  await imap.mailboxOpen(FAILED);
  const known: FailedMail[] = [];
  for await (const message of imap.fetch('1:*', { envelope: true, size: true, internalDate: true })) {
    const envelope = envelopeOf(message);
    known.push({
      id: envelope.subject,
      messageId: envelope.messageId,
      fingerprint: fingerprintOf(envelope),
      receivedAt: Date.parse(envelope.receivedAt),
    });
  }
  await imap.logout();
  return known;
}

const back = (mails: readonly FailedMail[]) => {
  const { host, port } = dovecot;
  const login = { host, port, tls: 'none' as const, user, credentials: fixedPassword(PASSWORD) };
  return putBack({ login, folder: 'INBOX', log }, mails);
};
const subjects = async (folder: string) => (await dovecot.list(user, folder)).map(({ subject }) => subject);
const named = (mails: readonly FailedMail[], ...ids: string[]) => mails.filter(({ id }) => ids.includes(id));

it('moves the mails that are asked for and no others, with their keyword and INTERNALDATE', async () => {
  const mails = await failed(
    { subject: 'one', messageId: '<1@example.com>' },
    { subject: 'two', messageId: '<2@example.com>' },
    { subject: 'three', messageId: '<"odd \\" one"@example.com>' },
  );
  expect((await back(named(mails, 'one', 'three'))).sort()).toEqual(['one', 'three']);
  expect(await subjects(FAILED)).toEqual(['two']);
  const imap = await dovecot.client(user);
  await imap.mailboxOpen('INBOX');
  for await (const { flags, internalDate } of imap.fetch('1:*', { flags: true, internalDate: true })) {
    expect([...(flags ?? [])]).toContain('$Mail2TicketQueued');
    expect(new Date(internalDate ?? 0)).toEqual(arrived);
  }
  await imap.logout();
});

it('tells mails with one Message-ID apart, and knows those without one', async () => {
  const mails = await failed(
    { subject: 'first scan', messageId: '<scanner@printer>' },
    { subject: 'second scan', messageId: '<scanner@printer>' },
    { subject: 'without' },
  );
  expect(await back(named(mails, 'second scan', 'without'))).toEqual(['second scan', 'without']);
  expect(await subjects(FAILED)).toEqual(['first scan']);
});

it('moves hundreds at once', async () => {
  const mails = await failed(
    ...Array.from({ length: 130 }, (_, i) => ({ subject: `mail ${i}`, messageId: `<${i}@example.com>` })),
  );
  expect(await back(mails.slice(5))).toHaveLength(125);
  expect(await subjects(FAILED)).toEqual(['mail 0', 'mail 1', 'mail 2', 'mail 3', 'mail 4']);
  expect(await subjects('INBOX')).toHaveLength(125);
});

it('moves a mail whose envelope ends the connection, and those beside it', async () => {
  const [one, two] = await failed({ subject: 'one', messageId: '<1@example.com>' }, { subject: 'two' });
  const imap = await dovecot.client(user);
  await imap.append(
    FAILED,
    `From: ${crowd}\r\nSubject: From a crowd\r\n\r\nHello\r\n`.replace(/\r?\n/g, '\r\n'),
    [],
    arrived,
  );
  await imap.logout();
  const large = { id: 'large', messageId: null, receivedAt: Number(arrived) };
  const fingerprint = fingerprintOf({ ...large, from: '', subject: '', date: '', sizeBytes: 0, receivedAt: '' });
  expect((await back([...(one && two ? [one, two] : []), { ...large, fingerprint }])).sort()).toEqual([
    'large',
    'one',
    'two',
  ]);
  const mailbox = await dovecot.client(user);
  expect(await mailbox.status(FAILED, { messages: true })).toMatchObject({ messages: 0 });
  await mailbox.logout();
}, 60_000);

it('leaves out what does not lie there any more', async () => {
  const mails = await failed({ subject: 'one', messageId: '<1@example.com>' });
  expect(await back(mails)).toEqual(['one']);
  expect(await back(mails)).toEqual([]);
  user = 'never-watched@acme.test';
  expect(await back(mails)).toEqual([]);
});
