import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../../src/mail/outcome.js';
import type { Backend } from '../../src/queue/backend.js';
import { Claims } from '../../src/queue/claims.js';
import { Conversations } from '../../src/queue/conversations.js';
import { Flood } from '../../src/queue/flood.js';
import { attemptRecord, QUEUE_NAME } from '../../src/queue/job.js';
import type { JobLedger, MailQueue } from '../../src/queue/ledger.js';
import type { DeliveredMail, DeliveryOrder, Verdict } from '../../src/queue/ports.js';
import type { Postponed } from '../../src/queue/postponed.js';
import { DeliveryWorker, type DeliveryWorkerOptions } from '../../src/queue/worker.js';
import { until } from '../services/until.js';
import { newEntry } from './entries.js';
import { type OpenLedger, openLedger } from './open-ledger.js';

const DAY_MS = 86_400_000;
const silent = pino({ level: 'silent' });

/** What an attempt ends in: an outcome, or an error that carries its verdict. */
type Ending = Outcome | Verdict;

const created: Outcome = { kind: 'created', ticketId: '12', adopted: false };
const lost: Verdict = { kind: 'transient', message: 'no answer', settleMs: 0, unsent: false, perhapsOfThisMail: false };
const unsent: Verdict = { ...lost, message: 'connection refused', unsent: true };
const status500: Verdict = { ...lost, message: 'status 500', perhapsOfThisMail: true };
const refused: Verdict = { kind: 'permanent', message: 'Custom field 7 is required' };
const wrongToken: Verdict = { kind: 'wait', message: 'see HELPDESK_TOKEN', forMs: 300, setting: 'HELPDESK_TOKEN' };

class Scripted extends Error {
  constructor(readonly verdict: Verdict) {
    super('scripted');
  }
}

