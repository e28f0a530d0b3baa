/**
 * Throughput of a queue and how soon a new job is picked up, while a job that is due in five days stands in it.
 *
 *     tsx bench/embedded.ts [--json] [--jobs 3000] [QUEUE_URL]
 *
 * Without QUEUE_URL: an embedded database in a fresh directory. Ends with 1 where the slowest pickup is over 200 ms.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openBackend } from '../src/queue/backend.js';

const PICKUP_LIMIT_MS = 200;
const PICKUPS = 50;

/** Milliseconds after which a job that was not picked up counts as forgotten: a worker that missed the call looks every 10 s. */
const LOST_MS = 30_000;

const FIVE_DAYS_MS = 5 * 86_400_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, jobs: { type: 'string', default: '3000' } },
});
const jobs = Number(values.jobs);
if (!Number.isSafeInteger(jobs) || jobs < 1) throw new RangeError('--jobs takes a number from 1 on');
const directory = await mkdtemp(join(tmpdir(), 'mail2ticket-bench-'));
const url = positionals[0] ?? `embedded:${join(directory, 'queue')}`;
const log = { info: () => {}, warn: console.error, error: console.error };

const figures: Record<string, number> = {};
const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const begin = performance.now();
  const result = await work();
  figures[name] = Math.round(performance.now() - begin);
  return result;
};

const open = () => openBackend(url, { log });
await timed('open for the first time, ms', async () => (await open()).close());
const backend = await timed('open again, ms', open);
const name = `bench-${process.pid}`;
const queue = await backend.queue<{ text: string }, string>(name);
await queue.add('far', { text: '' }, { jobId: 'far', delay: FIVE_DAYS_MS });

const text = 'x'.repeat(1500);
const ids = Array.from({ length: jobs }, (_, i) => `mail-${i}`);
await timed(`add ${jobs} jobs in batches of 100, ms`, async () => {
  for (let at = 0; at < jobs; at += 100) {
    await queue.addBulk(ids.slice(at, at + 100).map((jobId) => ({ name: 'mail', data: { text }, opts: { jobId } })));
  }
});
await timed(`look up ${jobs} jobs, ms`, () => Promise.all(ids.map((id) => queue.getJob(id))));

const starts = new Map<string | undefined, number>();
await timed(`work on ${jobs} jobs, ms`, async () => {
  const worker = await backend.worker<{ text: string }, string>(
    name,
    async ({ id }) => {
      starts.set(id, performance.now());
      return 'done';
    },
    { concurrency: 10 },
  );
  let left = jobs;
  await new Promise<void>((resolve) => {
    worker.on('completed', () => {
      left -= 1;
      if (left === 0) resolve();
    });
  });
});

const pickups: number[] = [];
for (let i = 0; i < PICKUPS; i++) {
  await sleep(20);
  const jobId = `new-${i}`;
  const begin = performance.now();
  await queue.add('mail', { text }, { jobId });
  while (!starts.has(jobId) && performance.now() - begin < LOST_MS) await sleep(1);
  pickups.push((starts.get(jobId) ?? Number.POSITIVE_INFINITY) - begin);
}
pickups.sort((a, b) => a - b);
const at = (share: number) => Number(pickups[Math.ceil(share * PICKUPS) - 1]?.toFixed(1));
Object.assign(figures, {
  'pickup of a new job, median ms': at(0.5),
  'pickup, 95 of 100, ms': at(0.95),
  'pickup, slowest, ms': at(1),
  'jobs a second': Math.round(jobs / ((figures[`work on ${jobs} jobs, ms`] ?? Number.NaN) / 1000)),
  'memory (RSS), MB': Math.round(process.memoryUsage.rss() / 2 ** 20),
});
await timed('close, ms', () => backend.close());
await rm(directory, { recursive: true });

if (values.json) console.log(JSON.stringify({ kind: backend.describe().kind, ...figures }));
else console.table(figures);
if (!(at(1) <= PICKUP_LIMIT_MS)) process.exitCode = 1;
