import { MAX_FAILURES_KEPT } from '../limits.js';
import type { QueuedJudgement } from '../mail/decision.js';
import { type Digest, digestOf } from '../mail/digest.js';
import type { LedgerEntry, NewEntry, SettledFolder } from '../mail/ledger-entry.js';
import type { FailureRecord } from '../mail/mail-record.js';
import type { Outcome } from '../mail/outcome.js';

/** The queue of all mailboxes, and the name of its jobs. */
export const QUEUE_NAME = 'mail';

/** What a job holds of its mail. */
export interface MailJob extends Omit<NewEntry, 'id' | 'judgement'> {
  /** Null once the mail has been filed, or settled where it was ingested: the texts are dropped then, its digest stays. */
  readonly judgement: QueuedJudgement | null;
  /** Absent until then, and in entries of versions that kept none. */
  readonly digest?: Digest;
  readonly filedIn: SettledFolder | null;
  /** What a mail that was ingested was settled with: it is filed nowhere, so its texts are dropped with that. */
  readonly settledWith?: Outcome;
  /** Failures of the times before a person put the mail back; absent where nobody has. */
  readonly earlierFailures?: readonly FailureRecord[];
}

/** What is known of a mail's judgement, before it is filed and after; null in entries of versions that kept nothing. */
export function digestOfJob({ judgement, digest }: MailJob): Digest | null {
  return digest ?? (judgement && digestOf(judgement));
}

/** The entry of a settled mail without its texts, and what served to deliver it. */
export function withoutTexts({ twins: _, ...job }: MailJob): MailJob {
  const digest = digestOfJob(job);
  return { ...job, judgement: null, ...(digest && { digest }) };
}

/** Since when somebody has waited for the ticket, as an ISO string; '' where that is not known, or nobody has, as of an archive. */
export function waitingSince({ location, lookFirst, envelope }: MailJob): string {
  return location === null && lookFirst ? '' : envelope.receivedAt;
}

/** What a job remembers from one attempt to the next, kept as BullMQ's `progress` since that survives the process. */
export interface AttemptRecord {
  /** Attempts, as BullMQ counts those that were started, up to the last one that came to an end of its own. */
  readonly ended: number;
  /** Attempts of which it is proven that nothing reached the helpdesk, so that no later one needs to look for their traces. */
  readonly unsent: number;
  /** When it was last certain that no attempt had left a trace at the helpdesk, ms since 1970; 0 where it never was. */
  readonly tracelessAt: number;
  /** Server errors in a row for this mail while other mails got through. */
  readonly refusedAmidSuccess: number;
  /** Whether the whole queue has waited for a failure of this mail. */
  readonly hasWaited: boolean;
  /** When the last attempt failed, ms since 1970; 0 where none has. */
  readonly failedAt: number;
  /** Why the mail waits, where its last attempt was postponed; null where it was not. */
  readonly postponed: string | null;
  /** Until when it was postponed last, ms since 1970; 0 where it never was. */
  readonly postponedUntil: number;
  /** Replies that said the same before anything was posted of this mail. */
  readonly repliesBefore: readonly string[];
  /** The latest, oldest first. */
  readonly failures: readonly FailureRecord[];
}

/** The failures with one more, at most MAX_FAILURES_KEPT. */
export function withFailure(failures: readonly FailureRecord[], message: string, at: number): FailureRecord[] {
  const last = failures.at(-1);
  const next =
    last?.message === message
      ? [...failures.slice(0, -1), { ...last, lastAt: at, times: last.times + 1 }]
      : [...failures, { message, firstAt: at, lastAt: at, times: 1 }];
  return next.slice(-MAX_FAILURES_KEPT);
}

/** The record of a job; a job that has none yet, or one of an earlier version, starts from zero. */
export function attemptRecord(progress: unknown): AttemptRecord {
  const none: AttemptRecord = {
    ended: 0,
    unsent: 0,
    tracelessAt: 0,
    refusedAmidSuccess: 0,
    hasWaited: false,
    failedAt: 0,
    postponed: null,
    postponedUntil: 0,
    repliesBefore: [],
    failures: [],
  };
  return typeof progress === 'object' && progress !== null ? { ...none, ...progress } : none;
}

/** The parts of a stored BullMQ job that the ledger reads. */
export interface StoredJob {
  readonly data: MailJob;
  readonly finishedOn?: number | undefined;
  readonly failedReason?: string | undefined;
  readonly returnvalue?: Outcome | null;
}

/** A stored job as the ledger's answer. BullMQ keeps `failedReason` of an earlier attempt on a job that waits, so only `finishedOn` says that it is at its end. */
export function entryOf({ data, finishedOn, failedReason, returnvalue }: StoredJob): LedgerEntry {
  const { fingerprint, envelope, filedIn, location, judgement } = data;
  const known = {
    fingerprint,
    receivedAt: envelope.receivedAt,
    filedIn,
    location,
    ...(judgement && { decision: judgement.decision }),
  };
  if (finishedOn === undefined || finishedOn === null) return { ...known, state: { kind: 'under way' } };
  if (returnvalue) return { ...known, state: { kind: 'settled', outcome: returnvalue } };
  return { ...known, state: { kind: 'failed', reason: failedReason ?? '' } };
}

/** When a mail came or was queued, whichever was first, ms since 1970: a person may have moved it back after weeks. 0: nobody knows. */
export function firstSeen({ timestamp, data }: { readonly timestamp: number; readonly data: MailJob }): number {
  const { receivedAt } = data.envelope;
  return receivedAt === '' ? 0 : Math.min(timestamp, Date.parse(receivedAt));
}
