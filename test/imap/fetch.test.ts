import { ImapFlow } from 'imapflow';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fetchBodyHashes } from '../../src/imap/fetch.js';
import { FetchHistory } from '../../src/imap/fetch-history.js';
import { bodyHashOf } from '../../src/mail/identity.js';
import { PASSWORD, startDovecot, type TestDovecot } from '../services/dovecot.js';
import { fetchesBodyOf, startImapRelay } from '../services/imap-relay.js';

const user = 'alarms@acme.test';
let dovecot: TestDovecot;

beforeAll(async () => {
  dovecot = await startDovecot();
});
afterAll(() => dovecot?.stop());

it('fetches the body that tells a mail from others once, however often it is looked at', async () => {
  for (const body of ['one', 'two']) await dovecot.deliver(user, `From: device@acme.test\n\n${body}\n`);
  const relay = await startImapRelay(dovecot.port, () => false);
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: relay.port,
    secure: false,
    doSTARTTLS: false,
    auth: { user, pass: PASSWORD },
    logger: false,
  });
  await client.connect();
  const { uidValidity } = await client.mailboxOpen('INBOX');
  const folder = { client, folder: 'INBOX', uidValidity: String(uidValidity), history: new FetchHistory() };
  const hashes = new Map(['one', 'two'].map((body, i) => [i + 1, bodyHashOf(Buffer.from(`${body}\r\n`))]));
  expect(await fetchBodyHashes(folder, [1, 2])).toEqual(hashes);
  expect(await fetchBodyHashes(folder, [1, 2])).toEqual(hashes);
  expect(relay.commands.filter(fetchesBodyOf(1))).toHaveLength(1);
  await client.logout();
  relay.close();
});
