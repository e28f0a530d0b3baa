import { Pool } from 'undici';
import type { z } from 'zod';
import {
  ConfigError,
  HelpdeskError,
  HelpdeskMisconfiguredError,
  HelpdeskRefusedError,
  HelpdeskServerError,
} from '../errors.js';
import type { TicketRequest } from '../mail/decision.js';
import * as answers from './answers.js';
import { exchange } from './exchange.js';
import { judgeAnswer } from './verdict.js';

export interface HelpdeskOptions {
  /** The folder of the API, as `https://help.acme.test/api/`; with or without the last slash. */
  readonly url: string;
  /** The API token. It goes into the Authorization header of requests to that origin, and nowhere else. */
  readonly token: string;
  /** Milliseconds for one call as a whole: waiting for a connection, connecting, sending, receiving. Default 30,000. */
  readonly timeoutMs?: number;
  /** Connections at most; further calls wait for a free one. As many as calls are made at a time. Default 5. */
  readonly connections?: number;
  /** Told of every call when it has ended. */
  readonly onCall?: (call: EndedCall) => void;
}

/** A call that has ended, for figures. */
export interface EndedCall {
  /** The API's file, as `tickets_create.php`. */
  readonly endpoint: string;
  /** `OK`, or the code of the HelpdeskError it rejects with; `UNKNOWN` for a fault of ours. */
  readonly result: string;
  readonly durationMs: number;
}

/** What `ticket_reply.php` takes, under the API's own names. */
export interface TicketReplyRequest {
  readonly ticket_id: string;
  readonly user_email: string;
  readonly message: string;
}

type Fields = Readonly<Record<string, string | number | undefined>>;

/** What `ticket_view.php` says of a ticket that is not there or is somebody else's. */
const NOT_YOURS = /not found|no permission/i;

/** Nobody's address (RFC 2606): the tickets of it, which are none, show whether the helpdesk takes our token, and nothing of anybody. */
export const NOBODY = 'nobody@mail2ticket.invalid';

/** A connection that takes longer has lost its first packets; the call still has time to fail and say so. */
const MAX_CONNECT_MS = 10_000;

/**
 * A client of the SupportEngine API. Every call makes one request, follows no redirect and never repeats itself.
 *
 * Calls reject with a HelpdeskError only: HelpdeskUnreachableError, HelpdeskInterruptedError, HelpdeskServerError,
 * HelpdeskRateLimitedError, HelpdeskMisconfiguredError or HelpdeskRefusedError. Its `mayHaveBeenCarriedOut` says whether the
 * ticket or reply may stand at the helpdesk all the same.
 *
 * @example
 * await using helpdesk = new HelpdeskClient({ url: 'https://help.acme.test/api/', token });
 * const ticketId = await helpdesk.createTicket({ subject: 'Hello', message: 'World', user_email: 'ann@example.com' });
 */
