import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { freePort, startServer } from './private-server.js';
import { startRedis, type TestRedis } from './redis.js';
import { until } from './until.js';

const run = promisify(execFile);

export interface RedisGroup {
  readonly url: string;
  /** The Redis that takes what is written now. */
  primary(): Promise<TestRedis>;
  stop(): Promise<void>;
}

/** A primary, its replica, and three sentinels that make the replica the primary when that is gone for a second. */
export async function startSentinels(): Promise<RedisGroup> {
  const directory = await mkdtemp(join(tmpdir(), 'mail2ticket-sentinel-'));
  const first = await startRedis();
  const second = await startRedis({ more: { replicaof: `127.0.0.1 ${first.port}` } });
  const ports = [await freePort(), await freePort(), await freePort()];
  const sentinels = await Promise.all(
    ports.map(async (port) => {
      const config = join(directory, `${port}.conf`);
      const watch = `sentinel monitor desk 127.0.0.1 ${first.port} 2`;
      const times = 'sentinel down-after-milliseconds desk 1000\nsentinel failover-timeout desk 5000';
      await writeFile(config, `port ${port}\nbind 127.0.0.1\ndir ${directory}\n${watch}\n${times}\n`);
      const server = await startServer({
        program: 'redis-server',
        args: [config, '--sentinel'],
        install: 'apt-get install redis-server (Debian)',
        ready: () => ask(port, (redis) => redis.ping()).then(() => true),
      });
      return server;
    }),
  );
  const primaryPort = async () => {
    const answer = await ask(ports[0] ?? 0, (redis) => redis.call('SENTINEL', 'get-master-addr-by-name', 'desk'));
    return Number((answer as string[])[1]);
  };
  const knows = async (port: number) => {
    const info = await ask(port, (redis) => redis.call('SENTINEL', 'master', 'desk'));
    const fields = info as string[];
    const field = (name: string) => Number(fields[fields.indexOf(name) + 1]);
    return field('num-slaves') === 1 && field('num-other-sentinels') === 2;
  };
  await until('the sentinels know the replica and each other', async () =>
    (await Promise.all(ports.map(knows))).every(Boolean),
  );
  return {
    url: `redis-sentinel://${ports.map((port) => `127.0.0.1:${port}`).join(',')}/desk`,
    primary: async () => ((await primaryPort()) === first.port ? first : second),
    async stop() {
      for (const server of [...sentinels, first, second]) await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A cluster of three, each with a third of the keys and no replica. */
export async function startCluster(): Promise<RedisGroup> {
  const nodes = await Promise.all(
    [1, 2, 3].map(() => startRedis({ more: { 'cluster-enabled': 'yes', 'cluster-node-timeout': '2000' } })),
  );
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
  const isWhole = async (port: number) =>
    String(await ask(port, (redis) => redis.call('CLUSTER', 'INFO'))).includes('cluster_state:ok');
  await until('the cluster is whole', async () =>
    (await Promise.all(nodes.map(({ port }) => isWhole(port)))).every(Boolean),
  );
  return {
    url: `redis-cluster://${addresses.join(',')}`,
    async primary() {
      const slot = Number(await ask(nodes[0]?.port ?? 0, (redis) => redis.call('CLUSTER', 'KEYSLOT', '{mail2ticket}')));
      const ranges = (await ask(nodes[0]?.port ?? 0, (redis) => redis.call('CLUSTER', 'SLOTS'))) as [
        number,
        number,
        [string, number],
      ][];
      const range = ranges.find(([from, to]) => slot >= from && slot <= to);
      const node = nodes.find(({ port }) => port === range?.[2][1]);
      if (!node) throw new Error('no node holds our slot');
      return node;
    },
    async stop() {
      for (const node of nodes) await node.stop();
    },
  };
}

async function ask<T>(port: number, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({ port, lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}
