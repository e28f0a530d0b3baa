import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError, QueueUnavailableError } from '../../src/errors.js';
import { type Backend, type BackendQueue, openBackend } from '../../src/queue/backend.js';
import { postgresPrograms, startPostgres } from '../services/postgres.js';
import { freePort, type PrivateServer } from '../services/private-server.js';
import { startRedis } from '../services/redis.js';
import { until } from '../services/until.js';

const said: unknown[] = [];
const keep = (...line: unknown[]) => said.push(line);
const log = { info: keep, warn: keep, error: keep };

const servers: [string, () => Promise<PrivateServer & { url: string }>][] = [['redis', startRedis]];
if (postgresPrograms) servers.push(['postgres', startPostgres]);

/** A call that must reject: with what. */
const refusalOf = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable('it succeeded'),
    (error: unknown) => error,
  );

describe.each(servers)('While %s is away', (kind, start) => {
  let server: PrivateServer & { url: string };
  let backend: Backend;
  let queue: BackendQueue<object, string>;

  beforeAll(async () => {
    server = await start();
    backend = await openBackend(server.url, { log });
    queue = await backend.queue<object, string>('mails');
  });
  afterAll(async () => {
    await backend?.close();
    await server?.stop();
  });

  test('a queue says so at once, a job that is worked on ends when it is back, and everything goes on by itself', async () => {
    let runs = 0;
    let finish = () => {};
    let start = () => {};
    const started = new Promise<void>((resolve) => (start = resolve));
    const worker = await backend.worker<object, string>(
      'mails',
      async ({ id }) => {
        runs += 1;
        if (runs === 1) {
          await new Promise<void>((resolve) => {
            finish = resolve;
            start();
          });
        }
        return `${id} done`;
      },
      { concurrency: 2, drainDelay: 1 },
    );
    await queue.add('mail', {}, { jobId: 'during' });
    const known = await queue.getJob('during');
    await started;

    await server.kill(kind === 'redis' ? 'SIGKILL' : 'SIGQUIT');
    const calls = {
      add: () => queue.add('mail', {}, { jobId: 'lost' }),
      addBulk: () => queue.addBulk([{ name: 'mail', data: {}, opts: { jobId: 'lost' } }]),
      getJob: () => queue.getJob('during'),
      ...(kind === 'redis' && { holdsAny: async () => queue.backend.holdsAny?.(['during', 'lost']) }),
      getJobCounts: () => queue.getJobCounts('waiting'),
      'updateData of a job': async () => known?.updateData({ changed: true }),
    };
    for (const [name, call] of Object.entries(calls)) {
      const refusal = await refusalOf(call());
      expect(refusal, name).toBeInstanceOf(QueueUnavailableError);
      expect(String(refusal), name).toContain(backend.describe().where);
    }
    finish();

    await server.restart();
    const endOf = async (id: string) => {
      for (;;) {
        const job = await queue.getJob(id).catch(() => undefined);
        if (job?.finishedOn) return job.returnvalue;
        await sleep(50);
      }
    };
    expect(await endOf('during')).toBe('during done');
    await queue.add('mail', {}, { jobId: 'after' });
    expect(await endOf('after')).toBe('after done');
    expect((await queue.getJob('during'))?.attemptsStarted, 'it ran once').toBe(1);
    await worker.close();
  });

  test('a new queue is refused, and one that is made when it is back works', async () => {
    await server.kill(kind === 'redis' ? 'SIGKILL' : 'SIGQUIT');
    expect(await refusalOf(backend.queue('late'))).toBeInstanceOf(QueueUnavailableError);
    await server.restart();
    await (await backend.queue('late')).add('mail', {}, { jobId: 'late' });
  });

  test('the backend can be closed, and waits for nobody', async () => {
    const other = await openBackend(server.url, { log });
    await other.queue('mails');
    await other.worker('mails', async () => '', {});
    await other.queueEvents('mails');
    await sleep(500);
    await server.kill(kind === 'redis' ? 'SIGKILL' : 'SIGQUIT');
    await sleep(500);
    await other.close();
    await server.restart();
  });
});

