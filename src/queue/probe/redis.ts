import { RedisConnection } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { type Finding, ok, problem, skipped, warning } from '../../check/finding.js';

/** Part of maxmemory above which it is worth a word: Redis then refuses new jobs, and each mail's entry stays LEDGER_DAYS. */
const NEARLY_FULL = 0.9;

/** What Redis says of itself. Managed ones forbid CONFIG; INFO alone tells all but how snapshots are taken. */
export async function findingsOfRedis(redis: Redis | Cluster): Promise<Finding[]> {
  const info = parseInfo(await redis.info());
  const save = await redis.config('GET', 'save').then(
    (answer) => (Array.isArray(answer) && typeof answer[1] === 'string' ? answer[1] : null),
    () => null,
  );
  return judgeRedis(info, save);
}

/** The fields of INFO by their names. */
export function parseInfo(text: string): ReadonlyMap<string, string> {
  const fields = text.split(/\r?\n/).map((line) => /^([^#:]+):(.*)$/.exec(line));
  return new Map(fields.flatMap((field) => (field ? [[field[1] ?? '', field[2] ?? '']] : [])));
}

/** @param save when snapshots are taken, in Redis' own words; '' never, null where it does not tell */
export function judgeRedis(info: ReadonlyMap<string, string>, save: string | null): Finding[] {
  return [version(info), eviction(info), persistence(info, save), ...room(info)];
}

function version(info: ReadonlyMap<string, string>): Finding {
  const redis = info.get('redis_version') ?? '';
  // Others count their versions in their own way, and are all newer than what is asked of Redis.
  for (const name of ['valkey', 'dragonfly']) {
    const own = info.get(`${name}_version`);
    if (own) return ok('queue', `${name} ${own}`);
  }
  const { minimumVersion, recommendedMinimumVersion } = RedisConnection;
  const cure = `bring Redis to ${recommendedMinimumVersion} or newer, or let QUEUE_URL name a newer one`;
  if (isOlder(redis, minimumVersion)) return problem('queue', `Redis ${redis} is too old`, cure);
  if (info.get('role') === 'slave')
    return problem('queue', 'this Redis is a replica, which takes no jobs', 'let QUEUE_URL name the primary');
  if (isOlder(redis, recommendedMinimumVersion))
    return warning('queue', `Redis ${redis} works, but BullMQ advises against it`, cure);
  return ok('queue', `Redis ${redis}`);
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0;
}

function eviction(info: ReadonlyMap<string, string>): Finding {
  const policy = info.get('maxmemory_policy');
  if (policy === undefined)
    return skipped('queue eviction', 'Redis does not tell its maxmemory-policy; it must be noeviction');
  if (policy === 'noeviction') return ok('queue eviction', 'maxmemory-policy is noeviction');
  return warning(
    'queue eviction',
    `maxmemory-policy is ${policy}: short of memory, Redis throws out jobs and what became of each mail`,
    'set "maxmemory-policy noeviction" in redis.conf, or let QUEUE_URL name a Redis that is not a cache',
  );
}

function persistence(info: ReadonlyMap<string, string>, save: string | null): Finding {
  const about = 'queue persistence';
  const appends = info.get('aof_enabled') === '1';
  const status = info.get(appends ? 'aof_last_write_status' : 'rdb_last_bgsave_status');
  if (status === 'err')
    return problem(about, 'Redis could not write to its disk and refuses jobs', "see Redis' log; is its disk full?");
  if (appends) return ok(about, 'append-only file');
  const cure = 'set "appendonly yes" in redis.conf';
  if (save === null)
    return skipped(about, `no append-only file, and Redis does not tell about snapshots; if it takes none, ${cure}`);
  if (save === '') {
    const lost = 'after a restart Redis has forgotten what became of each mail, and each has to be looked up';
    return warning(about, `nothing is kept on disk: ${lost}`, cure);
  }
  return ok(about, `snapshots only (save ${save}); "appendonly yes" would forget less after a crash`);
}

function room(info: ReadonlyMap<string, string>): Finding[] {
  const [used, most] = [Number(info.get('used_memory')), Number(info.get('maxmemory'))];
  if (!(most > 0) || used < NEARLY_FULL * most) return [];
  const found = `${Math.round((100 * used) / most)} % of maxmemory are used`;
  return [warning('queue memory', found, 'raise maxmemory in redis.conf, or lower LEDGER_DAYS')];
}