export class HelpdeskClient implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #folder: string;
  readonly #token: string;
  readonly #timeoutMs: number;
  readonly #onCall: ((call: EndedCall) => void) | undefined;

  /** @throws {ConfigError} the URL or the token cannot be used; nothing is connected yet */
  constructor({ url, token, timeoutMs = 30_000, connections = 5, onCall }: HelpdeskOptions) {
    const { origin, pathname } = usableUrl(url);
    if (!/^[\x21-\x7e]+$/.test(token)) {
      throw new ConfigError([{ variable: 'HELPDESK_TOKEN', message: 'must be printable ASCII without spaces' }]);
    }
    this.#folder = pathname.replace(/\/*$/, '/');
    this.#token = token;
    this.#timeoutMs = timeoutMs;
    this.#onCall = onCall;
    this.#pool = new Pool(origin, {
      connections,
      connect: { timeout: Math.min(timeoutMs, MAX_CONNECT_MS) },
      // The deadline of `exchange` bounds the whole call; undici's own timers would only cut it in other places.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /**
   * Opens a ticket. `custom_fields` goes as a JSON string: a nested object makes the server fail with a 500.
   *
   * @returns the ticket's id
   */
  async createTicket(ticket: TicketRequest): Promise<string> {
    const form = { ...ticket, custom_fields: ticket.custom_fields && JSON.stringify(ticket.custom_fields) };
    return (await this.#call('POST', 'tickets_create.php', form, answers.created)).ticket_id;
  }

  /** The tickets whose email or name is `userEmail`, latest change first. */
  async listTickets(userEmail: string): Promise<answers.TicketSummary[]> {
    return (await this.#call('GET', 'tickets_list.php', { user_email: userEmail }, answers.listed)).tickets;
  }

  /** A ticket with its replies; null where there is none with this id whose email or name is `userEmail`. */
  async viewTicket(ticketId: string, userEmail: string): Promise<answers.TicketView | null> {
    try {
      const query = { ticket_id: ticketId, user_email: userEmail };
      return await this.#call('GET', 'ticket_view.php', query, answers.viewed);
    } catch (error) {
      if (error instanceof HelpdeskRefusedError && NOT_YOURS.test(error.apiMessage)) return null;
      throw error;
    }
  }

  /**
   * Adds a reply to a ticket. The server checks neither that the ticket exists nor whose it is, and shows the reply as an
   * agent's where `user_email` is one: ask `viewTicket` first.
   *
   * @returns the reply's id, null where the server does not tell
   */
  async replyToTicket(reply: TicketReplyRequest): Promise<string | null> {
    return (await this.#call('POST', 'ticket_reply.php', { ...reply }, answers.replied)).reply_id;
  }

  /** The custom fields of tickets; null where the server is too old to tell. */
  customFields(): Promise<answers.CustomField[] | null> {
    return whereItExists(async () => {
      return (await this.#call('GET', 'ticket_custom_fields.php', {}, answers.customFields)).fields;
    });
  }

  /** The categories of tickets; null where the server is too old to tell. */
  categories(): Promise<answers.Category[] | null> {
    return whereItExists(async () => {
      return (await this.#call('GET', 'ticket_categories.php', {}, answers.categories)).categories;
    });
  }

  /** Lets the calls under way finish, at most `timeoutMs`, and ends the connections. Later calls reject. */
  async close(): Promise<void> {
    if (!this.#pool.destroyed) await this.#pool.close();
  }

  /** Cuts the calls under way, which reject with HelpdeskInterruptedError, and ends the connections. Later calls reject. */
  async abandon(): Promise<void> {
    if (!this.#pool.destroyed) await this.#pool.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #call<Shape extends z.ZodType>(
    method: 'GET' | 'POST',
    endpoint: string,
    fields: Fields,
    shape: Shape,
  ): Promise<z.infer<Shape>> {
    const start = performance.now();
    let result = 'UNKNOWN';
    try {
      const answer = await this.#ask(method, endpoint, fields, shape);
      result = 'OK';
      return answer;
    } catch (error) {
      if (error instanceof HelpdeskError) result = error.code;
      throw error;
    } finally {
      this.#onCall?.({ endpoint, result, durationMs: performance.now() - start });
    }
  }

  async #ask<Shape extends z.ZodType>(
    method: 'GET' | 'POST',
    endpoint: string,
    fields: Fields,
    shape: Shape,
  ): Promise<z.infer<Shape>> {
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.set(name, String(value));
    const path = this.#folder + endpoint;
    const headers = { authorization: `Bearer ${this.#token}`, accept: 'application/json', 'user-agent': 'mail2ticket' };
    const answer = await exchange(
      this.#pool,
      method === 'GET'
        ? { endpoint, method, path: form.size > 0 ? `${path}?${form}` : path, headers, body: null }
        : {
            endpoint,
            method,
            path,
            headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
            body: form.toString(),
          },
      this.#timeoutMs,
    );
    const parsed = shape.safeParse(judgeAnswer(endpoint, answer, this.#token, Date.now()));
    if (parsed.success) return parsed.data;
    // Only where it is wrong, never what stands there: an answer holds customers' words.
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new HelpdeskServerError(`${endpoint}: the answer lacks a usable "${where}"`, endpoint, answer.status);
  }
}

async function whereItExists<T>(call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof HelpdeskMisconfiguredError && error.status === 404) return null;
    throw error;
  }
}

function usableUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const plain = parsed && !parsed.username && !parsed.password && !parsed.search && !parsed.hash;
  if (plain && /^https?:$/.test(parsed.protocol)) return parsed;
  const message = 'must be the folder of the API, http or https, without user, query or fragment';
  throw new ConfigError([{ variable: 'HELPDESK_URL', message }]);
}
