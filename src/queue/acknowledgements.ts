import { type Job, UnrecoverableError } from 'bullmq';
import { backoffMs } from '../backoff.js';
import { MailNotSentError } from '../errors.js';
import { MAX_ACKNOWLEDGEMENTS_REMEMBERED, MAX_ATTEMPT_STACKTRACES, MAX_PERHAPS_SENT } from '../limits.js';
import type { Log } from '../log/log-actions.js';
import { type Acknowledgement, whyNotAgain } from '../mail/acknowledgement.js';
import type { Backend, BackendQueue, BackendWorker } from './backend.js';
import { completedSince } from './completed.js';
import { safeJson } from './json-safe.js';
import { SenderCounts } from './sender-counts.js';

/** The queue of the acknowledgements, and the name of its jobs. */
const QUEUE_NAME = 'acknowledgement';

type Result = { readonly kind: 'sent' } | { readonly kind: 'kept back'; readonly reason: string };

export interface AcknowledgementOptions {
  /** Hands it to the SMTP server. @throws MailNotSentError */
  readonly send: (acknowledgement: Acknowledgement) => Promise<void>;
  /** Ends what is being sent at once. */
  readonly abandon: () => void;
  /** How long it is remembered that a mail has been acknowledged: as long as the mail itself. */
  readonly ledgerDays: number;
  readonly log: Log;
  /** Told how each acknowledgement ended, for figures. */
  readonly ended: (how: 'sent' | 'withheld' | 'failed') => void;
}

/** The wait before another try, and how long it is tried: a later acknowledgement would tell the requester nothing. */
const BACKOFF_MS = { first: 60_000, last: 60 * 60 * 1000 };
const DAY_MS = 24 * 60 * 60 * 1000;

/** What stopping leaves to a mail that is being sent. */
const STOP_GRACE_MS = 4000;

/**
 * Sends acknowledgements, each as a job of its own, so that an SMTP server that is down never touches a ticket. The jobs are
 * worked on one at a time, whatever the number of processes: so each sees what was sent before it, and the limits for each
 * sender hold. What was sent is read from the finished jobs, which stay as long as the ledger, also over a restart.
 */
export class AcknowledgementQueue {
  readonly #sent = new SenderCounts(DAY_MS, MAX_ACKNOWLEDGEMENTS_REMEMBERED);
  #readTo = 0;
  #worker: BackendWorker<Acknowledgement, Result> | null = null;

  private constructor(
    private readonly queue: BackendQueue<Acknowledgement, Result>,
    private readonly options: AcknowledgementOptions,
  ) {}

  /** Begins to send. @throws QueueUnavailableError where the store does not answer */
  static async start(backend: Backend, options: AcknowledgementOptions): Promise<AcknowledgementQueue> {
    const queue = await backend.queue<Acknowledgement, Result>(QUEUE_NAME);
    await queue.setGlobalConcurrency(1);
    const self = new AcknowledgementQueue(queue, options);
    await self.#work(backend);
    return self;
  }

  /**
   * Takes an acknowledgement on; durable when it resolves. Of the same mail only the first is taken.
   * @throws QueueUnavailableError while the store is away
   */
  async add(acknowledgement: Acknowledgement): Promise<void> {
    const keep = { age: this.options.ledgerDays * 86_400 };
    await this.queue.add(QUEUE_NAME, safeJson(acknowledgement), {
      jobId: acknowledgement.mail,
      removeOnComplete: keep,
      removeOnFail: keep,
      // The end is set by the backoff.
      attempts: 1_000_000,
      backoff: { type: 'custom' },
      stackTraceLimit: MAX_ATTEMPT_STACKTRACES,
    });
  }

  /** Lets a mail that is being sent end for a few seconds, then cuts it off: it goes back to the queue. */
  async stop(): Promise<void> {
    const cut = setTimeout(this.options.abandon, STOP_GRACE_MS);
    await this.#worker?.close();
    clearTimeout(cut);
  }

  async #work(backend: Backend): Promise<void> {
    const { log, ended } = this.options;
    this.#worker = await backend.worker<Acknowledgement, Result>(QUEUE_NAME, (job) => this.#process(job), {
      concurrency: 1,
      lockDuration: 15_000,
      stalledInterval: 7_500,
      // A process that dies while it sends may have sent.
      maxStalledCount: MAX_PERHAPS_SENT,
      settings: {
        backoffStrategy: (failed, _type, _error, job) =>
          job && Date.now() - job.timestamp > DAY_MS ? -1 : backoffMs(BACKOFF_MS, failed, Math.random()),
      },
    });
    this.#worker.on('failed', (job, error) => {
      if (!job) return;
      const line = { ...nameOf(job), reason: error.message };
      if (job.finishedOn) {
        log.error({ action: 'mail.acknowledgement.failed', ...line }, 'the acknowledgement is given up');
        ended('failed');
      } else {
        log.warn({ action: 'mail.acknowledgement.retry', ...line }, 'the acknowledgement could not be sent now');
      }
    });
  }

  async #process(job: Job<Acknowledgement, Result>): Promise<Result> {
    const { log, send, ended } = this.options;
    await this.#readSent();
    const { to } = job.data;
    const reason = this.#sent.count(to, Date.now()) === 0 ? null : whyNotAgain(this.#sent.times(to), Date.now());
    if (reason !== null) {
      log.info({ action: 'mail.unacknowledged', ...nameOf(job), reason }, 'no acknowledgement is sent');
      ended('withheld');
      return { kind: 'kept back', reason };
    }
    try {
      await send(job.data);
    } catch (error) {
      throw await this.#failed(job, error);
    }
    this.#sent.note(job.data.mail, to, Date.now());
    log.info({ action: 'mail.acknowledged', ...nameOf(job) }, 'the requester was told the number of the ticket');
    ended('sent');
    return { kind: 'sent' };
  }

  /** What BullMQ shall be told. Of a mail that breaks off behind its last line again and again, each try may be one more in a mailbox. */
  async #failed(job: Job<Acknowledgement, Result>, error: unknown): Promise<unknown> {
    if (!(error instanceof MailNotSentError)) return error;
    if (error.permanent) return new UnrecoverableError(error.message);
    if (!error.perhapsSent) return error;
    const times = (typeof job.progress === 'number' ? job.progress : 0) + 1;
    await job.updateProgress(times);
    return times < MAX_PERHAPS_SENT ? error : new UnrecoverableError(`${error.message}; it may have arrived`);
  }

  /** Reads what is new among the finished jobs, newest first; a minute twice, for machines whose clocks differ. */
  async #readSent(): Promise<void> {
    const now = Date.now();
    const since = Math.max(this.#readTo - 60_000, now - DAY_MS);
    const sent: Job<Acknowledgement, Result>[] = [];
    for await (const job of completedSince(this.queue, since)) if (job.returnvalue?.kind === 'sent') sent.push(job);
    for (const { data, finishedOn = now } of sent.reverse()) this.#sent.note(data.mail, data.to, finishedOn);
    this.#readTo = now;
  }
}

function nameOf({ data }: Job<Acknowledgement, Result>) {
  return { mail: data.mail, to: data.to, ticketId: data.ticketId };
}
