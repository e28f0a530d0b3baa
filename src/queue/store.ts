import { resolve } from 'node:path';
import {
  type BackendFactory,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  type RedisQueueBackend,
  runMigrations,
} from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type pg from 'pg';
import { ConfigError } from '../errors.js';
import { redisAddress, redisName } from './redis-address.js';
import { type ClientOptions, isOfDatabase, redisClient } from './redis-client.js';
import { firstConnection, unavailable } from './unavailable.js';

/** BullMQ's connections of one queue, and what a store can do beside. */
export interface StoreBackend extends IQueueBackend {
  /** Whether any of these jobs is there, asked in one request; absent where a store cannot be asked so. */
  holdsAny?(ids: readonly string[]): Promise<boolean>;
}

/** Where BullMQ keeps its jobs: what the queue's objects need of it, whichever it is. */
export interface Store {
  readonly kind: 'redis' | 'postgres' | 'embedded';
  /** `host:port` or the directory, for people; never a credential. */
  readonly where: string;
  /** What BullMQ's keys at Redis begin with. */
  readonly prefix: string;
  /** Makes the connections of one queue, worker or events object. The store knows its address itself. */
  readonly connect: BackendFactory<StoreBackend, Lifetime>;
  /** Rejects where the store does not answer within `timeoutMs`. */
  ping(timeoutMs: number): Promise<void>;
  /** Closes what is common to the connections, after all of them were closed. */
  close(): Promise<void>;
}

/** What BullMQ hands on as `connection`. */
export interface Lifetime {
  /** Aborted when the object closes: what waits for a store that is away waits no longer. */
  readonly closing: AbortSignal;
}

/** BullMQ's keys at Redis, and its schema at PostgreSQL, stand under this name, so that they can share a server. */
export const NAMESPACE = 'mail2ticket';

/**
 * Opens the store that QUEUE_URL names, and makes it ready for use: PostgreSQL's tables are made or brought up to date.
 * @param deadlineMs how long it may be unreachable
 * @throws QueueUnavailableError where it cannot be reached by then, or refuses us
 * @throws ConfigError where the URL is none of those that redisAddress takes, `postgres://…` and `embedded:DIRECTORY`
 */
