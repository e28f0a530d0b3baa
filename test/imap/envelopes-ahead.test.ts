import { ImapFlow } from 'imapflow';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EnvelopesAhead } from '../../src/imap/envelopes-ahead.js';
import { PASSWORD, startDovecot, type TestDovecot } from '../services/dovecot.js';
import { type ImapRelay, startImapRelay } from '../services/imap-relay.js';
import { mail } from '../services/rig.js';

const user = 'backlog@acme.test';

describe('fetching envelopes ahead', () => {
  let dovecot: TestDovecot;
  let relay: ImapRelay;
  let folder: { client: ImapFlow; folder: string; uidValidity: string };
  beforeAll(async () => {
    dovecot = await startDovecot();
    relay = await startImapRelay(dovecot.port, () => false);
    for (const subject of ['one', 'two', 'three', 'four']) await dovecot.deliver(user, mail({ subject }));
  });
  afterAll(async () => {
    relay?.close();
    await dovecot?.stop();
  });
  beforeEach(async () => {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: relay.port,
      secure: false,
      doSTARTTLS: false,
      auth: { user, pass: PASSWORD },
      logger: false,
    });
    client.on('error', () => {});
    await client.connect();
    const { uidValidity } = await client.mailboxOpen('INBOX');
    folder = { client, folder: 'INBOX', uidValidity: String(uidValidity) };
    return () => client.close();
  });

  const fetches = () => relay.commands.filter((command) => command.includes('UID FETCH')).length;
  const subjectsOf = async (messages: ReturnType<EnvelopesAhead['fetch']>) =>
    (await messages).map(({ envelope }) => envelope?.subject);

  it('gives what was fetched ahead without asking again', async () => {
    const envelopes = new EnvelopesAhead(folder);
    const [before, uids] = [fetches(), [1, 2]];
    envelopes.begin(uids);
    expect(await subjectsOf(envelopes.fetch(uids))).toEqual(['one', 'two']);
    expect(fetches() - before).toBe(1);
  });

  it('asks anew for the same mails the next time, since their flags change', async () => {
    const envelopes = new EnvelopesAhead(folder);
    const [before, uids] = [fetches(), [1, 2]];
    envelopes.begin(uids);
    for (let time = 0; time < 2; time++) await envelopes.fetch(uids);
    expect(fetches() - before).toBe(2);
  });

  it('asks for other mails than those that were fetched ahead', async () => {
    const envelopes = new EnvelopesAhead(folder);
    envelopes.begin([1, 2]);
    expect(await subjectsOf(envelopes.fetch([3, 4]))).toEqual(['three', 'four']);
  });

  it('rejects where it is taken with what the fetching failed with, and not before', async () => {
    const envelopes = new EnvelopesAhead(folder);
    const uids = [1, 2];
    envelopes.begin(uids);
    folder.client.close();
    // A rejection that nobody has waited for would have ended the run by now.
    await new Promise((resolve) => setImmediate(resolve));
    await expect(envelopes.fetch(uids)).rejects.toThrow();
  });
});
