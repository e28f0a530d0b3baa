import { type Finding, ok, problem, warning } from './finding.js';

/** Milliseconds two clocks may differ before it is worth a word: message dates, logs and one-time codes are compared by the minute. */
const NOTABLE_MS = 60_000;

/** Milliseconds at which it is a fault: a mail's age and whether a ticket is older than its mail are judged by both clocks. */
const WRONG_MS = 3_600_000;

/** @param aheadMs by how much their clock is ahead of ours */
export function clockFinding(about: string, whose: string, aheadMs: number): Finding {
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  const found = `the clock of ${whose} is ${seconds} s ${aheadMs < 0 ? 'behind' : 'ahead of'} ours`;
  const cure = "set this machine's clock (timedatectl set-ntp true), or that of the server";
  if (Math.abs(aheadMs) >= WRONG_MS) return problem(about, found, cure);
  return Math.abs(aheadMs) >= NOTABLE_MS ? warning(about, found, cure) : ok(about, `as ours, to ${seconds || 1} s`);
}
