import type * as errors from '../errors.js';
import { HelpdeskServerError, Mail2TicketError } from '../errors.js';

/**
 * What a failed attempt means for the mail and the queue:
 * - `transient`: try again later, see backoffMs
 * - `rate-limited`: the whole queue waits as long as the error says, no attempt is spent
 * - `configuration`: the whole queue waits until a probe succeeds, no attempt is spent
 * - `permanent`: a dead letter at once
 */
export type FailureClass = 'transient' | 'rate-limited' | 'configuration' | 'permanent';

interface FailureRow {
  readonly class: FailureClass;
  /** For the operator: what is wrong and what happens now. The error's own message says the particulars. */
  readonly advice: string;
}

type Thrown = InstanceType<(typeof errors)[Exclude<keyof typeof errors, 'Mail2TicketError' | 'HelpdeskError'>]>;

/** Every code of errors.ts, so that a new error has to be given its class. */
const FAILURES: Readonly<Record<Thrown['code'], FailureRow>> = {
  HELPDESK_UNREACHABLE: {
    class: 'transient',
    advice: 'The helpdesk cannot be reached. Mails wait and are tried again.',
  },
  HELPDESK_INTERRUPTED: {
    class: 'transient',
    advice: 'The helpdesk gave no complete answer. The next attempt first looks whether the ticket is there.',
  },
  HELPDESK_SERVER_ERROR: {
    class: 'transient',
    advice: 'The helpdesk is in trouble; its PHP error log says why. Mails wait and are tried again.',
  },
  HELPDESK_RATE_LIMITED: {
    class: 'rate-limited',
    advice: 'The helpdesk asks for a pause. The queue goes on by itself.',
  },
  HELPDESK_MISCONFIGURED: {
    class: 'configuration',
    advice: 'A setting is wrong for every mail alike. Nothing is lost: the queue waits and goes on once it is right.',
  },
  HELPDESK_REFUSED: {
    class: 'permanent',
    advice: 'The helpdesk refused this mail and would do so again. See its words; after a remedy, retry it by hand.',
  },
  CONFIG_INVALID: { class: 'configuration', advice: 'The configuration cannot be used.' },
  MAIL_LIMIT: { class: 'permanent', advice: 'The mail is over a bound of limits.ts and was not delivered.' },
  MAILBOX_UNAVAILABLE: { class: 'transient', advice: 'The IMAP server cannot be reached. It is tried again.' },
  MAILBOX_REFUSED: { class: 'configuration', advice: 'The IMAP server refuses what it is asked for.' },
  QUEUE_UNAVAILABLE: { class: 'transient', advice: 'The store of the queue cannot be reached. It is tried again.' },
};

export interface Failure extends FailureRow {
  /** The error's code, UNKNOWN for what is not one of ours. */
  readonly code: Thrown['code'] | 'UNKNOWN';
  /** The setting to look at, where the error names one. */
  readonly setting: string | null;
  /** Whether this may be one mail's own doing, so that it is a dead letter after MAX_SAME_FAILURES while others pass. */
  readonly perhapsOfThisMail: boolean;
}

/**
 * Attempts of one mail that may end in the same 500 while other mails pass. By backoffMs the eighth comes after some ten
 * minutes: long enough for a database to restart, short enough for an operator to hear of it the same day.
 */
export const MAX_SAME_FAILURES = 8;

/** What a failed attempt means. What is not one of our errors is a fault of this program and transient: no mail is lost by it. */
export function classify(error: unknown): Failure {
  const known = isThrown(error) ? error : null;
  const row = known
    ? FAILURES[known.code]
    : {
        class: 'transient' as const,
        advice: 'An unexpected error, which is a fault of mail2ticket. The mail is tried again.',
      };
  return {
    ...row,
    code: known?.code ?? 'UNKNOWN',
    setting: known && 'setting' in known ? known.setting : null,
    // 502 to 504 come from what stands before the helpdesk, and are nobody's mail.
    perhapsOfThisMail: !known || (known instanceof HelpdeskServerError && known.status === 500),
  };
}

function isThrown(error: unknown): error is Thrown {
  return error instanceof Mail2TicketError && error.code in FAILURES;
}

const FIRST_BACKOFF_MS = 5_000;
const MAX_BACKOFF_MS = 15 * 60 * 1000;

/**
 * Milliseconds to wait before the next attempt: 5 s, doubled with each failed attempt, at most 15 min, of which the random
 * half spreads out the mails that failed together.
 *
 * @param attempt how many attempts have failed, from 1
 * @param random in [0, 1)
 */
export function backoffMs(attempt: number, random: number): number {
  const longest = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.max(0, attempt - 1));
  return Math.round((longest / 2) * (1 + random));
}