export async function openStore(
  queueUrl: string,
  deadlineMs: number,
  onBroken: (error: Error) => void,
): Promise<Store> {
  if (/^rediss?[:-]/.test(queueUrl)) return openRedis(queueUrl, deadlineMs);
  if (/^postgres(ql)?:\/\//.test(queueUrl)) return openPostgres(queueUrl, deadlineMs);
  const directory = directoryOf(queueUrl);
  if (directory) return openEmbeddedStore(directory, onBroken);
  throw badUrl();
}

/** Milliseconds that a silent peer is given: a frozen server or a connection that a firewall forgot answers nothing, not even an error. */
const SILENCE_MS = 10_000;

async function openRedis(url: string, deadlineMs: number): Promise<Store> {
  const address = redisAddress(url);
  if (address === null) throw badUrl();
  const where = addressOf(url);
  await firstConnection(where, deadlineMs, (leftMs) => pingRedis(url, leftMs));
  const waiting: ClientOptions = {
    connectTimeout: SILENCE_MS,
    keepAlive: SILENCE_MS,
    maxRetriesPerRequest: null,
    // Workers and events rest in commands of up to 10 s.
    socketTimeout: 3 * SILENCE_MS,
  };
  // A queue is asked by somebody who waits for the answer: better an error at once than a call that hangs until Redis is back.
  const prompt: ClientOptions = {
    ...waiting,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: SILENCE_MS,
  };
  const clients: (Redis | Cluster)[] = [];
  return {
    kind: 'redis',
    where,
    // All keys of a cluster have to lie in one slot, since BullMQ's scripts touch several at once.
    prefix: address.kind === 'cluster' ? `{${NAMESPACE}}` : NAMESPACE,
    connect: (name, opts, role) => {
      const options = role?.blocking || role?.withBlockingConnection ? waiting : prompt;
      const { closing } = opts.connection;
      // BullMQ's own would wait up to 20 s after Redis is back; and for ever to take its leave of a Redis that is away.
      const retryMs = (tries: number) => (closing.aborted ? null : Math.min(tries * 100, 1000));
      if (address.kind === 'cluster') {
        // BullMQ makes no client of a cluster itself, and leaves one that it was given open.
        const client = redisClient(address, { ...options, enableOfflineQueue: true }, retryMs);
        client.on('error', () => {});
        clients.push(client);
        return withHoldsAny(createRedisBackend(name, { ...opts, connection: client }, role));
      }
      const at = address.kind === 'single' ? { url } : { ...address.options, sentinelRetryStrategy: retryMs };
      const connection = { ...at, ...options, retryStrategy: retryMs };
      return withHoldsAny(guarded(createRedisBackend(name, { ...opts, connection }, role)));
    },
    ping: (timeoutMs) => pingRedis(url, timeoutMs),
    close: async () => {
      for (const client of clients) client.disconnect();
    },
  };
}

/**
 * BullMQ takes its listeners off a client that it closes. Of a Redis that is away it cannot take its leave, so the client's last try to
 * connect fails when nobody listens any more, and ioredis would print that beside the log. Where Redis refuses the database when it is
 * connected to anew, the client is cut off before it takes a command, and tries again.
 */
function guarded(backend: RedisQueueBackend): RedisQueueBackend {
  for (const connection of [backend.connection, backend.blockingConnection]) {
    connection?.client.then(
      (client) =>
        client.on('error', (error: Error) => {
          if (isOfDatabase(error)) (client as unknown as Redis).disconnect(true);
        }),
      () => {},
    );
  }
  return backend;
}

/** BullMQ asks for one job at a time, and of a backlog a hundred are new mostly. */
function withHoldsAny(backend: RedisQueueBackend): StoreBackend {
  return Object.assign(backend, {
    holdsAny: async (ids: readonly string[]) => {
      const client = (await backend.connection.client) as unknown as Pick<Redis, 'exists'>;
      return (await client.exists(...ids.map((id) => backend.toKey(id)))) > 0;
    },
  });
}

function pingRedis(url: string, timeoutMs: number): Promise<void> {
  return withRedis(url, timeoutMs, (redis) => redis.ping());
}

/**
 * One connection to Redis for as long as `work` takes.
 * @param timeoutMs for connecting, and for each answer
 * @throws ConfigError where it is no URL of a Redis
 */
export async function withRedis(
  url: string,
  timeoutMs: number,
  work: (redis: Redis | Cluster) => Promise<unknown>,
): Promise<void> {
  const address = redisAddress(url);
  if (address === null) throw badUrl();
  const options = { lazyConnect: true, connectTimeout: timeoutMs, commandTimeout: timeoutMs };
  const redis = redisClient(address, options, () => null);
  let cause: unknown;
  redis.on('error', (error) => {
    cause = error;
  });
  try {
    await redis.connect();
    if (isOfDatabase(cause)) throw cause;
    await work(redis);
  } catch (error) {
    // connect() only says that the connection is closed; the reason went to the event.
    throw cause ?? error;
  } finally {
    redis.disconnect();
  }
}

async function openPostgres(url: string, deadlineMs: number): Promise<Store> {
  const where = addressOf(url);
  const options = (connectionTimeoutMillis: number) => ({ connectionString: url, connectionTimeoutMillis });
  // Once, and before anything else: BullMQ would do it in each of its objects, every time.
  await firstConnection(where, deadlineMs, (leftMs) =>
    withClient(options(leftMs), (connected) => runMigrations(connected, NAMESPACE)),
  );
  const connection = {
    connectionString: url,
    schema: NAMESPACE,
    max: 4,
    connectionTimeoutMillis: SILENCE_MS,
    query_timeout: 3 * SILENCE_MS,
    keepAlive: true,
  };
  return {
    kind: 'postgres',
    where,
    prefix: NAMESPACE,
    connect: (name, opts, role) => prompt(createPostgresBackend(name, { ...opts, connection }, role)),
    ping: (timeoutMs) => withClient(options(timeoutMs), async () => {}),
    close: async () => {},
  };
}

async function openEmbeddedStore(directory: string, onBroken: (error: Error) => void): Promise<Store> {
  // Loaded only where it is used: it brings a database along.
  const { openEmbedded } = await import('./embedded.js');
  const database = await openEmbedded(directory, onBroken);
  const stream = () => database.connect();
  try {
    await withClient({ stream }, (client) => runMigrations(client, EMBEDDED_SCHEMA));
  } catch (error) {
    await database.close().catch(onBroken);
    throw unavailable(database.directory, error);
  }
  // All connections are one session, so there is nothing to gain by many.
  const connection = { stream, schema: EMBEDDED_SCHEMA, max: 2 };
  return {
    kind: 'embedded',
    where: database.directory,
    prefix: NAMESPACE,
    connect: (name, opts, role) => prompt(createPostgresBackend(name, { ...opts, connection }, role)),
    ping: async () => {},
    close: () => database.close(),
  };
}

/** PGlite starts with this search path, and a client of the bridge cannot choose another. */
const EMBEDDED_SCHEMA = 'public';

/** One connection to PostgreSQL for as long as `work` takes. */
export async function withClient(
  options: pg.ClientConfig,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  // Loaded only where it is used: with Redis it is not.
  const { Client } = (await import('pg')).default;
  const client = new Client(options);
  // Without a listener, a connection that breaks here would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end();
  }
}

/**
 * While a job waits for a far day, a worker sleeps until NOTIFY wakes it, up to an hour. Behind a pooler that does not pass
 * NOTIFY on, or after one that got lost, that would be an hour without tickets.
 */
function prompt<B extends IQueueBackend>(backend: B): B {
  return Object.defineProperty(backend, 'maximumBlockTimeout', { value: 10 });
}

function directoryOf(url: string): string | undefined {
  return /^embedded:(.+)$/s.exec(url)?.[1];
}

/**
 * Where a URL leads, for people: without its credentials.
 * @throws ConfigError where it is none of those that openStore takes
 */
export function addressOf(url: string): string {
  const directory = directoryOf(url);
  if (directory) return resolve(directory);
  if (redisAddress(url) !== null) return redisName(url);
  try {
    const { hostname, port } = new URL(url);
    return `${hostname || 'localhost'}:${port || '5432'}`;
  } catch {
    throw badUrl();
  }
}

/** Does not repeat the URL: a password may stand in it. */
function badUrl(): ConfigError {
  return new ConfigError([
    {
      variable: 'QUEUE_URL',
      message:
        'is not a URL of the kind redis://…, redis-sentinel://…, redis-cluster://…, postgres://… or embedded:DIRECTORY',
    },
  ]);
}
