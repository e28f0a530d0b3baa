import type { Job } from 'bullmq';
import { traceOf } from '../mail/digest.js';
import type { MailRecord } from '../mail/mail-record.js';
import type { Outcome } from '../mail/outcome.js';
import { attemptRecord, digestOfJob, entryOf, type MailJob } from './job.js';

/** A stored job as people are told of it. */
export function recordOf(job: Job<MailJob, Outcome>): MailRecord {
  const { envelope, mailbox, filedIn, location, fingerprint, earlierFailures = [] } = job.data;
  const { state } = entryOf(job);
  // Ingested, and filed by the watcher that found it in the mailbox as well: there it has an INTERNALDATE of its own.
  const isFiledTwin = location === null && filedIn !== null;
  const outcome = state.kind === 'settled' ? state.outcome : null;
  const digest = digestOfJob(job.data);
  const { failures, failedAt, postponed, postponedUntil } = attemptRecord(job.progress);
  const settledAt = job.finishedOn ?? null;
  return {
    id: job.id ?? '',
    state: outcome?.kind ?? (state.kind === 'failed' ? 'failed' : 'under-way'),
    ticketId: outcome && 'ticketId' in outcome ? outcome.ticketId : null,
    reason: reason(),
    from: envelope.from,
    subject: envelope.subject,
    messageId: envelope.messageId,
    at: settledAt ?? job.timestamp,
    mailbox,
    receivedAt: envelope.receivedAt === '' || isFiledTwin ? null : Date.parse(envelope.receivedAt),
    queuedAt: job.timestamp,
    settledAt,
    nextAttemptAt: nextAttemptAt(),
    filedIn,
    ingested: location === null && filedIn === null,
    fingerprint,
    requester: digest?.requester ?? null,
    automatic: digest?.automatic ?? null,
    trace: digest ? traceOf(digest) : [],
    failures: [...earlierFailures, ...failures],
    attempts: job.attemptsStarted,
  };

  function nextAttemptAt(): number | null {
    // Once its time has come, BullMQ sets the delay to 0.
    if (settledAt !== null || !job.delay) return null;
    return postponed === null ? failedAt + job.delay : postponedUntil;
  }

  function reason(): string {
    if (state.kind === 'failed') return state.reason;
    if (state.kind === 'under way') return postponed ?? failures.at(-1)?.message ?? '';
    if (state.outcome.kind === 'ignored') return state.outcome.reason;
    const note = state.outcome.kind === 'created' ? state.outcome.note : undefined;
    return note ?? digest?.reason ?? '';
  }
}
