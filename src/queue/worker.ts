import { DelayedError, type Job, RateLimitError, UnrecoverableError } from 'bullmq';
import { MAX_REFUSALS_AMID_SUCCESS } from '../limits.js';
import type { Log } from '../log/log-actions.js';
import type { Decision } from '../mail/decision.js';
import { isVerified, requesterIn } from '../mail/digest.js';
import type { Outcome } from '../mail/outcome.js';
import type { Backend, BackendWorker } from './backend.js';
import type { Claims } from './claims.js';
import type { Answer, Conversations } from './conversations.js';
import type { Flood } from './flood.js';
import { attemptRecord, firstSeen, type MailJob, QUEUE_NAME, waitingSince, withFailure, withoutTexts } from './job.js';
import { safeText } from './json-safe.js';
import type { Deliver, DeliveredMail, DeliveryObserver, JudgeFailure, Verdict } from './ports.js';
import type { Postponed } from './postponed.js';
import { Ramp } from './ramp.js';
import { RetryLater } from './retry.js';
import { RunningDeliveries } from './running-deliveries.js';
import { OvertakenError, stillOurs } from './still-ours.js';

export interface DeliveryWorkerOptions {
  readonly deliver: Deliver;
  readonly judgeFailure: JudgeFailure;
  readonly claims: Claims;
  readonly conversations: Conversations;
  readonly flood: Flood;
  readonly postponed: Postponed;
  readonly concurrency: number;
  /** How long the helpdesk may go on with a request whose sender is gone, in ms. */
  readonly settleMs: number;
  /** The wait in ms before the next attempt of a mail, or -1 for no more. */
  readonly retryDelayMs: (failedAttempts: number, ageMs: number) => number;
  /**
   * Told of each ticket and reply before that is noted as done, so that a crash in between tells of it again. A failure sends the
   * mail back to the queue.
   */
  readonly delivered: (mail: DeliveredMail) => Promise<void>;
  readonly log: Log;
  readonly observer: DeliveryObserver;
  /** Ends running deliveries at once; called where stopping has waited long enough. They reject and go back to the queue. */
  readonly abandon: () => void;
  /** Told whether the helpdesk takes what we send, and why not. */
  readonly report: (state: { ok: true } | { ok: false; reason: string }) => void;
}

/**
 * A process that was killed gives its jobs back after this long; BullMQ's own 30 s twice over would keep a customer waiting a
 * minute. The lock is renewed while a job runs, so it need not outlast a slow helpdesk.
 */
const LOCK = { lockDuration: 15_000, stalledInterval: 7_500 };

/**
 * How often a process may die in the middle of one job. BullMQ's default of 1 would dead-letter a mail at the second restart
 * of the machine; delivery itself holds nothing that could kill the process.
 */
const MAX_STALLED_COUNT = 50;

/**
 * How long a worker rests while the whole queue waits, before it looks again, in ms. BullMQ takes up a last job when it closes, and rests
 * before it ends: with its default of 30 s a service that is stopped because of a wrong token would not stop in time.
 */
const REST_MS = 1000;

/**
 * BullMQ asks only a worker with a limiter of its own whether the whole queue waits (6.7, `moveToActive`): without one, each look would
 * send a mail to a helpdesk that has asked for a pause. At a million mails a second it holds up nothing else.
 */
const LIMITER = { max: 1_000_000, duration: 1000 };

/** What stopping leaves to running deliveries before they are cut off. */
const STOP_GRACE_MS = 6000;

/**
 * Takes mail from the queue to the helpdesk. It is the one place that translates verdicts into BullMQ's thrown signals.
 */
export class DeliveryWorker {
  #worker: BackendWorker<MailJob, Outcome> | null = null;
  #lastSuccessAt = 0;
  readonly #running: RunningDeliveries;
  /** Since when, in ms since 1970, the store has been there without a break for all this process knows. */
  #unbrokenSince = Date.now();
  readonly #ramp: Ramp;

  constructor(private readonly options: DeliveryWorkerOptions) {
    this.#ramp = new Ramp(options.concurrency);
    this.#running = new RunningDeliveries(options.deliver, options.claims);
  }

