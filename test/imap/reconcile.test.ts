import type { ImapFlow } from 'imapflow';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FiledMail, FiledMails } from '../../src/imap/filed-mails.js';
import { type Mark, prepareFolders } from '../../src/imap/folders.js';
import type { Ledger } from '../../src/imap/ports.js';
import { Reconciler } from '../../src/imap/reconcile.js';
import { QUEUED_KEYWORD } from '../../src/imap/standing.js';
import { SurelyNew } from '../../src/imap/surely-new.js';
import { MAX_MAILS_PER_BATCH, MAX_MAILS_UNDER_WAY } from '../../src/limits.js';
import { judge } from '../../src/mail/decide.js';
import { type Envelope, identityOf } from '../../src/mail/identity.js';
import type { LedgerEntry, NewEntry } from '../../src/mail/ledger-entry.js';
import { parseMail } from '../../src/mail/parse.js';
import { defaultPolicy } from '../../src/mail/policy.js';
import { startDovecot, type TestDovecot } from '../services/dovecot.js';
import { mail } from '../services/rig.js';

const USER = 'support@acme.test';
const MAILBOX = 'imap://support@acme.test/INBOX';

let dovecot: TestDovecot;
beforeAll(async () => {
  dovecot = await startDovecot();
});
afterAll(() => dovecot?.stop());

/** A ledger whose mails are settled, as automatic ones, as soon as they are queued. */
function quickLedger(): Ledger & { readonly again: string[]; readonly entries: Map<string, LedgerEntry> } {
  const entries = new Map<string, LedgerEntry>();
  const again: string[] = [];
  return {
    again,
    entries,
    lookUp: async (ids) =>
      new Map(ids.flatMap((id) => (entries.has(id) ? [[id, entries.get(id) as LedgerEntry]] : []))),
    async add(added) {
      for (const { id, fingerprint, envelope, location } of added) {
        if (entries.has(id)) continue;
        const outcome = { kind: 'ignored', reason: 'auto reply' } as const;
        const state = { kind: 'settled', outcome } as const;
        entries.set(id, { fingerprint, receivedAt: envelope.receivedAt, filedIn: null, location, state });
      }
    },
    addAgain: async ({ id }) => void again.push(id),
    async markFiled(ids, folder) {
      for (const id of ids) {
        const entry = entries.get(id);
        if (entry) entries.set(id, { ...entry, filedIn: folder });
      }
    },
    countUnderWay: async () => 0,
  };
}

/**
 * A reconciler of the watched folder; whatever stands in it is queued.
 * @param onJudge called while a mail is read, before it is queued
 * @param found in Processed
 * @param broken readings that an earlier connection has left
 */
async function open(
  imap: ImapFlow,
  ledger: Ledger,
  onJudge: (envelope: Envelope) => void = () => {},
  found: readonly FiledMail[] = [],
  broken: ReadonlyMap<string, number> = new Map(),
) {
  const mark: Mark = { uidValidity: '0', uidNext: 1, date: new Date(0) };
  const { paths } = await prepareFolders(imap, 'INBOX', mark, null);
  const opened = await imap.mailboxOpen('INBOX');
  const reconciler = new Reconciler({
    client: imap,
    mailbox: MAILBOX,
    folder: 'INBOX',
    uidValidity: String(opened.uidValidity),
    keywords: true,
    keywordRefused: () => {},
    surelyNew: new SurelyNew(),
    paths,
    mark: null,
    ledger,
    filed: new FiledMails(),
    filedLike: async () => found,
    judge: async (source, envelope) => {
      onJudge(envelope);
      return judge(await parseMail(source?.bytes ?? new Uint8Array(), new Map()), defaultPolicy);
    },
    readings: { broken: async () => broken, begin: async () => () => {}, forget: async () => {} },
    log: pino({ level: 'silent' }),
    now: Date.now,
  });
  return { reconciler, paths };
}

it('files no mail with the outcome of another one that took the Message-ID while it was read', async () => {
  const imap = await dovecot.client('scans@acme.test');
  await imap.append('INBOX', mail({ subject: 'Scan' }).replaceAll('\n', '\r\n'));
  const ledger = quickLedger();
  let id = '';
  const { reconciler } = await open(imap, ledger, (envelope) => {
    if (id !== '') return;
    id = identityOf(MAILBOX, envelope);
    const state = { kind: 'settled', outcome: { kind: 'created', ticketId: '12', adopted: false } } as const;
    ledger.entries.set(id, { fingerprint: 'of another', receivedAt: '', filedIn: null, location: null, state });
  });
  await reconciler.pass('all', () => false);
  await reconciler.fileFinished([id]);
  expect((await dovecot.list('scans@acme.test', 'INBOX')).map(({ subject }) => subject)).toEqual(['Scan']);
  await reconciler.pass('all', () => false);
  expect(ledger.entries.size).toBe(2);
  await imap.logout();
});

