import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import { QueueUnavailableError } from '../errors.js';
import type { Log } from '../log/log-actions.js';
import { quietLog } from '../log/quiet-log.js';
import { type Backend, openBackend } from '../queue/backend.js';
import { type MailJob, QUEUE_NAME } from '../queue/job.js';
import { JobLedger } from '../queue/ledger.js';
import { MailLog } from '../queue/mail-log.js';
import { Postponed } from '../queue/postponed.js';
import { probeQueue } from '../queue/probe.js';
import { isRefusal } from '../queue/unavailable.js';
import { Health } from '../status/health.js';
import { Metrics } from '../status/metrics.js';
import { ownVersion } from '../version.js';
import { credentialSources } from './credential-sources.js';
import { startDelivering } from './delivering.js';
import { openMailDesk } from './mail-desk.js';
import { partOf } from './shared.js';
import { startWatching } from './watching.js';

/** The service while it runs. */
export interface Service {
  readonly health: Health<string>;
  /** Ends everything within ten seconds, nothing half done: what is cut off is found and finished by the next start. */
  stop(): Promise<void>;
}

/** How long a queue that cannot be reached at the start is waited for between two tries. */
const QUEUE_RETRY_MS = 5000;

/** How long the store may take to tell about itself. It has just answered, so more would mean that it is going away. */
const QUEUE_PROBE_MS = 5000;

/** Which half of the work a process does: mail into the queue, or out of it. */
export type Role = 'all' | 'watcher' | 'worker';

/**
 * Wires the rooms together and starts them. While the queue cannot be reached it waits and tries again.
 * @param signal ends the waiting for the queue
 * @throws ConfigError where QUEUE_URL, HELPDESK_URL or HTTP_PORT cannot be used; PortUnavailableError while another program has HTTP_PORT
 */
export async function startService(
  config: Config,
  output: Log,
  signal: AbortSignal,
  role: Role = 'all',
): Promise<Service> {
  const log = quietLog(output);
  const [watches, works] = [role !== 'worker', role !== 'watcher'];
  const health = new Health<string>([
    'queue',
    ...(watches ? config.mailboxes.map(({ imap }) => partOf(imap)) : []),
    ...(works ? ['helpdesk'] : []),
  ]);
  const metrics = new Metrics({ version: ownVersion(), health });
  // Acquired in order, released in reverse.
  const releases: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const release of releases.reverse()) await release();
  };
  try {
    const { host, port, dashboard } = config.http;
    // What a setting turns on is loaded only where it is on: a web server and a board are a quarter of the memory at rest.
    const page =
      dashboard && (await import('../status/page/page.js')).operatorPage({ credentials: dashboard, health, log });
    if (port !== null) {
      const { serveStatus } = await import('../status/server.js');
      const status = await serveStatus(health, metrics, { host, port, page: page?.plugin });
      releases.push(() => status.close());
      log.info(
        { action: 'status.listening', url: status.url, page: page !== null },
        `health at /healthz and /readyz, figures at /metrics${page ? ', the page at /' : ''}`,
      );
    }
    const backend = await openQueue(config.queue.url, log, health, signal);
    releases.push(() => backend.close());
    // Beside the start, not before it: what it finds changes nothing of what is done.
    void warnOfQueue(config.queue.url, log);
    const queue = await backend.queue<MailJob, never>(QUEUE_NAME);
    // The pause of a wrong setting outlives the process. Who has mended it and starts anew must not wait for its end.
    if (works) await queue.removeRateLimitKey();
    health.report('queue', { ok: true });
    backend.watch((state) => health.report('queue', state));
    const credentials = credentialSources(log);
    const postponed = await Postponed.open(backend);
    const ledger = new JobLedger(queue, { ...config.queue, ...config.helpdesk }, postponed);
    if (works) await tellOfResumed(ledger, log);
    metrics.watchPostponed(() => postponed.count());
    metrics.watchQueue(() => ledger.countByState());
    const mails = new MailLog(queue);
    releases.push(async () => mails.close());
    page?.open(openMailDesk(mails, ledger, config.mailboxes, credentials, log), queue);
    const shared = { config, credentials, backend, ledger, postponed, log, health, metrics };
    // Together, since each may take seconds to come to its end.
    const stops: (() => Promise<void>)[] = [];
    if (works) stops.push(await startDelivering(shared, releases));
    if (watches) stops.push(await startWatching(shared, releases));
    releases.push(async () => {
      await Promise.all(stops.map((end) => end()));
    });
    return { health, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openQueue(url: string, log: Log, health: Health<string>, signal: AbortSignal): Promise<Backend> {
  for (;;) {
    try {
      const backend = await openBackend(url, { log });
      log.info({ action: 'queue.opened', ...backend.describe() }, 'queue opened');
      return backend;
    } catch (error) {
      if (!(error instanceof QueueUnavailableError)) throw error;
      health.report('queue', { ok: false, reason: error.message });
      // What is away comes back; what refuses us waits for a person.
      log[isRefusal(error) ? 'error' : 'warn'](
        { action: 'queue.unavailable', reason: error.message, retryInMs: QUEUE_RETRY_MS },
        'the queue cannot be opened now',
      );
    }
    await sleep(QUEUE_RETRY_MS, undefined, { signal });
  }
}

/** After a crash some seconds pass before a mail that was in hand may be taken up again. */
async function tellOfResumed(ledger: JobLedger, log: Log): Promise<void> {
  const mails = await ledger.countUnderWay();
  if (mails > 0) log.info({ action: 'queue.resumed', mails }, `${mails} in the queue from before`);
}

/** Tells what the queue's store may lose. Where it does not answer that, the queue itself will say so. */
async function warnOfQueue(url: string, log: Log): Promise<void> {
  await probeQueue(url, QUEUE_PROBE_MS, ({ level, found, cure }) => {
    if (level === 'warning' || level === 'problem')
      log.warn(
        { action: 'queue.warning', setting: 'QUEUE_URL', reason: found, cure },
        'the queue is not as safe as it could be',
      );
  });
}
