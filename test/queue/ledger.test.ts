import { UnrecoverableError } from 'bullmq';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../../src/mail/outcome.js';
import type { Backend } from '../../src/queue/backend.js';
import { type MailJob, QUEUE_NAME } from '../../src/queue/job.js';
import type { JobLedger, MailQueue } from '../../src/queue/ledger.js';
import type { Store } from '../services/rig.js';
import { until } from '../services/until.js';
import { newEntry } from './entries.js';
import { type OpenLedger, openLedger } from './open-ledger.js';

const created: Outcome = { kind: 'created', ticketId: '12', adopted: false };

describe.each<Store>(['redis', 'embedded'])('the ledger on %s', (kind) => {
  let opened: OpenLedger;
  let backend: Backend;
  let queue: MailQueue;
  let ledger: JobLedger;

  beforeAll(async () => {
    opened = await openLedger(kind);
    ({ backend, queue, ledger } = opened);
  });
  afterAll(() => opened?.close());

  beforeEach(() => queue.obliterate({ force: true }));

  /** Works off what is in the queue: ids that begin with `bad` fail for good. */
  async function settle(...ids: string[]): Promise<void> {
    const worker = await backend.worker<MailJob, Outcome>(
      QUEUE_NAME,
      async (job) => {
        if (job.id?.startsWith('bad')) throw new UnrecoverableError('Custom field 7 is required');
        return created;
      },
      {},
    );
    await until(`${ids.join(', ')} settled`, async () => {
      const entries = await ledger.lookUp(ids);
      return ids.every((id) => entries.get(id)?.state.kind !== 'under way');
    });
    await worker.close();
  }

  it('counts what waits for its turn apart from what is under way', async () => {
    const { postponed } = opened;
    await ledger.add([newEntry('a'), newEntry('b')]);
    await postponed.add('a');
    await postponed.add('a');
    expect(await ledger.countUnderWay()).toBe(1);
    await postponed.delete('a');
    expect(await ledger.countUnderWay()).toBe(2);
  });

  it('knows nothing of a mail that was never added', async () => {
    expect(await ledger.lookUp(['a', 'b'])).toEqual(new Map());
  });

  it.runIf(kind === 'redis')('asks once about mails of which it knows none', async () => {
    const getJob = vi.spyOn(queue, 'getJob');
    try {
      await ledger.lookUp(['a', 'b']);
      expect(getJob).not.toHaveBeenCalled();
    } finally {
      getJob.mockRestore();
    }
  });

  it('says of each mail whether it is under way, what it became, or in which words it was refused', async () => {
    await ledger.add([newEntry('good'), newEntry('bad')]);
    expect((await ledger.lookUp(['good'])).get('good')).toEqual({
      fingerprint: 'fingerprint of good',
      receivedAt: '2026-11-24T08:00:00.000Z',
      filedIn: null,
      location: { folder: 'INBOX', uidValidity: '1', uid: 1 },
      state: { kind: 'under way' },
      decision: newEntry('good').judgement.decision,
    });
    await settle('good', 'bad');
    const entries = await ledger.lookUp(['good', 'bad', 'unknown']);
    expect(entries.get('good')?.state).toEqual({ kind: 'settled', outcome: created });
    expect(entries.get('bad')?.state).toEqual({ kind: 'failed', reason: 'Custom field 7 is required' });
    expect(entries.has('unknown')).toBe(false);
  });

  it('keeps the first of two entries with one id', async () => {
    await ledger.add([newEntry('a', { fingerprint: 'first' })]);
    await ledger.add([newEntry('a', { fingerprint: 'second' })]);
    expect((await ledger.lookUp(['a'])).get('a')?.fingerprint).toBe('first');
    expect(await ledger.countUnderWay()).toBe(1);
  });

  it('puts a settled mail back to work, but leaves alone one that is under way', async () => {
    await ledger.add([newEntry('bad')]);
    await ledger.addAgain(newEntry('bad', { fingerprint: 'while under way' }));
    expect((await ledger.lookUp(['bad'])).get('bad')?.fingerprint).toBe('fingerprint of bad');
    await settle('bad');
    await ledger.addAgain(newEntry('bad', { fingerprint: 'put back' }));
    expect((await ledger.lookUp(['bad'])).get('bad')).toMatchObject({
      fingerprint: 'put back',
      state: { kind: 'under way' },
    });
  });

  it('lets go of the texts of a mail once it is filed, and keeps identity, outcome, reasons and requester', async () => {
    const entry = newEntry('a');
    const trace = [{ rule: 'new ticket', matched: true, evidence: `no rule before it matched ${'x'.repeat(1000)}` }];
    await ledger.add([{ ...entry, judgement: { ...entry.judgement, trace } }]);
    expect(JSON.stringify((await queue.getJob('a'))?.data)).toContain('World');
    await settle('a');
    await ledger.markFiled(['a', 'swept long ago'], 'Processed');
    expect((await ledger.lookUp(['a'])).get('a')).toMatchObject({
      filedIn: 'Processed',
      state: { kind: 'settled', outcome: created },
    });
    expect((await ledger.lookUp(['a'])).get('a')).not.toHaveProperty('decision');
    const job = await queue.getJob('a');
    expect(JSON.stringify(job?.data)).not.toContain('World');
    expect(job?.data.envelope.messageId).toBe('<a@example.com>');
    expect(job?.data.digest).toMatchObject({
      decision: 'create',
      reason: 'a new request',
      automatic: 'none',
      requester: 'ann@example.com',
      trace: [['new ticket', 1, expect.stringMatching(/^no rule before it matched x{50,150}…?$/)]],
    });
  });

  it('holds the words of a mail once, and nothing of what it quotes', async () => {
    const judgement = { ...newEntry('a').judgement, text: 'World', quoted: 'what Bob wrote' };
    await ledger.add([newEntry('a', { judgement })]);
    const stored = JSON.stringify((await queue.getJob('a'))?.data);
    expect(stored.match(/World/g)).toHaveLength(1);
    expect(stored).not.toContain('Bob');
  });

  it('stays small in the ledger, a month of mails being 100,000', async () => {
    await ledger.add([newEntry('a')]);
    await settle('a');
    await ledger.markFiled(['a'], 'Processed');
    expect(JSON.stringify((await queue.getJob('a'))?.data).length).toBeLessThan(1000);
  });

  it('keeps the failures of a mail that a person puts back', async () => {
    const failures = [{ message: 'Custom field 7 is required', firstAt: 1, lastAt: 2, times: 2 }];
    await ledger.add([newEntry('bad')]);
    await settle('bad');
    await (await queue.getJob('bad'))?.updateProgress({ failures });
    await ledger.addAgain(newEntry('bad'));
    expect((await queue.getJob('bad'))?.data.earlierFailures).toEqual(failures);
  });

  it('does not mark a mail as filed that another watcher has put back to work', async () => {
    await ledger.add([newEntry('a')]);
    await ledger.markFiled(['a'], 'Failed');
    expect((await ledger.lookUp(['a'])).get('a')?.filedIn).toBeNull();
  });

  it('stores mails with NUL and lone surrogates', async () => {
    await ledger.add([newEntry('a', { fingerprint: 'nul \0, half a pair \ud83d' })]);
    expect((await ledger.lookUp(['a'])).get('a')?.fingerprint).toContain('\uFFFD');
  });

  it('lists what was settled since a time, newest first', async () => {
    for (const id of ['first', 'second', 'third']) {
      await ledger.add([newEntry(id)]);
      await settle(id);
    }
    const second = await queue.getJob('second');
    const listed: string[] = [];
    for await (const { id } of ledger.settledSince(second?.finishedOn ?? 0)) listed.push(id);
    expect(listed).toEqual(['third', 'second']);
  });
});