it('queues with a mail those that were filed before in the same words: the ledger that knows them may be lost before its turn comes', async () => {
  const user = 'again@acme.test';
  const imap = await dovecot.client(user);
  const say = (body: string) => imap.append('INBOX', mail({ subject: 'Hello', body }).replaceAll('\n', '\r\n'));
  const ledger = quickLedger();
  const queued: NewEntry[] = [];
  const add = async (entries: readonly NewEntry[]) => {
    queued.push(...entries);
    for (const { id, fingerprint, envelope, location, judgement } of entries) {
      const outcome = { kind: 'created', ticketId: `${queued.length}`, adopted: false } as const;
      const state = { kind: 'settled', outcome } as const;
      const { decision } = judgement;
      ledger.entries.set(id, {
        fingerprint,
        receivedAt: envelope.receivedAt,
        filedIn: null,
        location,
        state,
        decision,
      });
    }
  };
  const { reconciler } = await open(imap, { ...ledger, add });
  for (const body of ['Hello?\n', 'Hello?\n', 'Something else.\n']) {
    await say(body);
    await reconciler.pass('new', () => false);
    await reconciler.fileFinished(queued.map(({ id }) => id));
  }
  await imap.logout();
  const [first] = queued;
  expect(queued.map(({ twins = [] }) => twins.map(({ id }) => id))).toEqual([[], [first?.id], []]);
});

it('files a mail that stands twice in a backlog under both of its UIDs, though it is settled before its twin is looked at', async () => {
  const imap = await dovecot.client(USER);
  const twin = Buffer.from(mail({ subject: 'Away' }).replaceAll('\n', '\r\n'));
  const receivedAt = new Date('2026-11-24T08:00:00Z');
  const append = (raw: Buffer | string) => imap.append('INBOX', raw, [], receivedAt);
  await append(twin);
  for (let i = 0; i < MAX_MAILS_PER_BATCH; i++) await append(mail({ subject: `${i}` }).replaceAll('\n', '\r\n'));
  await append(twin);

  const ledger = quickLedger();
  const { reconciler, paths } = await open(imap, ledger);
  for (let pass = 0; pass < 2; pass++) await reconciler.pass('all', () => false);
  await imap.logout();
  expect(ledger.again).toEqual([]);
  const filed = await dovecot.list(USER, paths.Ignored);
  expect(filed.filter(({ subject }) => subject === 'Away')).toHaveLength(2);
  expect(await dovecot.list(USER, 'INBOX')).toEqual([]);
});

describe('of a mailbox with more mails than one batch', () => {
  let imap: ImapFlow;
  let steps: string[];
  beforeAll(async () => {
    imap = await dovecot.client('backlog@acme.test');
    for (let i = 0; i <= MAX_MAILS_PER_BATCH; i++) {
      await imap.append('INBOX', mail({ subject: `${i}` }).replaceAll('\n', '\r\n'));
    }
    const [fetch, addFlags] = [imap.fetch.bind(imap), imap.messageFlagsAdd.bind(imap)];
    imap.fetch = (range, query, options) => {
      if (query.envelope) steps.push('envelopes');
      return fetch(range, query, options);
    };
    imap.messageFlagsAdd = (...flags) => {
      steps.push('mark');
      return addFlags(...flags);
    };
    return () => imap.logout();
  });
  beforeEach(() => {
    steps = [];
  });

  it('the next envelopes are asked for before the mails of a batch are queued', async () => {
    const { reconciler } = await open(imap, quickLedger());
    await reconciler.pass('all', () => false);
    expect(steps).toEqual(['envelopes', 'envelopes', 'mark', 'mark']);
  });

  it('they are not where a reading was broken before: the mails in hand would be taken for those that broke the next one', async () => {
    const { reconciler } = await open(imap, quickLedger(), () => {}, [], new Map([['another', 1]]));
    await reconciler.pass('all', () => false);
    expect(steps).toEqual(['envelopes', 'mark', 'envelopes', 'mark']);
  });

  it('they are not where the queue has no room for the whole batch', async () => {
    const countUnderWay = async () => MAX_MAILS_UNDER_WAY - 10;
    const { reconciler } = await open(imap, { ...quickLedger(), countUnderWay });
    expect(await reconciler.pass('all', () => false)).toBe(10);
    expect(steps).toEqual(['envelopes', 'mark']);
  });
});