  /** @throws QueueUnavailableError where the store does not answer */
  async start(backend: Backend): Promise<void> {
    const { concurrency, retryDelayMs, log, observer } = this.options;
    this.#worker = await backend.worker<MailJob, Outcome>(QUEUE_NAME, (job) => this.#process(job), {
      concurrency,
      ...LOCK,
      maxStalledCount: MAX_STALLED_COUNT,
      limiter: LIMITER,
      maximumRateLimitDelay: REST_MS,
      settings: {
        backoffStrategy: (failed, _type, error, job) => {
          // The days of trying begin once the mail's turn has come.
          const since = job ? Math.max(job.timestamp, attemptRecord(job.progress).postponedUntil) : Date.now();
          const delayMs = retryDelayMs(failed, Math.max(0, Date.now() - since));
          return delayMs >= 0 && error instanceof RetryLater ? Math.max(delayMs, error.settleMs) : delayMs;
        },
      },
    });
    const broken = () => {
      this.#unbrokenSince = Date.now();
    };
    this.#worker.on('ioredis:close', broken).on('error', broken);
    this.#worker.on('failed', (job, error) => {
      if (!job?.finishedOn) return;
      log.error({ action: 'mail.failed', ...nameOf(job), reason: error.message }, 'mail could not be delivered');
      observer.deadLetter(whyDead(error));
    });
  }

  /** Takes no new mail, lets deliveries end for a few seconds, then cuts them off: they go back to the queue. */
  async stop(): Promise<void> {
    const cut = setTimeout(this.options.abandon, STOP_GRACE_MS);
    await this.#worker?.close();
    clearTimeout(cut);
  }

  async #process(job: Job<MailJob, Outcome>): Promise<Outcome> {
    const { judgement, envelope, lookFirst, mailbox, settledWith, twins } = job.data;
    // Cut off before BullMQ had noted it.
    if (settledWith) return settledWith;
    if (!judgement) throw new UnrecoverableError('the entry holds no decision any more');
    const { decision, reason } = judgement;
    if (decision.kind === 'ignore') return await this.#settled(job, { kind: 'ignored', reason });
    const { unsent, ended, tracelessAt, postponed, repliesBefore } = attemptRecord(job.progress);
    if (job.attemptsStarted - 1 > ended && this.options.settleMs > 0) {
      // Its process was killed, or lost the queue, while the request was under way: a look that comes too soon finds nothing.
      const message = 'an attempt was cut short, and the helpdesk may still be at work on it';
      return await this.#failed(job, { kind: 'postpone', message, forMs: this.options.settleMs });
    }
    const { claims, conversations, flood, postponed: waiting } = this.options;
    let traceless = false;
    try {
      if (postponed !== null) await waiting.delete(job.id ?? '');
      const outcome = await this.#running.deliver(job.id ?? '', {
        mailbox,
        decision,
        receivedAt: envelope.receivedAt,
        // An attempt that a crash cut short counts as started and not as unsent, so it is looked for.
        lookFirst:
          (lookFirst && tracelessAt === 0) ||
          job.attemptsStarted - 1 > unsent ||
          this.#mayHaveBeenForgotten(Math.max(job.timestamp, tracelessAt)),
        // Once the replies of others are noted the twins' are among them: counted again, the mail's own would pass for one.
        claims: claims.of(job.id ?? '', firstSeen(job), repliesBefore.length > 0 ? [] : twins),
        parents: await waiting.orInstead(() => conversations.parentsOf(answerOf(job)), []),
        known: (ticketId) => conversations.known(ticketId),
        repliesBefore,
        // Where it cannot be noted, the claims alone must tell them apart.
        noteReplies: (ids) =>
          job.updateProgress({ ...attemptRecord(job.progress), repliesBefore: ids }).catch(() => undefined),
        awaitTurn: async () => {
          traceless = true;
          const [id, requester] = [job.id ?? '', requesterIn(decision) ?? ''];
          await waiting.orInstead(() => flood.admit(id, requester, isVerified(judgement)), undefined);
        },
        mustBeOurs: stillOurs(job, LOCK.lockDuration),
      });
      this.#lastSuccessAt = Date.now();
      this.options.report({ ok: true });
      this.#allow(this.#ramp.succeeded());
      this.#warnOfRefusal(job, decision, outcome);
      await this.options.delivered({ id: job.id ?? '', mailbox, envelope, judgement, outcome, lookFirst });
      return await this.#settled(job, outcome);
    } catch (error) {
      // What becomes of the job is the other one's matter.
      if (error instanceof OvertakenError) throw error;
      const { hasWaited } = attemptRecord(job.progress);
      return await this.#failed(job, await this.options.judgeFailure(error, hasWaited), traceless);
    }
  }

  /**
   * A store that crashes may come back some seconds older than it was (Redis with `appendfsync everysec`): then a job waits as new whose
   * attempt has got through. So what was queued (or looked for in vain) before the last break, or before this process began, is
   * looked for.
   */
  #mayHaveBeenForgotten(tracelessAt: number): boolean {
    return tracelessAt <= this.#unbrokenSince;
  }

  /** Where a setting keeps our own people out of their tickets, only the log can tell the operator. */
  #warnOfRefusal(job: Job<MailJob, Outcome>, decision: Decision, outcome: Outcome): void {
    if (decision.kind !== 'reply' || decision.writer.kind !== 'nobody' || decision.writer.setting === null) return;
    if (outcome.kind !== 'created' || outcome.note === undefined) return;
    const { setting } = decision.writer;
    this.options.log.warn(
      { action: 'mail.refused', ...nameOf(job), setting, reason: outcome.note },
      `a reply of one of our people became a new ticket: set ${setting}`,
    );
  }

  async #settled(job: Job<MailJob, Outcome>, outcome: Outcome): Promise<Outcome> {
    // Nobody files it, which is when the texts of all other mail are dropped.
    if (job.data.location === null) await job.updateData({ ...withoutTexts(job.data), settledWith: outcome });
    this.options.log.info(
      { action: `mail.${outcome.kind}`, ...nameOf(job), ...outcome, kind: undefined, attempts: job.attemptsStarted },
      `mail ${outcome.kind}`,
    );
    this.options.observer.settled(outcome, waitingSince(job.data));
    return outcome;
  }

  #allow(deliveries: number): void {
    if (this.#worker && this.#worker.concurrency !== deliveries) this.#worker.concurrency = deliveries;
  }

  /**
   * Always throws: the signal that makes BullMQ do what the verdict says.
   * @param traceless whether it is certain that no attempt before the one that failed has left a trace at the helpdesk
   */
  async #failed(job: Job<MailJob, Outcome>, verdict: Verdict, traceless = false): Promise<never> {
    const { log, report, observer } = this.options;
    const { message } = verdict;
    const record = { ...attemptRecord(job.progress), ended: job.attemptsStarted };
    if (verdict.kind === 'wait' || (verdict.kind === 'transient' && !verdict.perhapsOfThisMail)) {
      this.#allow(this.#ramp.failed());
    }
    const failed = { ...record, failures: withFailure(record.failures, safeText(message), Date.now()) };
    switch (verdict.kind) {
      case 'permanent':
        await job.updateProgress(failed);
        throw new UnrecoverableError(message);
      case 'wait':
        report({ ok: false, reason: message });
        log.error(
          { action: 'helpdesk.waiting', setting: verdict.setting, reason: message, forMs: verdict.forMs },
          'nothing is sent to the helpdesk for now',
        );
        observer.waiting(verdict.setting === null ? 'rate-limit' : 'configuration');
        await job.updateProgress({ ...failed, unsent: record.unsent + 1, hasWaited: true, postponed: null });
        await this.#worker?.rateLimit(verdict.forMs);
        throw new RateLimitError();
      case 'postpone': {
        const until = Date.now() + verdict.forMs;
        log.info(
          { action: 'mail.postponed', ...nameOf(job), reason: message, forMs: verdict.forMs },
          'mail waits for its turn',
        );
        observer.postponed();
        await job.updateProgress({
          ...record,
          // A mail that has been looked for need not be looked for each time that it asks for its turn.
          ...(traceless ? { unsent: job.attemptsStarted, tracelessAt: Date.now() } : { unsent: record.unsent + 1 }),
          postponed: safeText(message),
          postponedUntil: until,
        });
        await this.options.postponed.add(job.id ?? '');
        await job.moveToDelayed(until, job.token);
        throw new DelayedError();
      }
      case 'transient': {
        const othersPassed = this.#lastSuccessAt > (record.failedAt || job.timestamp);
        const next = {
          ...failed,
          unsent: record.unsent + (verdict.unsent ? 1 : 0),
          refusedAmidSuccess: verdict.perhapsOfThisMail ? record.refusedAmidSuccess + (othersPassed ? 1 : 0) : 0,
          failedAt: Date.now(),
          postponed: null,
        };
        await job.updateProgress(next);
        if (next.refusedAmidSuccess >= MAX_REFUSALS_AMID_SUCCESS) {
          throw new UnrecoverableError(`${message}: again and again for this mail, while others got through`);
        }
        report({ ok: false, reason: message });
        log.warn(
          { action: 'mail.retry', ...nameOf(job), reason: message, attempts: job.attemptsStarted },
          'delivery failed and is tried again',
        );
        observer.retrying();
        throw new RetryLater(message, verdict.settleMs);
      }
    }
  }
}

function whyDead(error: Error): Parameters<DeliveryObserver['deadLetter']>[0] {
  if (error instanceof RetryLater) return 'given-up';
  return error instanceof UnrecoverableError ? 'refused' : 'cut-off';
}

function nameOf(job: Job<MailJob, Outcome>) {
  const { envelope } = job.data;
  return { mail: job.id ?? '', messageId: envelope.messageId, from: envelope.from };
}

function answerOf({ data, timestamp }: Job<MailJob, Outcome>): Answer {
  const { mailbox, judgement, envelope, location } = data;
  const parents = judgement?.decision.kind === 'reply' ? judgement.decision.parents : [];
  return { mailbox, parents, receivedAt: envelope.receivedAt, uid: location?.uid ?? 0, queuedAt: timestamp };
}
