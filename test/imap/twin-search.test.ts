import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fixedPassword } from '../../src/credentials.js';
import { QueueUnavailableError } from '../../src/errors.js';
import type { Readings } from '../../src/imap/ports.js';
import { TwinSearch } from '../../src/imap/twin-search.js';
import { MAX_FAILED_TWIN_SEARCHES, MAX_MAILS_PER_BATCH, MAX_TWIN_GAP_MS, MAX_TWINS_READ } from '../../src/limits.js';
import { createLogger } from '../../src/log/logger.js';
import { judge } from '../../src/mail/decide.js';
import { type Envelope, fingerprintOf, identityOfMessageId } from '../../src/mail/identity.js';
import type { EntryState } from '../../src/mail/ledger-entry.js';
import { parseMail } from '../../src/mail/parse.js';
import { defaultPolicy } from '../../src/mail/policy.js';
import { PASSWORD, startDovecot, type TestDovecot } from '../services/dovecot.js';
import { mail } from '../services/rig.js';

const PROCESSED = 'Mail2Ticket/Processed';
const MAILBOX = 'imap://support@acme.test/INBOX';
const KEYWORD = '$Mail2TicketQueued';
const NOON = Date.parse('2026-11-24T12:00:00Z');
const MINUTE = 60_000;

let dovecot: TestDovecot;
let user: string;
let serial = 0;
/** Lines of the log. */
let said: { action?: string }[];

beforeAll(async () => {
  dovecot = await startDovecot();
});
afterAll(() => dovecot?.stop());
beforeEach(() => {
  serial += 1;
  user = `support${serial}@acme.test`;
  said = [];
});

interface Filed {
  id: string;
  from?: string;
  subject?: string;
  body?: string;
  at?: number;
  flags?: string[];
}

/** Puts mails into Processed, as the watcher does. */
async function file(...mails: Filed[]): Promise<void> {
  const imap = await dovecot.client(user);
  await imap.mailboxCreate(PROCESSED);
  for (const {
    id,
    from = 'ann@example.com',
    subject = 'Re: [#12] Hello',
    body,
    at = NOON,
    flags = [KEYWORD],
  } of mails) {
    const raw = mail({ from, subject, headers: [`Message-ID: <${id}>`], ...(body !== undefined && { body }) });
    await imap.append(PROCESSED, raw.replaceAll('\n', '\r\n'), flags, new Date(at));
  }
  await imap.logout();
}

const idOf = (messageId: string) => identityOfMessageId(MAILBOX, `<${messageId}>`);

function search(
  given: {
    known?: string[];
    settled?: Record<string, EntryState>;
    readings?: Partial<Readings>;
    port?: number;
    lookUp?: () => Promise<never>;
  } = {},
) {
  const { host, port } = dovecot;
  const state: EntryState = { kind: 'under way' };
  const filed = { from: 'ann@example.com', subject: 'Re: [#12] Hello', date: '2026-11-24T08:00:00.000Z' };
  const fingerprint = fingerprintOf({ ...sought().envelope, ...filed });
  const entry = { fingerprint, receivedAt: '', filedIn: null, location: null, state };
  const entries = new Map([
    ...(given.known ?? []).map((id) => [idOf(id), entry] as const),
    ...Object.entries(given.settled ?? {}).map(([id, state]) => [idOf(id), { ...entry, state }] as const),
  ]);
  return new TwinSearch({
    login: { host, port: given.port ?? port, tls: 'none', user, credentials: fixedPassword(PASSWORD) },
    mailbox: MAILBOX,
    ledger: { lookUp: given.lookUp ?? (async () => entries) },
    judge: async (source, _, { real }) =>
      judge(await parseMail(source?.bytes ?? new Uint8Array(), new Map()), defaultPolicy, { real }),
    readings: { broken: async () => new Map(), begin: async () => () => {}, forget: async () => {}, ...given.readings },
    log: createLogger('debug', { write: (line) => void said.push(JSON.parse(line)) }),
  });
}

const sought = (given: Partial<Envelope> = {}) => ({
  envelope: {
    messageId: '<mine>',
    from: 'ann@example.com',
    subject: 'Re: [#12] Hello',
    date: '',
    sizeBytes: 100,
    receivedAt: new Date(NOON).toISOString(),
    ...given,
  },
});
const found = async (searching = search(), mails = [sought()], keywords = true) =>
  (await searching.filed(mails, PROCESSED, keywords)).map(({ id }) => id);