it('files a mail once that is settled while the batch before it is read, though its envelope was fetched ahead', async () => {
  const user = 'ahead@acme.test';
  const imap = await dovecot.client(user);
  for (let i = 0; i <= MAX_MAILS_PER_BATCH; i++) {
    await imap.append('INBOX', mail({ subject: `${i}` }).replaceAll('\n', '\r\n'));
  }
  const ledger = quickLedger();
  const marked: string[] = [];
  const { reconciler, paths } = await open(imap, {
    ...ledger,
    async markFiled(ids, folder) {
      marked.push(...ids);
      await ledger.markFiled(ids, folder);
    },
  });
  await reconciler.pass('all', () => false);
  const [first, last] = [[...ledger.entries.keys()][0] ?? '', [...ledger.entries.keys()].at(-1) ?? ''];
  // To be read again, and by that the envelope of the last one is fetched ahead.
  ledger.entries.delete(first);
  const toFile = [last];
  await reconciler.pass(
    'all',
    () => false,
    () => toFile.splice(0),
  );
  await imap.logout();
  expect(marked.filter((id) => id === last)).toHaveLength(1);
  expect((await dovecot.list(user, paths.Ignored)).filter(({ subject }) => subject === '100')).toHaveLength(1);
});

it('tries a mail again that a person moves back once, though a crash kept from the ledger that it had been filed', async () => {
  const user = 'crash@acme.test';
  const imap = await dovecot.client(user);
  await imap.append('INBOX', mail({ subject: 'Away' }).replaceAll('\n', '\r\n'));
  const ledger = quickLedger();
  const killed = { ...ledger, markFiled: () => Promise.reject(new Error('killed')) };
  const { reconciler, paths } = await open(imap, killed);
  await reconciler.pass('all', () => false);
  await expect(reconciler.pass('all', () => false)).rejects.toThrow('killed');
  await imap.mailboxOpen(paths.Ignored);
  await imap.messageMove('1:*', 'INBOX');
  await (await open(imap, ledger)).reconciler.pass('all', () => false);
  expect(ledger.again).toEqual([...ledger.entries.keys()]);
  await imap.logout();
});

it('only files a mail that stands where it stood, and its twin, where a crash kept them from being moved', async () => {
  const user = 'twins@acme.test';
  const imap = await dovecot.client(user);
  const twin = mail({ subject: 'Away' }).replaceAll('\n', '\r\n');
  const receivedAt = new Date('2026-11-24T08:00:00Z');
  for (let i = 0; i < 2; i++) await imap.append('INBOX', twin, [], receivedAt);
  const ledger = quickLedger();
  const { reconciler, paths } = await open(imap, ledger);
  await reconciler.pass('all', () => false);
  await (await open(imap, ledger)).reconciler.pass('all', () => false);
  expect(ledger.again).toEqual([]);
  expect(await dovecot.list(user, paths.Ignored)).toHaveLength(2);
  await imap.logout();
});

it.each([
  { when: 'after', filed: (): string[] => [] },
  { when: 'within', filed: (ids: string[]) => ids },
])(
  'only files both of one mail that stands twice, queued before the ledger was lost and settled $when the pass over the backlog',
  async ({ when, filed: finished }) => {
    const user = `${when}@acme.test`;
    const imap = await dovecot.client(user);
    const receivedAt = new Date('2026-11-24T08:00:00Z');
    const twin = mail({ subject: 'Away' });
    const append = (raw: string) => imap.append('INBOX', raw.replaceAll('\n', '\r\n'), [QUEUED_KEYWORD], receivedAt);
    await append(twin);
    for (let i = 0; i < MAX_MAILS_PER_BATCH; i++) await append(mail({ subject: `${i}` }));
    await append(twin);

    const ledger = quickLedger();
    const { reconciler, paths } = await open(imap, ledger);
    const pass = () =>
      reconciler.pass(
        'all',
        () => false,
        () => finished([...ledger.entries.keys()]),
      );
    await pass();
    await pass();
    await imap.logout();
    expect(ledger.again).toEqual([]);
    const filed = await dovecot.list(user, paths.Ignored);
    expect(filed.filter(({ subject }) => subject === 'Away')).toHaveLength(2);
  },
);

it('leaves the mails of a flooding sender in the mailbox once a thousand wait for their turn, and takes those of others', async () => {
  const imap = await dovecot.client('other@acme.test');
  const append = (from: string, subject: string) =>
    imap.append('INBOX', mail({ from, subject }).replaceAll('\n', '\r\n'));
  for (let i = 0; i < MAX_MAILS_UNDER_WAY + 5; i++) await append(`Flood <flood+${i}@example.net>`, `Flood ${i}`);
  await append('Ann <ann@example.com>', 'Printer on fire');
  const queued: string[] = [];
  const entries = new Map<string, LedgerEntry>();
  const { reconciler } = await open(imap, {
    ...quickLedger(),
    lookUp: async (ids) => new Map([...entries].filter(([id]) => ids.includes(id))),
    async add(added) {
      for (const { id, fingerprint, envelope, location } of added) {
        queued.push(envelope.subject);
        const state = { kind: 'under way' } as const;
        entries.set(id, { fingerprint, receivedAt: envelope.receivedAt, filedIn: null, location, state });
      }
    },
  });
  await reconciler.pass('all', () => false);
  await imap.logout();
  expect(queued).toHaveLength(MAX_MAILS_UNDER_WAY + 1);
  expect(queued.at(-1)).toBe('Printer on fire');
});
