/** The first wait after a failed attempt, and the longest. */
const FIRST_DELAY_MS = 5000;
const LAST_DELAY_MS = 15 * 60 * 1000;

/**
 * How long a mail waits before its next attempt: doubling from 5 s to 15 min, and of that a random part between half and all,
 * so that the mails of an outage do not come back in one wave.
 *
 * @param failedAttempts this one included
 * @param ageMs since the mail was queued
 * @param random from 0 to 1
 * @returns milliseconds, or -1 where the mail has been tried for RETRY_DAYS: BullMQ's word for "no more"
 */
export function retryDelayMs(failedAttempts: number, ageMs: number, retryDays: number, random: number): number {
  if (ageMs >= retryDays * 86_400_000) return -1;
  const full = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(Math.max(0, failedAttempts - 1), 30));
  return Math.round(full / 2 + (full / 2) * random);
}