test('A Redis that is frozen is noticed: a call rejects instead of hanging, and goes through when it thaws', async () => {
  const server = await startRedis();
  const backend = await openBackend(server.url, { log });
  const queue = await backend.queue<object, string>('mails');
  await server.kill('SIGSTOP');
  expect(await refusalOf(queue.add('mail', {}, { jobId: 'mail' }))).toBeInstanceOf(QueueUnavailableError);
  await server.kill('SIGCONT');
  await queue.add('mail', {}, { jobId: 'mail' });
  expect(await queue.getWaitingCount(), 'the first call may have been carried out, and the id makes them one').toBe(1);
  await backend.close();
  await server.stop();
});

describe('Opening the backend', () => {
  test.each(['redis', 'postgres'])(
    'at a port where no %s listens ends with the address, not the password',
    async (scheme) => {
      const port = await freePort();
      const refusal = await refusalOf(
        openBackend(`${scheme}://user:hunter2@127.0.0.1:${port}/0`, { log, deadlineMs: 1000 }),
      );
      expect(refusal).toBeInstanceOf(QueueUnavailableError);
      expect(String(refusal)).toContain(`127.0.0.1:${port}, cannot be used: connect ECONNREFUSED`);
      expect(String(refusal)).not.toContain('hunter2');
    },
  );

  test('waits for a store that starts a moment later', async () => {
    const server = await startRedis();
    await server.kill('SIGKILL');
    const opening = openBackend(server.url, { log, deadlineMs: 20_000 });
    await server.restart();
    await (await opening).close();
    await server.stop();
  });

  test('with a wrong password ends at once, and neither the error nor the log holds it', async () => {
    const server = await startRedis();
    const redis = new Redis(server.url);
    await redis.config('SET', 'requirepass', 'right');
    redis.disconnect();
    const url = server.url.replace('//', '//:hunter2@');
    const refusal = await refusalOf(openBackend(url, { log, deadlineMs: 600_000 }));
    expect(refusal).toBeInstanceOf(QueueUnavailableError);
    expect(String(refusal)).toContain('WRONGPASS');
    expect(JSON.stringify([refusal, (refusal as Error).cause, said])).not.toContain('hunter2');
    await server.stop();
  });

  test('without the database of QUEUE_URL ends at once, rather than to keep its jobs in another', async () => {
    const server = await startRedis();
    const refusal = await refusalOf(openBackend(`${server.url}/99`, { log, deadlineMs: 600_000 }));
    expect(refusal).toBeInstanceOf(QueueUnavailableError);
    expect(String(refusal)).toContain('DB index is out of range');
    await server.stop();
  });

  test('that lets us no more into the database of QUEUE_URL gets no jobs into another', async () => {
    const server = await startRedis();
    const backend = await openBackend(`${server.url}/3`, { log });
    const queue = await backend.queue<object, never>('q');
    await queue.add('before', {});
    const admin = new Redis(server.url);
    await admin.call('ACL', 'SETUSER', 'default', '-select');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await sleep(1500);
    expect(await refusalOf(queue.add('after', {}))).toBeInstanceOf(QueueUnavailableError);
    expect(await admin.dbsize()).toBe(0);
    await admin.call('ACL', 'SETUSER', 'default', '+select');
    await until('it is let in again', () => queue.add('at last', {}).catch(() => null));
    expect(await admin.dbsize()).toBe(0);
    admin.disconnect();
    await backend.close();
    await server.stop();
  });

  test.each(['', 'mysql://host', 'embedded:', 'redis://:pass word@[', 'hunter2'])(
    'with %j as QUEUE_URL says which setting is wrong, and does not repeat it',
    async (url) => {
      const refusal = await refusalOf(openBackend(url, { log }));
      expect(refusal).toBeInstanceOf(ConfigError);
      expect(String(refusal)).toContain('QUEUE_URL');
      expect(String(refusal)).not.toMatch(/hunter2|pass word/);
    },
  );
});
