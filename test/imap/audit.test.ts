import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fixedPassword } from '../../src/credentials.js';
import { auditMailbox } from '../../src/imap/audit.js';
import { QUEUED_KEYWORD } from '../../src/imap/standing.js';
import { PASSWORD, startDovecot, type TestDovecot } from '../services/dovecot.js';
import { fetchesBodyOf, startImapRelay } from '../services/imap-relay.js';
import { crowd, mail } from '../services/rig.js';

let dovecot: TestDovecot;

beforeAll(async () => {
  dovecot = await startDovecot();
});
afterAll(() => dovecot?.stop());

const audit = (user: string, port = dovecot.port) =>
  auditMailbox({
    login: { host: '127.0.0.1', port, tls: 'none', user, credentials: fixedPassword(PASSWORD) },
    mailbox: `imap://${user}/INBOX`,
    folder: 'INBOX',
    backlog: 'import',
    ledger: { lookUp: async () => new Map() },
    settledSince: new Date(0),
    log: pino({ level: 'silent' }),
  });

it('counts mails whose envelope ends the connection, in the inbox and in the folders, and names what is known of them', async () => {
  const user = 'crowds@acme.test';
  const imap = await dovecot.client(user);
  await imap.mailboxCreate('Mail2Ticket/Failed');
  await imap.logout();
  for (const subject of ['Before', 'From a crowd', 'After']) {
    await dovecot.deliver(user, mail({ subject, ...(subject === 'From a crowd' && { from: crowd }) }));
  }
  await dovecot.deliver(user, mail({ subject: 'From another crowd', from: crowd }), 'Mail2Ticket/Failed');
  const { counts, settled, findings } = await audit(user);
  expect(counts.unknown).toBe(3);
  expect(settled).toEqual({ mails: 1, forgotten: 1 });
  expect(findings).toMatchObject([
    { uid: 1, subject: 'Before' },
    { uid: 2, subject: '', from: '', ageSeconds: expect.any(Number) },
    { uid: 3, subject: 'After' },
  ]);
}, 60_000);

it('tells mails without Message-ID apart by their bodies, but for one whose body ends each connection', async () => {
  const user = 'poison@acme.test';
  for (const body of ['one\n', 'poison\n', 'two\n']) {
    await dovecot.deliver(user, `From: alarm@acme.test\nSubject: Alarm\n\n${body}`);
  }
  const relay = await startImapRelay(dovecot.port, fetchesBodyOf(2));
  const { counts, findings } = await audit(user, relay.port);
  relay.close();
  expect(counts.unknown).toBe(3);
  const straight = (await audit(user)).findings.map(({ mail: id }) => id);
  expect(findings.map(({ mail: id }) => straight.indexOf(id))).toEqual([0, -1, 2]);
}, 60_000);

it('tells mail that was filed of late by another queue from what is forgotten by age and what a person has moved', async () => {
  const user = 'two-queues@acme.test';
  const imap = await dovecot.client(user);
  const processed = 'Mail2Ticket/Processed';
  await imap.mailboxCreate(processed);
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  const raw = (subject: string) => mail({ subject }).replaceAll('\n', '\r\n');
  await imap.append(processed, raw('of another queue'), [QUEUED_KEYWORD], hoursAgo(23));
  await imap.append(processed, raw('forgotten'), [QUEUED_KEYWORD], hoursAgo(25));
  await imap.append(processed, raw('moved by hand'), [], hoursAgo(1));
  await imap.logout();
  expect(await audit(user)).toMatchObject({ settled: { mails: 3, forgotten: 3 }, unaccounted: 1 });
});
