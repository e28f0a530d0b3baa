import { ImapFlow } from 'imapflow';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fetchBodyHashes, fetchEnvelopes } from '../../src/imap/fetch.js';
import { FetchHistory } from '../../src/imap/fetch-history.js';
import { bodyHashOf } from '../../src/mail/identity.js';
import { PASSWORD, startDovecot, type TestDovecot } from '../services/dovecot.js';
import { fetchesBodyOf, startImapRelay } from '../services/imap-relay.js';
import { mail } from '../services/rig.js';

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

/** Two mails, of which another client has marked the first in a way that the next command of this one is told of it beside its answer. */
async function markedMeanwhile(name: string, first: string) {
  for (const raw of [first, mail({ subject: 'two' })]) await dovecot.deliver(name, raw);
  // With it Dovecot names the UID in what it tells unasked, as Gmail does always.
  const client = await dovecot.client(name, { qresync: true });
  const { uidValidity } = await client.mailboxOpen('INBOX');
  const other = await dovecot.client(name);
  await other.mailboxOpen('INBOX');
  await other.messageFlagsAdd('1', ['\\Seen'], { uid: true });
  await other.logout();
  return { client, folder: 'INBOX', uidValidity: String(uidValidity) };
}

it.each([
  ['another', [2], ['two']],
  ['the same', [1], ['one']],
])('takes what the server tells unasked of the flags of %s mail for no mail', async (whose, uids, subjects) => {
  const folder = await markedMeanwhile(`envelopes-${whose.replace(' ', '-')}@acme.test`, mail({ subject: 'one' }));
  const messages = await fetchEnvelopes(folder, uids);
  expect(messages.map(({ envelope }) => envelope?.subject)).toEqual(subjects);
  await folder.client.logout();
});

it('takes what the server tells unasked of the flags of a mail for no body of it', async () => {
  const folder = await markedMeanwhile('hashes@acme.test', 'From: device@acme.test\n\none\n');
  expect(await fetchBodyHashes(folder, [1])).toEqual(new Map([[1, bodyHashOf(Buffer.from('one\r\n'))]]));
  await folder.client.logout();
});