describe('a search for filed mails in the same words', () => {
  it('finds those of the sender, each once, with what their words come to', async () => {
    await file(
      { id: 'a', from: 'Ann <Ann@Example.com>' },
      { id: 'a', from: 'Ann <Ann@Example.com>' },
      { id: 'b', from: 'bea@example.com' },
    );
    const [filed, ...others] = await search().filed([sought()], PROCESSED, true);
    expect(others).toEqual([]);
    expect(filed).toMatchObject({ id: idOf('a'), receivedAt: NOON });
    expect(filed?.likeness).toMatchObject({ kind: 'reply', ticketIds: [12], subject: 'Re: [#12] Hello' });
  });

  it('leaves out what the ledger knows, what came too long before, and what no watcher has queued', async () => {
    await file(
      { id: 'known' },
      { id: 'old', at: NOON - MAX_TWIN_GAP_MS - 1000 },
      { id: 'just', at: NOON - MAX_TWIN_GAP_MS },
      { id: 'later', at: NOON + 26 * 60 * MINUTE },
      { id: 'moved by hand', flags: [] },
    );
    expect(await found(search({ known: ['known'] }))).toEqual([idOf('just'), idOf('later')]);
    expect(await found(search(), [sought()], false)).toContain(idOf('moved by hand'));
  });

  it('leaves out automatic mail, and looks for nobody whose address or time is not known', async () => {
    await file({ id: 'away', subject: 'Auto: away' });
    const imap = await dovecot.client(user);
    const raw = mail({ from: 'ann@example.com', subject: 'Away', headers: ['Auto-Submitted: auto-replied'] });
    await imap.append(PROCESSED, raw.replaceAll('\n', '\r\n'), [KEYWORD], new Date(NOON));
    await imap.logout();
    expect(await found()).toEqual([idOf('away')]);
    expect(await found(search({ port: 1 }), [sought({ from: '' }), sought({ receivedAt: '' })])).toEqual([]);
  });

  it('reads no more mails than the bound, those with the same subject or ticket first', async () => {
    const many = Array.from({ length: MAX_TWINS_READ + 5 }, (_, i) => ({ id: `${i}`, subject: 'Another matter' }));
    await file({ id: 'same' }, { id: 'to the ticket', subject: 'AW: Screen [#12]' }, ...many);
    const ids = await found();
    expect(ids).toHaveLength(MAX_TWINS_READ);
    expect(ids.slice(0, 3)).toEqual([idOf('same'), idOf('to the ticket'), idOf('7')]);
  });

  it('notes which mails it reads, so that one that ends the process is known the next time', async () => {
    await file({ id: 'a' }, { id: 'b' });
    const noted: string[] = [];
    const begin = async (_: string, ids: readonly string[]) => {
      noted.push(...ids);
      return () => {};
    };
    await found(search({ readings: { begin, broken: async () => new Map([[idOf('a'), 99]]) } }));
    expect(noted.sort()).toEqual([idOf('a'), idOf('b')].sort());
    expect(said).toMatchObject([{ action: 'mail.unreadable' }]);
  });

  it('gets past a mail whose envelope is too large to be read', async () => {
    const from = Array.from({ length: 100_000 }, (_, i) => `a${i}@example.com`).join(',\n ');
    await file({ id: 'large', from }, { id: 'a' });
    expect(await found()).toEqual([idOf('a')]);
  });

  it('gives up after some failures in a row, so that mail does not wait for ever', async () => {
    const searching = search({ port: 1 });
    for (let i = 1; i < MAX_FAILED_TWIN_SEARCHES; i++)
      await expect(found(searching)).rejects.toThrow(/refuses the connection/);
    expect(await found(searching)).toEqual([]);
    expect(said).toMatchObject([{ action: 'mailbox.unsearched' }]);
  });

  it('never gives up on a queue that is away', async () => {
    await file({ id: 'a' });
    const lookUp = () => Promise.reject(new QueueUnavailableError('away'));
    const searching = search({ lookUp });
    for (let i = 0; i <= MAX_FAILED_TWIN_SEARCHES; i++)
      await expect(found(searching)).rejects.toThrow(QueueUnavailableError);
  });

  it('brings back at the start of a process whatever was filed of late, by anybody and known to the ledger as settled or not at all', async () => {
    const now = Date.now();
    await file(
      { id: 'a', at: now - MINUTE },
      { id: 'known', at: now - MINUTE },
      { id: 'dragged here', at: now - MINUTE },
      { id: 'b', from: 'bea@example.com', at: now - MAX_TWIN_GAP_MS + MINUTE },
      { id: 'old', at: now - MAX_TWIN_GAP_MS - MINUTE },
    );
    const outcome = { kind: 'created', ticketId: '12', adopted: false } as const;
    const settled = { kind: 'settled', outcome } as const;
    const recent = await search({ settled: { known: settled, 'dragged here': { kind: 'failed', reason: '' } } }).recent(
      PROCESSED,
      true,
    );
    expect(recent.map(({ id }) => id)).toEqual(['a', 'known', 'b'].map(idOf));
    expect(said).toMatchObject([{ action: 'mailbox.unaccounted', mailbox: MAILBOX, mails: 2 }]);
  });

  it('says nothing at the start where the ledger knows all that was filed of late', async () => {
    await file({ id: 'known', at: Date.now() - MINUTE });
    await search({ known: ['known'] }).recent(PROCESSED, true);
    expect(said).toEqual([]);
  });

  it('goes through more mails than are asked for at one time', async () => {
    const others = Array.from({ length: MAX_MAILS_PER_BATCH + 5 }, (_, i) => ({ id: `${i}`, from: 'bea@example.com' }));
    await file({ id: 'first' }, ...others, { id: 'last' });
    expect(await found()).toEqual([idOf('first'), idOf('last')]);
  });
});
