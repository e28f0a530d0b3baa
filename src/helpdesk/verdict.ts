import {
  HelpdeskMisconfiguredError,
  HelpdeskRateLimitedError,
  HelpdeskRefusedError,
  HelpdeskServerError,
} from '../errors.js';
import { MAX_API_MESSAGE_CHARACTERS, MAX_RETRY_AFTER_MS } from '../limits.js';
import { clampCharacters } from '../mail/clamp.js';
import { cleanLine } from '../mail/clean.js';
import type { Answer } from './exchange.js';

type Json = Readonly<Record<string, unknown>>;

/** What a 429 without a usable Retry-After costs. */
const DEFAULT_RETRY_AFTER_MS = 30_000;

/** Words that say the token is at fault, whatever the status: as a refusal they would dead-letter every mail, one by one. */
const ABOUT_THE_TOKEN = /\b(token|api key|unauthori[sz]ed|not authori[sz]ed|authenticat\w+|forbidden|access denied)\b/i;

/**
 * Judges an answer of the API.
 *
 * @param secret the token: an answer that repeats it is about it, and its words go no further
 * @param now for a Retry-After that is a date; milliseconds since 1970
 * @returns the JSON object of a `success: true`
 * @throws {HelpdeskRateLimitedError} {@link HelpdeskMisconfiguredError} {@link HelpdeskServerError}
 *   {@link HelpdeskRefusedError}, see errors.ts for which is what
 */
export function judgeAnswer(endpoint: string, answer: Answer, secret: string, now: number): Json {
  const { status, headers, afterMs } = answer;
  if (status === 429) throw new HelpdeskRateLimitedError(endpoint, retryAfterMs(headers['retry-after'], now));
  if (status === 401) throw wrongToken(endpoint, status);
  if (status >= 300 && status < 400) throw wrongUrl(endpoint, status, 'redirects, which is not followed');
  if (status === 408 || status >= 500) {
    throw new HelpdeskServerError(`${endpoint}: the helpdesk answers with status ${status}`, endpoint, status, afterMs);
  }

  const json = parse(answer.body);
  const success = json && truth(json.success);
  if (json && success === false) {
    const words = wordsOf(json);
    // A 403 or 404 that is the API's own JSON is about this request, a ticket that is not there, not about the endpoint.
    const isAboutToken = ABOUT_THE_TOKEN.test(words) || answer.body.includes(secret);
    throw isAboutToken ? wrongToken(endpoint, status) : new HelpdeskRefusedError(endpoint, words, status);
  }
  if (status === 403) throw wrongToken(endpoint, status);
  if (status === 404) throw wrongUrl(endpoint, status, 'is not there');
  if (status >= 400) throw new HelpdeskRefusedError(endpoint, `status ${status}`, status);
  if (!json || success !== true) {
    throw new HelpdeskServerError(
      `${endpoint}: the answer is not the API's JSON (status ${status})`,
      endpoint,
      status,
      afterMs,
    );
  }
  return json;
}

function wrongToken(endpoint: string, status: number): HelpdeskMisconfiguredError {
  return new HelpdeskMisconfiguredError(
    `${endpoint}: the helpdesk does not accept the token (status ${status}); check HELPDESK_TOKEN`,
    endpoint,
    status,
    'HELPDESK_TOKEN',
  );
}

function wrongUrl(endpoint: string, status: number, what: string): HelpdeskMisconfiguredError {
  return new HelpdeskMisconfiguredError(
    `${endpoint} ${what} (status ${status}); HELPDESK_URL must be the folder of the API, as https://help.example/api/`,
    endpoint,
    status,
    'HELPDESK_URL',
  );
}

/** The JSON object, or null. PHP files saved with a byte order mark put it in front of every answer. */
function parse(body: string): Json | null {
  try {
    const value: unknown = JSON.parse(body.replace(/^\uFEFF+/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

/** PHP's way with booleans: `true`, 1 and "1" are the same. Null for anything else. */
function truth(value: unknown): boolean | null {
  if (value === true || value === 1 || value === '1') return true;
  return value === false || value === 0 || value === '0' ? false : null;
}

/** `error` (or `message`), and of missing custom fields their ids, on one bounded line. */
function wordsOf(json: Json): string {
  const said = [json.error, json.message].find((value) => typeof value === 'string' && value !== '');
  const fields = json.custom_field_errors;
  const ids = typeof fields === 'object' && fields !== null ? Object.keys(fields) : [];
  const words = `${said ?? 'no reason given'}${ids.length > 0 ? ` (custom field ${ids.join(', ')})` : ''}`;
  // An answer can be 16 MB of white space; what is beyond this cannot come into the line.
  return clampCharacters(cleanLine(words.slice(0, 10 * MAX_API_MESSAGE_CHARACTERS)), MAX_API_MESSAGE_CHARACTERS);
}

/** Seconds or an HTTP date (RFC 9110 section 10.2.3), as milliseconds between 1 s and MAX_RETRY_AFTER_MS. */
function retryAfterMs(field: string | string[] | undefined, now: number): number {
  const value = (Array.isArray(field) ? field[0] : field)?.trim() ?? '';
  const asked = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  if (Number.isNaN(asked)) return DEFAULT_RETRY_AFTER_MS;
  return Math.min(Math.max(asked, 1000), MAX_RETRY_AFTER_MS);
}
