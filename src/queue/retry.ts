import { backoffMs } from '../backoff.js';

/** The first wait after a failed attempt, and the longest. */
const BACKOFF_MS = { first: 5000, last: 15 * 60 * 1000 };

/**
 * How long a mail waits before its next attempt: 5 s to 15 min, see backoffMs.
 *
 * @param failedAttempts this one included
 * @param ageMs since the mail was queued
 * @param random from 0 to 1
 * @returns milliseconds, or -1 where the mail has been tried for RETRY_DAYS: BullMQ's word for "no more"
 */
export function retryDelayMs(failedAttempts: number, ageMs: number, retryDays: number, random: number): number {
  return ageMs >= retryDays * 86_400_000 ? -1 : backoffMs(BACKOFF_MS, failedAttempts, random);
}

/** Sends a job back to the queue for another attempt. */
export class RetryLater extends Error {
  /** @param settleMs how long the next attempt waits at least */
  constructor(
    message: string,
    readonly settleMs: number,
  ) {
    super(message);
  }
}
