import { Redis } from 'ioredis';

/** How often each command was carried out. */
export type CommandCount = Readonly<Record<string, number>>;

/** What a Redis has carried out so far (INFO commandstats), those within scripts too. */
export async function commandCounts(url: string): Promise<CommandCount> {
  const redis = new Redis(url);
  try {
    const lines = (await redis.info('commandstats')).matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm);
    return Object.fromEntries([...lines].map(([, name, calls]) => [name ?? '', Number(calls)]));
  } finally {
    redis.disconnect();
  }
}

/** What came between two counts, the most frequent first. */
export function countedSince(before: CommandCount, after: CommandCount): CommandCount {
  const rows = Object.entries(after).map(([name, calls]) => [name, calls - (before[name] ?? 0)] as const);
  return Object.fromEntries(rows.filter(([, calls]) => calls > 0).sort(([, a], [, b]) => b - a));
}

/** All of them together. */
export function sumOf(counts: CommandCount): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
