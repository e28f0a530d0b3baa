import { setTimeout as sleep } from 'node:timers/promises';
import { QueueUnavailableError } from '../errors.js';
import { LATE, within } from '../within.js';

/** What the errors of a store that is away have in common, by library: system and TLS codes, SQLSTATE, ioredis' messages. */
const UNREACHABLE_CODES =
  /^(ECONN|EHOST|ENET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|08|57P0|53100|53300)/;
const UNREACHABLE_MESSAGES =
  /^(Stream isn't writeable|Connection is closed|Command timed out|Socket timeout|Reached the max retries|Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|LOADING |CLUSTERDOWN|READONLY |TRYAGAIN |Too many Cluster redirections)/i;

/** What a store says that answers, and will say again: wrong password, no such database, a right that is lacking, a bad certificate. */
const REFUSAL =
  /^(28|3D000|42501|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS)|^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password|ERR DB index)/;

/** Whether an error of BullMQ, ioredis or pg means that the store could not be reached, or did not answer. What was asked may have been carried out. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof QueueUnavailableError) return true;
  if (error instanceof AggregateError) return error.errors.some(isUnavailable);
  return UNREACHABLE_CODES.test(codeOf(error)) || UNREACHABLE_MESSAGES.test(error.message);
}

/**
 * Waits for an answer of the store.
 * @throws what `translate` makes of an error that says that the store could not be reached; other errors as they are
 */
export async function whenAvailable<T>(answer: Promise<T>, translate: (error: unknown) => Error): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw isUnavailable(error) ? translate(error) : error;
  }
}

/**
 * Waits for the first answer of the store.
 * @throws QueueUnavailableError where it fails, or has not come after `deadlineMs`
 */
export async function firstAnswer<T>(where: string, deadlineMs: number, answer: Promise<T>): Promise<T> {
  const outcome = await within(deadlineMs, answer).catch((error: unknown) => {
    throw unavailable(where, error);
  });
  if (outcome === LATE) throw unavailable(where, new Error(`no answer within ${deadlineMs} ms`));
  return outcome;
}

/**
 * Tries until it succeeds once, every half second.
 * @param attempt gets the milliseconds that are left, and is to fail after them
 * @throws QueueUnavailableError after `deadlineMs`, at once where the store answers but refuses us
 */
export async function firstConnection<T>(
  where: string,
  deadlineMs: number,
  attempt: (leftMs: number) => Promise<T>,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await attempt(Math.max(1, end - Date.now()));
    } catch (error) {
      if (isRefusal(error) || Date.now() + RETRY_MS >= end) throw unavailable(where, error);
    }
    await sleep(RETRY_MS);
  }
}

const RETRY_MS = 500;

/** Whether the store answers and will say no again, told by its own error or by the one that `unavailable` made of it. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof QueueUnavailableError) return isRefusal(error.cause);
  return error instanceof Error && (REFUSAL.test(codeOf(error)) || REFUSAL.test(error.message));
}

/** @param where for the message, without credentials */
export function unavailable(where: string, error: unknown): QueueUnavailableError {
  // ioredis hangs the command on its error: AUTH with the password, or a job with the mail.
  if (error instanceof Error && 'command' in error) delete error.command;
  const message = `the queue's store, ${where}, cannot be used: ${reasonOf(error)}; see QUEUE_URL`;
  return new QueueUnavailableError(message, { cause: error });
}

/** One line on an error that holds no data: the other fields of a driver's error hold commands, with passwords and mails in them. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  if (!(error instanceof Error)) return 'unknown';
  const own = OWN_WORDS.find(([pattern]) => pattern.test(error.message));
  return own?.[1] ?? (error.message || codeOf(error) || error.name);
}

/** What a library says to programmers, and what that means. */
const OWN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^Stream isn't writeable/, 'Connection is closed.'],
  [/^NOAUTH /, 'NOAUTH: it wants a password'],
];

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
