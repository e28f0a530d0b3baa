import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DelayedError, type Job, RateLimitError, UnrecoverableError } from 'bullmq';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, type BackendQueue, type BackendWorkerOptions, openBackend } from '../../src/queue/backend.js';
import { postgresPrograms, startPostgres } from '../services/postgres.js';
import { startRedis } from '../services/redis.js';

/** A place for jobs that a test opens by its URL, and that goes when the test is done. */
interface Place {
  readonly url: string;
  stop(): Promise<void>;
}

const places: [string, () => Promise<Place>][] = [
  ['redis', startRedis],
  [
    'embedded',
    async () => {
      const directory = await mkdtemp(join(tmpdir(), 'mail2ticket-embedded-'));
      return { url: `embedded:${directory}`, stop: () => rm(directory, { recursive: true }) };
    },
  ],
];
// PostgreSQL is no requirement of the tests: its contract is tested where its programs are installed.
if (postgresPrograms) places.push(['postgres', startPostgres]);

const FIVE_DAYS_MS = 5 * 86_400_000;
const silent = { info() {}, warn() {}, error() {} };

interface Data {
  readonly text: string;
}

describe.each(places)('On %s', (kind, start) => {
  let place: Place;
  let backend: Backend;
  let nth = 0;

  beforeAll(async () => {
    place = await start();
    backend = await openBackend(place.url, { log: silent });
  });

  afterAll(async () => {
    await backend?.close();
    await place?.stop();
  });

  /** A queue of its own for each test, with a job in it that is due in five days. */
  const newQueue = async (): Promise<BackendQueue<Data, string>> => {
    nth += 1;
    const queue = await backend.queue<Data, string>(`queue-${nth}`);
    await queue.add('mail', { text: 'far' }, { jobId: 'far', delay: FIVE_DAYS_MS });
    return queue;
  };

  /** Works on the queue until a job has ended for good, and says how it stands then. */
  const workUntilEnd = async (
    queue: BackendQueue<Data, string>,
    jobId: string,
    processor: (job: Job<Data, string>, token: string | undefined) => Promise<string>,
    options: BackendWorkerOptions = {},
  ) => {
    const worker = await backend.worker<Data, string>(queue.name, processor, { drainDelay: 1, ...options });
    const job = await new Promise<Job<Data, string>>((resolve) => {
      const look = (ended: Job<Data, string> | undefined) => ended?.id === jobId && ended.finishedOn && resolve(ended);
      worker.on('completed', look);
      worker.on('failed', look);
    });
    await worker.close();
    const { attemptsMade, attemptsStarted, failedReason, returnvalue } = (await queue.getJob(jobId)) ?? job;
    return { attemptsMade, attemptsStarted, failedReason, returnvalue };
  };

  test('the backend says what it is, without credentials', () => {
    expect(backend.describe().kind).toBe(kind);
    expect(place.url).toContain(backend.describe().where);
  });

  test.runIf(kind === 'redis')('a queue tells at once whether any of many jobs is there', async () => {
    const queue = await newQueue();
    expect(await queue.backend.holdsAny?.(['near', 'nearer'])).toBe(false);
    expect(await queue.backend.holdsAny?.(['near', 'far'])).toBe(true);
  });

  test('a new job is picked up while another waits for a day that is far off', async () => {
    const queue = await newQueue();
    const worker = await backend.worker<Data, string>(queue.name, async ({ data }) => data.text, { drainDelay: 30 });
    for (const jobId of ['one', 'two']) {
      const completed = new Promise<string>((resolve) => worker.once('completed', (_, result) => resolve(result)));
      await queue.add('mail', { text: jobId }, { jobId });
      expect(await completed).toBe(jobId);
    }
    expect(await queue.getDelayedCount()).toBe(1);
  });

  test('adding an id that stands is a no-op, whatever became of its job', async () => {
    const queue = await newQueue();
    await queue.add('mail', { text: 'first' }, { jobId: 'mail' });
    await queue.add('mail', { text: 'second' }, { jobId: 'mail' });
    let runs = 0;
    const result = await workUntilEnd(queue, 'mail', async ({ data }) => {
      runs += 1;
      return data.text;
    });
    expect(result.returnvalue).toBe('first');
    await queue.addBulk([{ name: 'mail', data: { text: 'third' }, opts: { jobId: 'mail' } }]);
    expect((await queue.getJob('mail'))?.returnvalue).toBe('first');
    expect(await queue.getWaitingCount()).toBe(0);
    expect(runs).toBe(1);
  });

  test('an unrecoverable error ends a job at once', async () => {
    const queue = await newQueue();
    await queue.add('mail', { text: '' }, { jobId: 'mail', attempts: 10 });
    const ended = await workUntilEnd(queue, 'mail', () => Promise.reject(new UnrecoverableError('refused')));
    expect(ended).toMatchObject({ attemptsMade: 1, attemptsStarted: 1, failedReason: 'refused' });
  });

  test('putting a job off costs no attempt', async () => {
    const queue = await newQueue();
    await queue.add('mail', { text: '' }, { jobId: 'mail', attempts: 1 });
    const ended = await workUntilEnd(queue, 'mail', async (job, token) => {
      if (job.attemptsStarted > 3) return 'done';
      await job.moveToDelayed(Date.now() + 20, token);
      throw new DelayedError();
    });
    expect(ended).toMatchObject({ attemptsMade: 1, attemptsStarted: 4, returnvalue: 'done' });
  });

  test('a rate limit stops the whole queue for its time and costs no attempt', async () => {
    const queue = await newQueue();
    await queue.add('mail', { text: '' }, { jobId: 'first', attempts: 1 });
    await queue.add('mail', { text: '' }, { jobId: 'second', attempts: 1 });
    const starts: number[] = [];
    const ended = await workUntilEnd(queue, 'second', async () => {
      starts.push(Date.now());
      if (starts.length === 1) {
        await queue.rateLimit(400);
        throw new RateLimitError();
      }
      return 'done';
    });
    expect(ended).toMatchObject({ attemptsMade: 1, returnvalue: 'done' });
    expect(await queue.getJob('first')).toMatchObject({ attemptsMade: 1, returnvalue: 'done' });
    expect((starts[1] ?? 0) - (starts[0] ?? 0)).toBeGreaterThanOrEqual(390);
  });

  test('a backoff of ours sets each pause and ends the job with -1', async () => {
    const queue = await newQueue();
    await queue.add('mail', { text: '' }, { jobId: 'mail', attempts: 1000, backoff: { type: 'custom' } });
    const asked: [number, string | undefined][] = [];
    const ended = await workUntilEnd(queue, 'mail', (job) => Promise.reject(new Error(`try ${job.attemptsStarted}`)), {
      settings: {
        backoffStrategy: (attemptsMade, _type, error) => {
          asked.push([attemptsMade, error?.message]);
          return attemptsMade < 3 ? 10 : -1;
        },
      },
    });
    expect(asked).toEqual([
      [1, 'try 1'],
      [2, 'try 2'],
      [3, 'try 3'],
    ]);
    expect(ended).toMatchObject({ attemptsMade: 3, failedReason: 'try 3' });
  });

  test('how jobs end is told to every process that listens', async () => {
    const queue = await newQueue();
    const events = await backend.queueEvents<string>(queue.name);
    const heard: string[] = [];
    const all = new Promise<void>((resolve) => {
      const hear = (text: string) => {
        heard.push(text);
        if (heard.includes('good: fine') && heard.includes('bad: broken')) resolve();
      };
      events.on('completed', ({ jobId, returnvalue }) => hear(`${jobId}: ${returnvalue}`));
      events.on('failed', ({ jobId, failedReason }) => hear(`${jobId}: ${failedReason}`));
    });
    await queue.addBulk([
      { name: 'mail', data: { text: '' }, opts: { jobId: 'good' } },
      { name: 'mail', data: { text: '' }, opts: { jobId: 'bad' } },
    ]);
    await backend.worker<Data, string>(
      queue.name,
      ({ id }) => (id === 'good' ? Promise.resolve('fine') : Promise.reject(new Error('broken'))),
      {},
    );
    await all;
    expect(heard.sort()).toEqual(['bad: broken', 'good: fine']);
  });

  test.each([
    ['returned', () => Promise.resolve('\0\uD800'), { returnvalue: '\uFFFD\uFFFD' }],
    ['thrown', () => Promise.reject(new Error('\0\uD800')), { failedReason: '\uFFFD\uFFFD' }],
  ])(
    'text that PostgreSQL cannot hold, when %s by a processor, ends the job all the same',
    async (_, process, stored) => {
      const queue = await newQueue();
      await queue.add('mail', { text: '' }, { jobId: 'mail' });
      expect(await workUntilEnd(queue, 'mail', process)).toMatchObject({ attemptsStarted: 1, ...stored });
    },
  );

  test('a failed job can be retried by hand while another waits for a day that is far off', async () => {
    const queue = await newQueue();
    await queue.add('mail', { text: '' }, { jobId: 'mail' });
    await workUntilEnd(queue, 'mail', () => Promise.reject(new Error('broken')));
    const job = await queue.getJob('mail');
    const retried = workUntilEnd(queue, 'mail', () => Promise.resolve('mended'));
    await job?.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
    expect(await retried).toMatchObject({ attemptsMade: 1, returnvalue: 'mended' });
  });

  test('3,000 jobs, added and looked up by several clients at once and worked on by others, all end with their own result', async () => {
    const queue = await newQueue();
    const { name } = queue;
    const ids = Array.from({ length: 3000 }, (_, i) => `mail-${i}`);
    const runs = new Map<string, number>();
    const work = async ({ id = '', data }: Job<Data, string>) => {
      runs.set(id, (runs.get(id) ?? 0) + 1);
      return `result of ${data.text}`;
    };
    for (const concurrency of [10, 10]) await backend.worker<Data, string>(name, work, { concurrency });
    const adders = await Promise.all([0, 1, 2].map(() => backend.queue<Data, string>(name)));
    const add = async (adder: BackendQueue<Data, string>, mine: string[]) => {
      for (let at = 0; at < mine.length; at += 50) {
        const batch = mine.slice(at, at + 50);
        await adder.addBulk(batch.slice(1).map((id) => ({ name: 'mail', data: { text: id }, opts: { jobId: id } })));
        for (const id of batch.slice(0, 1)) expect((await adder.add('mail', { text: id }, { jobId: id })).id).toBe(id);
        for (const id of batch.slice(0, 10)) expect((await queue.getJob(id))?.data).toEqual({ text: id });
      }
    };
    await Promise.all(
      adders.map((adder, i) =>
        add(
          adder,
          ids.filter((_, n) => n % adders.length === i),
        ),
      ),
    );
    while ((await queue.getCompletedCount()) < ids.length) await new Promise((resolve) => setTimeout(resolve, 50));
    const jobs = await Promise.all(ids.map((id) => queue.getJob(id)));
    expect(jobs.map((job) => job?.returnvalue)).toEqual(ids.map((id) => `result of ${id}`));
    expect([...runs.values()].every((count) => count === 1)).toBe(true);
    expect(runs.size).toBe(ids.length);
    expect(await queue.getJobCounts('delayed', 'failed', 'waiting', 'active')).toEqual({
      delayed: 1,
      failed: 0,
      waiting: 0,
      active: 0,
    });
  });

  test('jobs are there when the backend is closed and opened again', async () => {
    const { name } = await newQueue();
    await backend.close();
    backend = await openBackend(place.url, { log: silent });
    const queue = await backend.queue<Data, string>(name);
    expect((await queue.getJob('far'))?.data).toEqual({ text: 'far' });
  });
});
