import type * as errors from '../errors.js';
import { Mail2TicketError } from '../errors.js';

/**
 * What a failed attempt means for the mail and the queue:
 * - `transient`: this mail is tried again later
 * - `rate-limited`: the whole queue waits as long as the error says, no attempt is spent
 * - `configuration`: the whole queue waits until a probe succeeds, no attempt is spent
 * - `postponed`: this mail waits as long as the error says, no attempt is spent
 * - `permanent`: a dead letter at once
 */
export type FailureClass = 'transient' | 'rate-limited' | 'configuration' | 'postponed' | 'permanent';

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
  DELIVERY_POSTPONED: { class: 'postponed', advice: 'The mail waits for its turn and goes on by itself.' },
  CONFIG_INVALID: { class: 'configuration', advice: 'The configuration cannot be used.' },
  ARGUMENT_INVALID: { class: 'permanent', advice: 'The command was called wrongly.' },
  MAIL_NOT_SENT: { class: 'transient', advice: 'The SMTP server did not take the mail. It is tried again.' },
  MAILBOX_UNAVAILABLE: { class: 'transient', advice: 'The IMAP server cannot be reached. It is tried again.' },
  MAILBOX_REFUSED: { class: 'configuration', advice: 'The IMAP server refuses what it is asked for.' },
  TOKEN_UNAVAILABLE: { class: 'transient', advice: 'The authorization server gives no token now. It is tried again.' },
  TOKEN_REFUSED: { class: 'configuration', advice: 'The authorization server refuses an access token.' },
  SERVICE_REFUSED: { class: 'permanent', advice: 'The running service does not answer as it was asked.' },
  PORT_UNAVAILABLE: { class: 'transient', advice: 'HTTP_PORT cannot be listened on for now.' },
  QUEUE_UNAVAILABLE: { class: 'transient', advice: 'The store of the queue cannot be reached. It is tried again.' },
  QUEUE_FULL: { class: 'transient', advice: 'So much mail is under way that no more is taken for now.' },
};

export interface Failure {
  readonly class: FailureClass;
  /** The error's code, UNKNOWN for what is not one of ours. */
  readonly code: Thrown['code'] | 'UNKNOWN';
  /** One line for the operator: what happened and what to do. Holds neither secrets nor words of a mail. */
  readonly said: string;
  /** The setting to look at, where the error names one. */
  readonly setting: string | null;
  /** How long the whole queue waits, or of a postponed mail this one, in milliseconds; 0 unless the class says so. */
  readonly waitMs: number;
  /**
   * How long this mail waits at least, in milliseconds. A request that we or a gateway gave up on may still be at work at the
   * helpdesk: a look that comes too soon finds nothing, and the mail would be posted twice.
   */
  readonly settleMs: number;
  /** Whether it is certain that nothing was carried out, so that the next attempt needs no look. */
  readonly unsent: boolean;
  /** Whether it may be this one mail's doing: the same again while others get through is a dead letter. */
  readonly perhapsOfThisMail: boolean;
}

/** Between two probes of a helpdesk that does not take our token or is not where HELPDESK_URL says. */
const PROBE_MS = 60_000;

/** Twice what PHP grants a script by default (max_execution_time). */
const SETTLE_MS = 60_000;

/**
 * What a failed attempt means. What is not one of our errors is a fault of this program, and transient: no mail is lost by it.
 * @param settleMs how long the helpdesk may go on with a request whose sender is gone
 */
export function classify(error: unknown, settleMs = SETTLE_MS): Failure {
  if (!isThrown(error)) {
    // Its name only: the message of a JSON error quotes what it could not read.
    const name = error instanceof Error ? error.name : typeof error;
    const said = `An unexpected error (${name}), which is a fault of mail2ticket. The mail is tried again.`;
    return {
      class: 'transient',
      code: 'UNKNOWN',
      said,
      setting: null,
      waitMs: 0,
      settleMs,
      unsent: false,
      perhapsOfThisMail: true,
    };
  }
  const { class: failureClass, advice } = FAILURES[error.code];
  return {
    class: failureClass,
    code: error.code,
    said: `${error.message}. ${advice}`,
    setting: 'setting' in error ? error.setting : null,
    waitMs: waitOf(error, failureClass),
    settleMs: mayBeAtWork(error) ? settleMs : 0,
    unsent:
      failureClass === 'postponed' ||
      ('mayHaveBeenCarriedOut' in error && !error.mayHaveBeenCarriedOut) ||
      ('endpoint' in error && READING.has(error.endpoint)),
    // 502 to 504 come from what stands before the helpdesk, and are nobody's mail.
    perhapsOfThisMail: 'status' in error && error.status === 500,
  };
}

/**
 * An error that came after this long may be the word of a gateway that did not want to wait for PHP any more, which goes on: not all
 * of them say 504 (IIS and older Apaches: 502, Varnish and Heroku: 503, mod_fcgid: 500).
 */
const GATEWAY_MS = 5000;

function mayBeAtWork(error: Thrown): boolean {
  if (error.code === 'HELPDESK_INTERRUPTED') return true;
  return error.code === 'HELPDESK_SERVER_ERROR' && (error.status === 504 || error.afterMs >= GATEWAY_MS);
}

/** An attempt posts last, so one that failed at a call which only reads has posted nothing. */
const READING: ReadonlySet<string> = new Set(['tickets_list.php', 'ticket_view.php']);

function waitOf(error: Thrown, failureClass: FailureClass): number {
  if ('retryAfterMs' in error) return error.retryAfterMs;
  if ('forMs' in error) return error.forMs;
  return failureClass === 'configuration' ? PROBE_MS : 0;
}

function isThrown(error: unknown): error is Thrown {
  return error instanceof Mail2TicketError && error.code in FAILURES;
}
