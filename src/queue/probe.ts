import { codeOf, cureOf } from '../check/cure.js';
import { ok, problem, type Report, warning } from '../check/finding.js';
import { findingsOfEmbedded } from './probe/embedded.js';
import { findingsOfPostgres } from './probe/postgres.js';
import { findingsOfRedis } from './probe/redis.js';
import { addressOf, withClient, withRedis } from './store.js';
import { reasonOf } from './unavailable.js';

/** Round trips that are timed; the median of five is not spoilt by the first, which is slow, or by one hiccup. */
const PINGS = 5;

/** Milliseconds of one round trip above which it is worth a word: a mail takes about a dozen. */
const SLOW_MS = 50;

/**
 * Looks at the store that QUEUE_URL names: whether it answers, whether its version will do, whether it keeps what it is given.
 * Writes nothing, and needs no right to change settings. Never rejects.
 * @param timeoutMs for each answer
 */
export async function probeQueue(url: string, timeoutMs: number, report: Report): Promise<void> {
  const embedded = /^embedded:(.+)$/s.exec(url)?.[1];
  if (embedded) {
    for (const finding of findingsOfEmbedded(embedded)) report(finding);
    return;
  }
  try {
    if (/^postgres/.test(url)) {
      const options = { connectionString: url, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs };
      await withClient(options, async (client) => {
        for (const finding of await findingsOfPostgres(client)) report(finding);
        report(await latency(() => client.query('SELECT 1')));
      });
    } else {
      await withRedis(url, timeoutMs, async (redis) => {
        for (const finding of await findingsOfRedis(redis)) report(finding);
        report(await latency(() => redis.ping()));
      });
    }
  } catch (error) {
    report(problem('queue', `${addressOf(url)} cannot be used: ${reasonOf(error)}`, cureOfStore(error)));
  }
}

function cureOfStore(error: unknown): string {
  const code = codeOf(error);
  const said = reasonOf(error);
  if (/^(WRONGPASS|NOAUTH|ERR AUTH|ERR invalid password)/.test(said) || code.startsWith('28'))
    return 'check user and password in QUEUE_URL';
  if (/^ERR DB index/.test(said))
    return 'let QUEUE_URL end in the number of a database that Redis has: 0 to 15, unless redis.conf has more';
  if (/^NOPERM/.test(said)) return 'give the user of QUEUE_URL the rights to all commands on keys mail2ticket:*';
  if (code === '3D000') return 'create the database, or check its name in QUEUE_URL';
  return cureOf(code, { host: 'QUEUE_URL', port: 'QUEUE_URL' });
}

async function latency(ask: () => Promise<unknown>) {
  const times: number[] = [];
  for (let n = 0; n < PINGS; n++) {
    const start = performance.now();
    await ask();
    times.push(performance.now() - start);
  }
  const ms = times.sort((a, b) => a - b)[Math.floor(PINGS / 2)] ?? 0;
  const found = `answers in ${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
  if (ms <= SLOW_MS) return ok('queue latency', found);
  return warning('queue latency', found, 'let QUEUE_URL name a store that is nearer: each mail takes a dozen answers');
}