describe('the delivery worker', () => {
  let opened: OpenLedger;
  let backend: Backend;
  let queue: MailQueue;
  let ledger: JobLedger;
  let postponed: Postponed;
  let worker: DeliveryWorker;
  let reports: { ok: boolean; reason?: string }[];
  let orders: DeliveryOrder[];
  let told: string[];
  let arrivals: string[];

  beforeAll(async () => {
    opened = await openLedger('redis');
    ({ backend, queue, ledger, postponed } = opened);
  });
  afterAll(() => opened?.close());

  beforeEach(async () => {
    await queue.obliterate({ force: true });
    reports = [];
    orders = [];
    told = [];
    arrivals = [];
  });

  afterEach(() => worker.stop());

  /** Delivers by a script: the endings of a mail's attempts, by the subject of its ticket. */
  async function deliverBy(
    script: Record<string, Ending[]>,
    retryDelayMs: (failed: number, ageMs: number) => number = () => 5,
    settleMs = 0,
  ): Promise<void> {
    const deliver = async (order: DeliveryOrder) => {
      orders.push(order);
      const subject = order.decision.kind === 'create' ? order.decision.ticket.subject : '';
      const endings = script[subject] ?? [created];
      const ending = endings.length > 1 ? endings.shift() : endings[0];
      if (ending?.kind === 'transient' || ending?.kind === 'wait' || ending?.kind === 'permanent')
        throw new Scripted(ending);
      if (ending?.kind === 'postpone') throw new Scripted(ending);
      return ending ?? created;
    };
    await startWorker({ deliver, concurrency: 2, settleMs, retryDelayMs });
  }

  async function startWorker(
    options: Pick<DeliveryWorkerOptions, 'deliver' | 'concurrency' | 'settleMs' | 'retryDelayMs'>,
    delivered: DeliveryWorkerOptions['delivered'] = async () => {},
  ): Promise<void> {
    worker = new DeliveryWorker({
      ...options,
      judgeFailure: (error) => (error instanceof Scripted ? error.verdict : { ...lost, message: String(error) }),
      claims: new Claims(ledger),
      conversations: new Conversations(ledger),
      flood: new Flood(ledger, 0),
      postponed,
      delivered,
      log: silent,
      observer: {
        settled: ({ kind }, receivedAt) => {
          told.push(kind);
          arrivals.push(receivedAt);
        },
        deadLetter: (why) => told.push(why),
        retrying: () => told.push('retrying'),
        postponed: () => told.push('postponed'),
        waiting: (why) => told.push(why),
      },
      abandon: () => {},
      report: (state) => reports.push(state),
    });
    await worker.start(backend);
  }

  const add = (id: string) =>
    ledger.add([
      newEntry(id, { decision: { kind: 'create', ticket: { subject: id, message: 'm', user_email: 'a@b.test' } } }),
    ]);
  const settled = (id: string) =>
    until(`${id} settled`, async () => {
      // Rejects while the store is away.
      const state = (await ledger.lookUp([id]).catch(() => new Map())).get(id)?.state;
      return state && state.kind !== 'under way' ? state : null;
    });

  /** The job once it is delayed, as it stands then. */
  const delayed = async (id: string) => {
    await until(`${id} delayed`, async () => (await queue.getJob(id))?.isDelayed());
    const job = await queue.getJob(id);
    if (!job) throw new Error(`${id} has gone`);
    return job;
  };

  it('carries a mail to the helpdesk and keeps what became of it', async () => {
    await deliverBy({});
    await add('a');
    expect(await settled('a')).toEqual({ kind: 'settled', outcome: created });
    expect(orders).toMatchObject([{ lookFirst: false, receivedAt: '2026-11-24T08:00:00.000Z' }]);
  });

  it('settles a mail that is to be ignored without a word to the helpdesk', async () => {
    await deliverBy({});
    await ledger.add([newEntry('a', { decision: { kind: 'ignore' } })]);
    expect(await settled('a')).toEqual({ kind: 'settled', outcome: { kind: 'ignored', reason: 'a new request' } });
    expect(orders).toEqual([]);
  });

  it('drops the texts of an ingested mail with its outcome, since nobody files it', async () => {
    await ledger.add([newEntry('ingested', { location: null }), newEntry('of a folder')]);
    await deliverBy({});
    await Promise.all(['ingested', 'of a folder'].map(settled));
    expect((await queue.getJob('ingested'))?.data).toMatchObject({
      judgement: null,
      settledWith: created,
      digest: { requester: 'ann@example.com' },
    });
    expect((await queue.getJob('of a folder'))?.data.judgement).not.toBeNull();
  });

  it('does not count for how long nobody has waited for the mail of an archive', async () => {
    await ledger.add([
      newEntry('of an archive', { location: null, lookFirst: true }),
      newEntry('from a pipe', { location: null }),
    ]);
    await deliverBy({});
    await Promise.all(['of an archive', 'from a pipe'].map(settled));
    expect(arrivals.sort()).toEqual(['', '2026-11-24T08:00:00.000Z']);
  });

  it('takes an ingested mail for settled whose process was killed before that was noted', async () => {
    await ledger.add([newEntry('ingested', { location: null })]);
    const job = await queue.getJob('ingested');
    await job?.updateData({ ...job.data, judgement: null, settledWith: created });
    await deliverBy({});
    expect(await settled('ingested')).toEqual({ kind: 'settled', outcome: created });
    expect(orders).toEqual([]);
  });

  it('looks first on every attempt after one that may have got through', async () => {
    await deliverBy({ a: [lost, unsent, created] });
    await add('a');
    await settled('a');
    expect(orders.map(({ lookFirst }) => lookFirst)).toEqual([false, true, true]);
  });

  it('hands on to the next attempts which replies were noted as of other mails', async () => {
    const deliver = async (order: DeliveryOrder) => {
      orders.push(order);
      if (orders.length === 1) await order.noteReplies(['31', '32']);
      if (orders.length < 3) throw new Scripted(lost);
      return created;
    };
    await startWorker({ deliver, concurrency: 2, settleMs: 0, retryDelayMs: () => 5 });
    await add('a');
    await settled('a');
    expect(orders.map(({ repliesBefore }) => repliesBefore)).toEqual([[], ['31', '32'], ['31', '32']]);
  });

  it('counts the twins of a mail, until the replies of others are noted, of which theirs are some', async () => {
    const taken: boolean[] = [];
    const deliver = async (order: DeliveryOrder) => {
      orders.push(order);
      taken.push(await order.claims.isReplyTaken(`${orders.length}`));
      if (orders.length === 2) await order.noteReplies(['1']);
      if (orders.length < 3) throw new Scripted(lost);
      return created;
    };
    await startWorker({ deliver, concurrency: 1, settleMs: 0, retryDelayMs: () => 5 });
    const twins = ['x', 'y', 'z'].map((id) => ({ id, sameSubject: true }));
    await ledger.add([newEntry('a', { lookFirst: true, twins })]);
    await settled('a');
    expect(taken).toEqual([true, true, false]);
  });

  it('need not look where every earlier attempt provably never left', async () => {
    await deliverBy({ a: [unsent, wrongToken, created] });
    await add('a');
    await settled('a');
    expect(orders.map(({ lookFirst }) => lookFirst)).toEqual([false, false, false]);
  });

  it('looks on the first attempt already where the mail may have been queued before', async () => {
    await deliverBy({});
    await ledger.add([newEntry('a', { lookFirst: true })]);
    await settled('a');
    expect(orders.map(({ lookFirst }) => lookFirst)).toEqual([true]);
  });

  it('looks first for what was queued before this process began, since a store that crashed may have forgotten its attempts', async () => {
    await add('a');
    await deliverBy({});
    await settled('a');
    await add('b');
    await settled('b');
    expect(orders.map(({ lookFirst }) => lookFirst)).toEqual([true, false]);
  });

  it('looks first for what was queued before the store came back', async () => {
    await deliverBy({ a: [unsent, created] }, () => 1500);
    await add('a');
    await until('the first attempt', () => orders.length === 1);
    await opened.store.restart();
    await settled('a');
    expect(orders.map(({ lookFirst }) => lookFirst)).toEqual([false, true]);
  });

  it('knows what other mails hold since a mail came, though it is queued only now: a person has moved it back', async () => {
    const taken: boolean[] = [];
    const deliver = async (order: DeliveryOrder) => {
      taken.push(await order.claims.isTaken('12', false));
      return created;
    };
    const options = { deliver, concurrency: 1, settleMs: 0, retryDelayMs: () => 5 };
    await startWorker(options);
    await add('other');
    await settled('other');
    await worker.stop();
    // It was settled two days after the mail came, and three days ago.
    const at = Date.now() - 3 * DAY_MS;
    const redis = new Redis(opened.store.url);
    await redis.hset('mail2ticket:mail:other', 'finishedOn', at);
    await redis.zadd('mail2ticket:mail:completed', at, 'other');
    redis.disconnect();

    await startWorker(options);
    const entry = newEntry('moved-back', { lookFirst: true });
    const receivedAt = new Date(at - 2 * DAY_MS).toISOString();
    await ledger.add([{ ...entry, envelope: { ...entry.envelope, receivedAt } }]);
    await settled('moved-back');
    expect(taken).toEqual([false, true]);
  });

  it('lets an attempt post nothing that has lost its mail, as on a machine that slept, and leaves that to who has it', async () => {
    const posted: string[] = [];
    const loseLock = async (id: string) => {
      const redis = new Redis(opened.store.url);
      await redis.del(`mail2ticket:mail:${id}:lock`);
      redis.disconnect();
    };
    const deliver = async (order: DeliveryOrder) => {
      const subject = order.decision.kind === 'create' ? order.decision.ticket.subject : '';
      if (subject === 'overtaken') await loseLock(subject);
      const later = Date.now() + 60_000;
      const clock = vi.spyOn(Date, 'now').mockImplementation(() => later);
      await order.mustBeOurs().finally(() => clock.mockRestore());
      posted.push(subject);
      return created;
    };
    await startWorker({ deliver, concurrency: 1, settleMs: 0, retryDelayMs: () => 5 });
    await add('overtaken');
    await add('slept');
    await settled('slept');
    expect(posted).toEqual(['slept']);
    const job = await queue.getJob('overtaken');
    expect([await job?.getState(), attemptRecord(job?.progress).ended]).toEqual(['active', 0]);
  });

  it('gives up at once, in the words of the helpdesk, where trying again changes nothing', async () => {
    await deliverBy({ a: [refused] });
    await add('a');
    expect(await settled('a')).toEqual({ kind: 'failed', reason: 'Custom field 7 is required' });
    expect(orders).toHaveLength(1);
  });

  it('makes the whole queue wait for a wrong setting, spends no attempt on it, and goes on by itself', async () => {
    await deliverBy({ a: [wrongToken, created] });
    await add('a');
    await until('it is reported', () => reports.some(({ ok }) => !ok));
    await add('b');
    await settled('a');
    await settled('b');
    expect((await queue.getJob('a'))?.attemptsMade).toBe(1);
    expect(reports[0]).toEqual({ ok: false, reason: 'see HELPDESK_TOKEN' });
    expect(reports.at(-1)).toEqual({ ok: true });
  });

  it('stops without a wait while the whole queue waits for a setting', async () => {
    // Slow enough for the worker to rest in its look for a further job meanwhile.
    const deliver = async () => {
      await sleep(50);
      throw new Scripted({ ...wrongToken, forMs: 60_000 });
    };
    await startWorker({ deliver, concurrency: 2, settleMs: 0, retryDelayMs: () => 5 });
    await add('a');
    await until('the mail is given back', async () => told.length > 0 && (await queue.getJob('a'))?.isWaiting());
    await worker.stop();
    await queue.removeRateLimitKey();
  }, 20_000);

  it('tells its observer how each mail and attempt ended', async () => {
    const floods: Verdict = { kind: 'postpone', message: 'too many of this sender', forMs: 5 };
    await deliverBy({ a: [floods, lost, wrongToken, { ...wrongToken, setting: null }, created], b: [refused] });
    await add('a');
    await settled('a');
    await add('b');
    await settled('b');
    await until('the end of b', () => told.at(-1) === 'refused');
    expect(told).toEqual(['postponed', 'retrying', 'configuration', 'rate-limit', 'created', 'refused']);
  });

  it('lets a mail wait for its turn without spending an attempt, needing a look after it or holding up others', async () => {
    const floods: Verdict = { kind: 'postpone', message: 'too many of this sender', forMs: 60_000 };
    await deliverBy({ a: [floods, created] });
    await add('a');
    const job = await delayed('a');
    expect(attemptRecord(job.progress)).toMatchObject({ unsent: 1, postponed: 'too many of this sender' });
    expect(job.delay).toBeGreaterThan(59_000);
    await add('b');
    await settled('b');
    expect(await postponed.count()).toBe(1);
    await job.promote();
    expect(await settled('a')).toEqual({ kind: 'settled', outcome: created });
    expect(orders.map(({ lookFirst }) => lookFirst)).toEqual([false, false, false]);
    expect(await postponed.count()).toBe(0);
    expect((await queue.getJob('a'))?.attemptsMade).toBe(1);
    expect(reports.every(({ ok }) => ok)).toBe(true);
  });

  it('tells again of a ticket whose first telling failed, as found standing, before it counts as done', async () => {
    const told: DeliveredMail[] = [];
    const states: (string | undefined)[] = [];
    const deliver = async ({ lookFirst }: DeliveryOrder) => ({ ...created, adopted: lookFirst });
    await startWorker({ deliver, concurrency: 1, settleMs: 0, retryDelayMs: () => 5 }, async (mail) => {
      told.push(mail);
      states.push((await ledger.lookUp(['a'])).get('a')?.state.kind);
      if (told.length === 1) throw new Error('the acknowledgement could not be queued');
    });
    await add('a');
    await settled('a');
    expect(told.map(({ outcome }) => outcome)).toEqual([created, { ...created, adopted: true }]);
    expect(told.map(({ lookFirst }) => lookFirst)).toEqual([false, false]);
    expect(states).toEqual(['under way', 'under way']);
  });

  it('looks for a mail once before it waits for its turn, and not each time that it asks again', async () => {
    const calls: string[] = [];
    let turns = 0;
    const deliver = async ({ lookFirst, awaitTurn }: DeliveryOrder) => {
      calls.push(lookFirst ? 'looked for' : 'not looked for');
      await awaitTurn();
      turns += 1;
      if (turns < 3) throw new Scripted({ kind: 'postpone', message: 'too many of this sender', forMs: 5 });
      return created;
    };
    await ledger.add([newEntry('a', { lookFirst: true })]);
    await startWorker({ deliver, concurrency: 1, settleMs: 0, retryDelayMs: () => 5 });
    expect(await settled('a')).toEqual({ kind: 'settled', outcome: created });
    expect(calls).toEqual(['looked for', 'not looked for', 'not looked for']);
  });

  it('begins the days of trying when the turn of a mail has come', async () => {
    const countedFrom: number[] = [];
    const waits = { kind: 'postpone', message: 'waits', forMs: 400 } as const;
    await deliverBy({ a: [waits, lost, created] }, (_, ageMs) => {
      countedFrom.push(Date.now() - ageMs);
      return 5;
    });
    await add('a');
    await settled('a');
    const turn = ((await queue.getJob('a'))?.timestamp ?? 0) + waits.forMs;
    expect(countedFrom).toEqual([expect.any(Number)]);
    expect(countedFrom[0]).toBeGreaterThanOrEqual(turn);
  });

  it('leaves the helpdesk time to end what it may still be at work on', async () => {
    await deliverBy({ a: [{ ...lost, settleMs: 60_000 }] });
    await add('a');
    await until('it is delayed', async () => (await queue.getJob('a'))?.isDelayed());
    expect((await queue.getJob('a'))?.delay).toBe(60_000);
  });

  it('leaves the helpdesk the same time after an attempt that was cut short, and then looks first', async () => {
    // What a process leaves behind that is killed in the middle of an attempt.
    const killed = await backend.worker(QUEUE_NAME, () => new Promise<never>(() => {}), {
      lockDuration: 100,
      skipLockRenewal: true,
      // Its own check for stalled jobs would put off that of the next process.
      skipStalledCheck: true,
    });
    await add('a');
    await until('it is active', async () => (await queue.getJob('a'))?.isActive());
    await killed.close(true);
    await deliverBy({}, () => 5, 60_000);
    const job = await delayed('a');
    expect(job.delay).toBeGreaterThan(59_000);
    expect(attemptRecord(job.progress).postponed).toContain('cut short');
    expect(orders).toEqual([]);
    await job.promote();
    await settled('a');
    expect(orders.map(({ lookFirst }) => lookFirst)).toEqual([true]);
  });

  it('begins again with one mail at a time after an outage, and with more as they get through', async () => {
    let down = true;
    const running: string[] = [];
    let most = 0;
    const openDoors: (() => void)[] = [];
    const deliver = async ({ decision }: DeliveryOrder) => {
      if (down) throw new Scripted(unsent);
      running.push(decision.kind);
      most = Math.max(most, running.length);
      await new Promise<void>((resolve) => openDoors.push(resolve));
      running.pop();
      return created;
    };
    await startWorker({ deliver, concurrency: 4, settleMs: 0, retryDelayMs: () => 5 });
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    for (const id of ids) await add(id);
    await until('all have failed once', async () => {
      const jobs = await Promise.all(ids.map((id) => queue.getJob(id)));
      return jobs.every((job) => (job?.attemptsMade ?? 0) > 0);
    });
    down = false;
    const peaks: number[] = [];
    for (let passed = 0; passed < ids.length; passed++) {
      await until('one is under way', () => openDoors.length > 0);
      peaks.push(most);
      openDoors.shift()?.();
    }
    for (const id of ids) await settled(id);
    expect(peaks[0]).toBe(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  it('tries a transient failure again until its time is over', async () => {
    let tries = 0;
    await deliverBy({ a: [lost] }, () => (++tries < 4 ? 5 : -1));
    await add('a');
    expect(await settled('a')).toEqual({ kind: 'failed', reason: 'no answer' });
    expect(orders).toHaveLength(4);
    await until('it is told', () => told.at(-1) === 'given-up');
  });

  it('tells a mail that always gets a 500 while others pass from an outage', async () => {
    await deliverBy({ poison: [status500] });
    await add('poison');
    for (let i = 0; i < 400 && (await ledger.lookUp(['poison'])).get('poison')?.state.kind === 'under way'; i++) {
      await add(`other ${i}`);
      await settled(`other ${i}`);
    }
    expect(await settled('poison')).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('while others got through'),
    });
  });

  it('keeps every mail in an outage that gives each of them a 500', async () => {
    await deliverBy({ a: [status500], b: [status500] });
    await add('a');
    await add('b');
    await until('many attempts', () => orders.length > 60);
    expect([...(await ledger.lookUp(['a', 'b'])).values()].map(({ state }) => state.kind)).toEqual([
      'under way',
      'under way',
    ]);
  });

  it('keeps what failed attempts ended in, equal ones in a row as one', async () => {
    await deliverBy({ a: [unsent, unsent, wrongToken, refused] });
    await add('a');
    await settled('a');
    const { failures } = attemptRecord((await queue.getJob('a'))?.progress);
    expect(failures.map(({ message, times }) => [message, times])).toEqual([
      ['connection refused', 2],
      ['see HELPDESK_TOKEN', 1],
      ['Custom field 7 is required', 1],
    ]);
    expect(failures[0]?.firstAt).toBeLessThanOrEqual(failures[0]?.lastAt ?? 0);
  });
});
