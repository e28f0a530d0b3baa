import { setTimeout as sleep } from 'node:timers/promises';
import { startAcknowledgements } from './acknowledging.js';
import type { Config } from './config.js';
import { QueueUnavailableError } from './errors.js';
import { HelpdeskClient } from './helpdesk/client.js';
import { deliver } from './helpdesk/once.js';
import { startHourlyAudit } from './imap/hourly-audit.js';
import { Watcher } from './imap/watcher.js';
import { failureJudge } from './judge-failure.js';
import { JudgePool } from './judging/pool.js';
import { MAX_FETCHED_BODY_BYTES } from './limits.js';
import type { Log } from './log-actions.js';
import type { MailPolicy } from './mail/policy.js';
import { openMailDesk } from './mail-desk.js';
import { type Backend, openBackend } from './queue/backend.js';
import { Claims } from './queue/claims.js';
import { Conversations } from './queue/conversations.js';
import { Flood } from './queue/flood.js';
import { type MailJob, QUEUE_NAME } from './queue/job.js';
import { JobLedger } from './queue/ledger.js';
import { MailLog } from './queue/mail-log.js';
import type { DeliveryOrder } from './queue/ports.js';
import { Postponed } from './queue/postponed.js';
import { probeQueue } from './queue/probe.js';
import { JobReadings, READINGS_QUEUE_NAME } from './queue/readings.js';
import { retryDelayMs } from './queue/retry.js';
import { DeliveryWorker } from './queue/worker.js';
import { quietLog } from './quiet-log.js';
import { Health } from './status/health.js';
import { Metrics } from './status/metrics.js';
import { operatorPage } from './status/page/page.js';
import { serveStatus } from './status/server.js';
import { ownVersion } from './version.js';

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

/**
 * Wires the rooms together and starts them. While the queue cannot be reached it waits and tries again.
 * @param signal ends the waiting for the queue
 * @throws ConfigError where QUEUE_URL or HELPDESK_URL cannot be used, or HTTP_PORT cannot be listened on
 */
export async function startService(config: Config, output: Log, signal: AbortSignal): Promise<Service> {
  const log = quietLog(output);
  const health = new Health<string>(['queue', 'mailbox', 'helpdesk']);
  const metrics = new Metrics({ version: ownVersion(), health });
  // Acquired in order, released in reverse.
  const releases: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const release of releases.reverse()) await release();
  };
  try {
    const { host, port, dashboard } = config.http;
    const page = dashboard && operatorPage({ credentials: dashboard, health, log });
    if (port !== null) {
      const status = await serveStatus(health, metrics, { host, port, page: page?.plugin });
      releases.push(() => status.close());
      log.info({ action: 'status.listening', url: status.url }, 'health at /healthz and /readyz, figures at /metrics');
    }
    const backend = await openQueue(config.queue.url, log, health, signal);
    releases.push(() => backend.close());
    // Beside the start, not before it: what it finds changes nothing of what is done.
    void warnOfQueue(config.queue.url, log);

    const helpdesk = new HelpdeskClient({
      ...config.helpdesk,
      connections: config.queue.concurrency,
      onCall: metrics.helpdeskCall,
    });
    // The worker has waited for its deliveries by then, unless the queue's store is away: then what is under way cannot be noted as done, and is cut.
    releases.push(() => helpdesk.abandon());

    const queue = await backend.queue<MailJob, never>(QUEUE_NAME);
    const events = await backend.queueEvents(QUEUE_NAME);
    health.report('queue', { ok: true });
    health.report('helpdesk', { ok: true });
    backend.watch((state) => health.report('queue', state));
    const postponed = new Postponed();
    const ledger = new JobLedger(queue, config.queue, postponed);
    metrics.watchQueue(() => ledger.countByState());

    const mails = new MailLog(queue);
    releases.push(async () => mails.close());
    page?.open(openMailDesk(mails, config.imap, log), queue);

    const judges = new JudgePool(config.mail, log);
    releases.push(() => judges.close());
    await judges.ready();

    const watcher = new Watcher({
      login: config.imap,
      folder: config.imap.folder,
      backlog: config.imap.backlog,
      pollMs: config.imap.pollMs,
      ledger,
      judge: (source, envelope, options) => judges.judge(source, envelope, options),
      readings: new JobReadings(await backend.queue(READINGS_QUEUE_NAME)),
      // A signature holds over every byte of a mail, files and all.
      wholeBytes: config.mail.senderAuthCheck === 'dns' ? MAX_FETCHED_BODY_BYTES : undefined,
      log,
      observer: metrics.watcher,
      report: (state) => health.report('mailbox', state),
    });
    metrics.watchMailbox(() => watcher.unsettled);
    events.on('completed', ({ jobId }) => watcher.finished(jobId));
    events.on('failed', ({ jobId }) => watcher.finished(jobId));

    const acknowledgements = await startAcknowledgements(config, backend, log, metrics.acknowledgement);

    const worker = new DeliveryWorker({
      deliver: (order) => deliver(helpdesk, { ...order, ...recognition(order, config.mail) }, order.claims),
      judgeFailure: failureJudge(helpdesk, config.helpdesk.settleMs),
      settleMs: config.helpdesk.settleMs,
      claims: new Claims(ledger),
      conversations: new Conversations(ledger),
      flood: new Flood(ledger, config.queue.floodLimit),
      postponed,
      concurrency: config.queue.concurrency,
      retryDelayMs: (failed, ageMs) => retryDelayMs(failed, ageMs, config.queue.retryDays, Math.random()),
      delivered: (mail) => acknowledgements.delivered(mail),
      log,
      observer: metrics.delivery,
      abandon: () => void helpdesk.abandon(),
      report: (state) => health.report('helpdesk', state),
    });
    await worker.start(backend);
    watcher.start();
    releases.push(
      startHourlyAudit({
        login: config.imap,
        folder: config.imap.folder,
        backlog: config.imap.backlog,
        ledger,
        log,
      }),
    );
    releases.push(async () => {
      await Promise.all([watcher.stop(), worker.stop(), acknowledgements.stop()]);
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
      log.warn(
        { action: 'queue.unavailable', reason: error.message, retryInMs: QUEUE_RETRY_MS },
        'the queue cannot be opened now',
      );
    }
    await sleep(QUEUE_RETRY_MS, undefined, { signal });
  }
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

/** How the ticket of a mail is known again at the helpdesk. */
function recognition({ decision, receivedAt }: DeliveryOrder, policy: MailPolicy) {
  const ticket = decision.kind === 'create' ? decision.ticket : decision.otherwise;
  const id = Object.keys(policy.customFields).find((field) => policy.customFields[field]?.from.kind === 'message-id');
  const value = id === undefined ? undefined : ticket.custom_fields?.[id];
  return {
    receivedAt: receivedAt === '' ? null : new Date(receivedAt),
    messageIdField: id !== undefined && value !== undefined ? { id, value } : null,
  };
}
