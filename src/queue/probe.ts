import { once } from 'node:events';
import { connect } from 'node:net';
import { codeOf, cureOf } from '../check/cure.js';
import { type Finding, ok, problem, type Report, warning } from '../check/finding.js';
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
    report((await findingOfTls(url, error, timeoutMs)) ?? cannotBeUsed(url, reasonOf(error), cureOfStore(error)));
  }
}

function cannotBeUsed(url: string, reason: string, cure: string): Finding {
  return problem('queue', `${addressOf(url)} cannot be used: ${reason}`, cure);
}

/** A Redis with TLS resets a connection without it; one without waits for the rest of a command, which looks as if no way led there. */
async function findingOfTls(url: string, error: unknown, timeoutMs: number): Promise<Finding | null> {
  const code = codeOf(error);
  if (url.startsWith('redis://') && code === 'ECONNRESET')
    return cannotBeUsed(url, reasonOf(error), 'perhaps Redis speaks TLS there: let QUEUE_URL begin with rediss://');
  if (!url.startsWith('rediss://') || code !== 'ETIMEDOUT' || !(await takesConnections(new URL(url), timeoutMs)))
    return null;
  const cure = 'let QUEUE_URL begin with redis://, or name the port on which Redis speaks TLS';
  return cannotBeUsed(url, 'takes the connection, but speaks no TLS', cure);
}

async function takesConnections({ hostname, port }: URL, timeoutMs: number): Promise<boolean> {
  const socket = connect(Number(port) || 6379, hostname.replace(/^\[|\]$/g, '') || 'localhost');
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(timeoutMs) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
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
