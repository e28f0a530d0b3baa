import { Cluster, Redis } from 'ioredis';
import type { RedisAddress } from './redis-address.js';

/** Options of ioredis, under its names. */
export interface ClientOptions {
  readonly connectTimeout: number;
  readonly commandTimeout?: number;
  readonly keepAlive?: number;
  readonly socketTimeout?: number;
  readonly maxRetriesPerRequest?: number | null;
  readonly enableOfflineQueue?: boolean;
  readonly lazyConnect?: boolean;
}

/**
 * A client for a Redis of any kind.
 * @param retryMs the wait before the nth try to connect again, null for no more
 */
export function redisClient(
  address: RedisAddress,
  options: ClientOptions,
  retryMs: (tries: number) => number | null,
): Redis | Cluster {
  switch (address.kind) {
    case 'single':
      return new Redis(address.url, { ...options, retryStrategy: retryMs });
    case 'sentinel':
      return new Redis({
        ...address.options,
        ...options,
        retryStrategy: retryMs,
        sentinelRetryStrategy: retryMs,
        // A primary that became a replica refuses what is written: ask the sentinels anew.
        reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
      });
    case 'cluster': {
      const { lazyConnect = false, ...redisOptions } = options;
      return new Cluster([...address.nodes], {
        redisOptions: { ...address.options, ...redisOptions },
        clusterRetryStrategy: retryMs,
        lazyConnect,
      });
    }
  }
}

/**
 * Whether Redis refuses the database that the URL names. ioredis tells it as an event, and goes on in database 0: other jobs than those of
 * the ledger, and perhaps another program's.
 */
export function isOfDatabase(error: unknown): boolean {
  const command = error instanceof Error && 'command' in error ? (error.command as { name?: unknown } | null) : null;
  return command?.name === 'select';
}
