import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MAX_PARENT_WAIT_MS } from '../../src/limits.js';
import { identityOfMessageId } from '../../src/mail/identity.js';
import type { NewEntry } from '../../src/mail/ledger-entry.js';
import type { Outcome } from '../../src/mail/outcome.js';
import type { Backend, BackendWorker } from '../../src/queue/backend.js';
import { type Answer, Conversations } from '../../src/queue/conversations.js';
import { type MailJob, QUEUE_NAME } from '../../src/queue/job.js';
import type { JobLedger, MailQueue } from '../../src/queue/ledger.js';
import { until } from '../services/until.js';
import { newEntry } from './entries.js';
import { type OpenLedger, openLedger } from './open-ledger.js';

const mailbox = 'imap://support@mail.acme.test/INBOX';

describe('conversations', () => {
  let opened: OpenLedger;
  let backend: Backend;
  let queue: MailQueue;
  let ledger: JobLedger;
  let conversations: Conversations;

  beforeAll(async () => {
    opened = await openLedger('redis');
    ({ backend, queue, ledger } = opened);
  });
  afterAll(() => opened?.close());

  beforeEach(async () => {
    await queue.obliterate({ force: true });
    conversations = new Conversations(ledger);
  });

  /** A mail of the ledger under way, which came as the `uid`-th. */
  async function add(name: string, uid: number, people: string[] = []): Promise<void> {
    const plain = newEntry(identityOfMessageId(mailbox, `<${name}@x>`));
    const entry: NewEntry = {
      ...plain,
      location: { folder: 'INBOX', uidValidity: '1', uid },
      judgement: { ...plain.judgement, people },
    };
    await ledger.add([entry]);
  }

  /** Settles what is under way, by name. */
  async function settle(outcomes: Record<string, Outcome | Error>): Promise<void> {
    const ends = new Map(
      Object.entries(outcomes).map(([name, end]) => [identityOfMessageId(mailbox, `<${name}@x>`), end]),
    );
    const worker: BackendWorker<MailJob, Outcome> = await backend.worker(
      QUEUE_NAME,
      async (job) => {
        const end = ends.get(job.id ?? '');
        if (!end || end instanceof Error) throw end;
        return end;
      },
      { settings: { backoffStrategy: () => -1 } },
    );
    await until('all is settled', async () => (await ledger.countUnderWay()) === 0);
    await worker.close();
  }

  const created = (ticketId: string): Outcome => ({ kind: 'created', ticketId, adopted: false });
  const replied = (ticketId: string): Outcome => ({ kind: 'replied', ticketId, adopted: false, replyId: '1' });
  const answer = (parents: string[], given: Partial<Answer> = {}): Answer => ({
    mailbox,
    parents: parents.map((name) => `<${name}@x>`),
    receivedAt: '2026-11-24T08:00:00.000Z',
    uid: 100,
    queuedAt: Date.now(),
    ...given,
  });

  it('know the tickets of the mails that one answers, in the order of those, each once', async () => {
    for (const [uid, name] of ['root', 'reply', 'other'].entries()) await add(name, uid);
    await settle({ root: created('12'), reply: replied('12'), other: created('7') });
    expect(await conversations.parentsOf(answer(['other', 'reply', 'unknown', 'root']))).toEqual(['7', '12']);
    expect(await conversations.parentsOf(answer([]))).toEqual([]);
    expect(await conversations.parentsOf({ ...answer(['root']), mailbox: 'imap://billing@x/INBOX' })).toEqual([]);
  });

  it('do not know what failed for good or was ignored', async () => {
    await add('failed', 1);
    await add('ignored', 2);
    await settle({ failed: new Error('refused'), ignored: { kind: 'ignored', reason: 'x' } });
    expect(await conversations.parentsOf(answer(['failed', 'ignored']))).toEqual([]);
  });

  it('wait for what is under way, longer each time', async () => {
    await add('root', 1);
    const waits = async (waitedMs: number) =>
      conversations.parentsOf(answer(['root'], { queuedAt: Date.now() - waitedMs })).then(
        () => null,
        ({ code, forMs }) => ({ code, forMs: Math.round(forMs / 1000) }),
      );
    const code = 'DELIVERY_POSTPONED';
    expect(await waits(0)).toEqual({ code, forMs: 2 });
    expect(await waits(60_000)).toEqual({ code, forMs: 30 });
    expect(await waits(60 * 60_000)).toEqual({ code, forMs: 300 });
    expect(await waits(MAX_PARENT_WAIT_MS - 1000)).toEqual({ code, forMs: 300 });
    expect(await waits(MAX_PARENT_WAIT_MS)).toBeNull();
  });

  it('wait only for what came before, so that no ring of mails can stand still', async () => {
    await add('later', 101);
    expect(await conversations.parentsOf(answer(['later']))).toEqual([]);
    const byDate = answer(['later'], { receivedAt: '2026-11-24T08:00:01.000Z', uid: 1 });
    await expect(conversations.parentsOf(byDate)).rejects.toMatchObject({ code: 'DELIVERY_POSTPONED' });
  });

  it('know whose a ticket is and who took part in it, also once its mails are filed, and learn what is new', async () => {
    await add('root', 1, ['ann@example.com', 'cid@example.com']);
    await settle({ root: created('12') });
    expect(await conversations.known('12')).toEqual({
      owner: 'ann@example.com',
      people: ['ann@example.com', 'cid@example.com'],
    });
    await add('reply', 2, ['cid@example.com', 'dot@example.com']);
    await settle({ reply: replied('12') });
    await ledger.markFiled(
      [identityOfMessageId(mailbox, '<root@x>'), identityOfMessageId(mailbox, '<reply@x>')],
      'Processed',
    );
    const all = ['ann@example.com', 'cid@example.com', 'dot@example.com'];
    expect((await conversations.known('12'))?.people).toEqual(all);
    expect((await new Conversations(ledger).known('12'))?.people).toEqual(all);
  });

  it('know no owner of a ticket that no mail of the ledger made', async () => {
    await add('reply', 1, ['ann@example.com']);
    await settle({ reply: replied('12') });
    expect(await conversations.known('12')).toBeNull();
    expect(await conversations.known('13')).toBeNull();
  });
});
