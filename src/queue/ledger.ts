import type { JobsOptions } from 'bullmq';
import { MAX_ATTEMPT_STACKTRACES, MAX_FAILURES_KEPT } from '../limits.js';
import { acknowledgedMail } from '../mail/acknowledgement.js';
import type { Judgement, QueuedJudgement } from '../mail/decision.js';
import type { Digest } from '../mail/digest.js';
import { identityOfMessageId } from '../mail/identity.js';
import type { LedgerEntry, NewEntry, SettledFolder } from '../mail/ledger-entry.js';
import type { FailureRecord } from '../mail/mail-record.js';
import type { Outcome } from '../mail/outcome.js';
import type { BackendQueue } from './backend.js';
import { completedSince } from './completed.js';
import { attemptRecord, digestOfJob, entryOf, type MailJob, QUEUE_NAME, withoutTexts } from './job.js';
import { safeJson } from './json-safe.js';
import type { Postponed } from './postponed.js';

export type MailQueue = BackendQueue<MailJob, Outcome>;

/** A mail that came to its end at the helpdesk or by the rules. */
export interface SettledMail {
  readonly id: string;
  readonly outcome: Outcome;
  /** Null in entries of versions that kept none. */
  readonly digest: Digest | null;
  /** When it was settled, ms since 1970. */
  readonly at: number;
}

/** A mail that another one answers. */
export type ThreadMail =
  | { readonly kind: 'ticket'; readonly ticketId: string }
  | { readonly kind: 'under way'; readonly receivedAt: string; readonly uid: number };

/**
 * What became of each mail, kept by BullMQ: one job a mail under the mail's identity, kept after its end for LEDGER_DAYS.
 * Every call rejects with QueueUnavailableError while the store is away.
 */
export class JobLedger {
  readonly #jobOptions: JobsOptions;

  constructor(
    private readonly queue: MailQueue,
    private readonly options: {
      readonly ledgerDays: number;
      /** How long a mail waits that may have been queued before: the helpdesk may still be at work on it, and a look would come too soon. */
      readonly settleMs?: number;
    },
    private readonly postponed?: Postponed,
  ) {
    // One policy for all jobs: BullMQ applies that of the job which finishes to the whole set.
    const keep = { age: options.ledgerDays * 86_400 };
    this.#jobOptions = {
      removeOnComplete: keep,
      removeOnFail: keep,
      // The end is set by RETRY_DAYS in the backoff, never by a count.
      attempts: 1_000_000,
      backoff: { type: 'custom' },
      stackTraceLimit: MAX_ATTEMPT_STACKTRACES,
    };
  }

  async lookUp(ids: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>> {
    if (ids.length > 1 && (await this.queue.backend.holdsAny?.(ids)) === false) return new Map();
    const jobs = await Promise.all(ids.map((id) => this.queue.getJob(id)));
    return new Map(ids.flatMap((id, i) => (jobs[i] ? [[id, entryOf(jobs[i])] as const] : [])));
  }

  async add(entries: readonly NewEntry[]): Promise<void> {
    const { settleMs = 0 } = this.options;
    await this.#addJobs(
      entries.map((entry) => ({ jobId: entry.id, data: jobOf(entry), delay: entry.lookFirst ? settleMs : 0 })),
    );
  }

  /** Of two watchers that do this at once one removes the finished job, and the add of the other is a no-op. */
  async addAgain(entry: NewEntry): Promise<void> {
    const job = await this.queue.getJob(entry.id);
    if (job && !job.finishedOn) return;
    await job?.remove();
    const failures = job ? [...(job.data.earlierFailures ?? []), ...attemptRecord(job.progress).failures] : [];
    await this.#addJobs([{ jobId: entry.id, data: jobOf(entry, failures.slice(-MAX_FAILURES_KEPT)), delay: 0 }]);
  }

  /** Puts a mail that was ingested and failed back to work, judged as it was. False where it is no such mail, or its texts are gone. */
  async addIngestedAgain(id: string): Promise<boolean> {
    const { data } = (await this.queue.getJob(id)) ?? {};
    if (!data?.judgement || data.location !== null) return false;
    await this.addAgain({ ...data, id, judgement: data.judgement, lookFirst: true });
    return true;
  }

  async markFiled(ids: readonly string[], folder: SettledFolder): Promise<void> {
    await Promise.all(
      ids.map(async (id) => {
        const job = await this.queue.getJob(id);
        // Swept meanwhile, or put back to work by another watcher: then it is not ours to mark.
        if (!job?.finishedOn) return;
        await job.updateData({ ...withoutTexts(job.data), filedIn: folder });
      }),
    );
  }

  async #addJobs(jobs: readonly { jobId: string; data: MailJob; delay: number }[]): Promise<void> {
    await this.queue.addBulk(
      jobs.map(({ jobId, data, delay }) => ({ name: QUEUE_NAME, data, opts: { ...this.#jobOptions, jobId, delay } })),
    );
  }

  /** How many jobs there are in each state, of all mailboxes. */
  countByState(): Promise<Readonly<Record<string, number>>> {
    return this.queue.getJobCounts('waiting', 'active', 'delayed', 'completed', 'failed');
  }

  async countUnderWay(): Promise<number> {
    const counts = await this.queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return Math.max(0, all - ((await this.postponed?.count()) ?? 0));
  }

  /**
   * What the ledger knows of the mails with these Message-IDs, or whose acknowledgements have them, in the order of the ids. Left
   * out is what it does not know, and what was ignored or failed for good: no ticket came of it.
   */
  async ticketOfMessageId(mailbox: string, messageIds: readonly string[]): Promise<ThreadMail[]> {
    const keys = messageIds.map((id) => acknowledgedMail(id) ?? identityOfMessageId(mailbox, id));
    const jobs = await Promise.all(keys.map((key) => this.queue.getJob(key)));
    return jobs.flatMap((job): ThreadMail[] => {
      if (!job) return [];
      const { state } = entryOf(job);
      const { envelope, location } = job.data;
      if (state.kind === 'under way')
        return [{ kind: 'under way', receivedAt: envelope.receivedAt, uid: location?.uid ?? 0 }];
      if (state.kind === 'failed' || state.outcome.kind === 'ignored') return [];
      return [{ kind: 'ticket', ticketId: state.outcome.ticketId }];
    });
  }

  /** What was settled since then (ms since 1970), newest first. */
  async *settledSince(since: number): AsyncGenerator<SettledMail> {
    for await (const { id, data, returnvalue: outcome, finishedOn: at = 0 } of completedSince(this.queue, since)) {
      if (id && outcome) yield { id, outcome, digest: digestOfJob(data), at };
    }
  }
}

function jobOf({ id: _, judgement, ...entry }: NewEntry, earlierFailures: readonly FailureRecord[] = []): MailJob {
  return safeJson({
    ...entry,
    judgement: withoutWords(judgement),
    filedIn: null,
    ...(earlierFailures.length > 0 && { earlierFailures }),
  });
}

/** Whoever judged may hand over all of a judgement. Of a mail with a long quote the words twice over are most of what would be stored. */
function withoutWords({ text: _, quoted: __, ...judgement }: QueuedJudgement & Partial<Judgement>): QueuedJudgement {
  return judgement;
}
