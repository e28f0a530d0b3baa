import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, FATAL, html, json, send } from './answer.js';
import { type FieldSetup, HANDLERS, type Handler, type Helpdesk, NEWER_HANDLERS } from './api.js';
import { Database, type Reply, type Ticket } from './database.js';
import { befall, type Fault, FaultPlan, faultSchema } from './faults.js';
import { listPage, notFoundPage, ticketPage } from './page.js';
import { type PhpForm, readPhpForm } from './php-form.js';

export interface LookAlikeOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Default 127.0.0.1: the page, the dump and the control of faults ask for no password. */
  readonly host?: string;
  readonly token: string;
  /** The active custom fields of tickets; values for others are dropped. Default none. */
  readonly fields?: readonly FieldSetup[];
  /** Addresses of agents: a reply from one shows as that agent's. */
  readonly agents?: readonly string[];
  /** Whether it has `ticket_custom_fields.php` and `ticket_categories.php`. Default true. */
  readonly newer?: boolean;
  /** The time zone of its dates, in minutes east of UTC. Default 0. */
  readonly utcOffsetMinutes?: number;
  /** Milliseconds that every request takes, as at a server with work to do or far away. Default 0. */
  readonly delayMs?: number;
}

/** A request that reached one of the API's files. */
export interface SeenCall {
  readonly endpoint: string;
  readonly method: string;
  readonly contentType: string;
  /** When it was carried out, ms since 1970. */
  readonly at: number;
}

export interface StoredTicket extends Ticket {
  readonly replies: readonly Reply[];
}

/**
 * Starts a server that does what SupportEngine's API was seen to do, its quirks included, with its tables in memory and a
 * page that shows its tickets. For control from outside: `GET /_tickets` dumps everything, `GET /_calls` the requests, with
 * `?from=N` all but the first N of either; `POST /_fault` takes a Fault as JSON.
 */
export async function startLookAlike(options: LookAlikeOptions): Promise<LookAlike> {
  const lookAlike = new LookAlike(options);
  await lookAlike.listen(options.port ?? 0);
  return lookAlike;
}

/** A running look-alike of a SupportEngine server. */
export class LookAlike implements AsyncDisposable {
  readonly #host: string;
  readonly #token: string;
  readonly #delayMs: number;
  readonly #helpdesk: Helpdesk;
  readonly #handlers: Readonly<Record<string, Handler>>;
  readonly #faults = new FaultPlan();
  readonly #calls: SeenCall[] = [];
  readonly #server = createServer((request, response) => {
    // What fails here is the peer that went away, or a mistake of this file; both show as an answer that is lost.
    this.#serve(request, response).catch(() => response.destroy());
  });
  #port = 0;
  #reopen: NodeJS.Timeout | undefined;

  constructor({
    host = '127.0.0.1',
    token,
    fields = [],
    agents = [],
    newer = true,
    utcOffsetMinutes = 0,
    delayMs = 0,
  }: LookAlikeOptions) {
    this.#host = host;
    this.#token = token;
    this.#delayMs = delayMs;
    this.#helpdesk = { database: new Database(utcOffsetMinutes), fields, agents };
    this.#handlers = newer ? { ...HANDLERS, ...NEWER_HANDLERS } : HANDLERS;
  }

  /** The page of its tickets. */
  get url(): string {
    return `http://${this.#host}:${this.#port}/`;
  }

  /** What HELPDESK_URL has to be. */
  get apiUrl(): string {
    return `${this.url}api/`;
  }

  /** All tickets, oldest first, each with its replies. */
  tickets(): StoredTicket[] {
    const { database } = this.#helpdesk;
    return database.tickets.map((ticket) => ({ ...ticket, replies: database.repliesTo(ticket.id) }));
  }

  /** Replies to tickets that do not exist. */
  orphans(): Reply[] {
    const { database } = this.#helpdesk;
    return database.replies.filter(({ ticket_id }) => !database.ticket(ticket_id));
  }

  /** The requests to the API so far, oldest first. */
  calls(): readonly SeenCall[] {
    return this.#calls;
  }

  /** Plans a fault; the planned ones befall requests in their order. `refuse` is in force at once. */
  fault(fault: Fault): void {
    const parsed = faultSchema.parse(fault);
    if (parsed.kind !== 'refuse') {
      this.#faults.add(parsed);
      return;
    }
    this.#server.close();
    this.#server.closeAllConnections();
    clearTimeout(this.#reopen);
    this.#reopen = setTimeout(() => this.#server.listen(this.#port, this.#host), parsed.forMs);
  }

  /** Forgets the faults still to come. */
  clearFaults(): void {
    this.#faults.clear();
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, this.#host);
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    clearTimeout(this.#reopen);
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const [, endpoint] = /^\/api\/(\w+\.php)$/.exec(pathname) ?? [];
    const handler = endpoint === undefined ? undefined : this.#handlers[endpoint];
    if (endpoint && handler) {
      const { method = '', headers } = request;
      const form = await readPhpForm(request, searchParams);
      if (this.#delayMs > 0) await sleep(this.#delayMs);
      this.#calls.push({ endpoint, method, contentType: headers['content-type'] ?? '', at: Date.now() });
      const carryOut = () => this.#carryOut(endpoint, handler, form, headers.authorization);
      const fault = this.#faults.next(endpoint);
      if (fault) befall(fault, response, carryOut);
      else send(response, carryOut());
    } else if (pathname === '/_fault' && request.method === 'POST') {
      await this.#takeFault(request, response);
    } else {
      send(response, this.#show(pathname, searchParams));
    }
  }

  #carryOut(endpoint: string, handler: Handler, form: PhpForm, authorization: string | undefined): Answer {
    if (endpoint in HANDLERS && authorization !== `Bearer ${this.#token}`) {
      return json(401, { success: false, error: 'Unauthorized' });
    }
    try {
      return json(200, handler(form, this.#helpdesk));
    } catch {
      return FATAL;
    }
  }

  async #takeFault(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { data: fault, error } = faultSchema.safeParse((await readPhpForm(request, new URLSearchParams())).post);
    // `refuse` ends this connection too, so it is answered first; the others must be in force before the answer is read.
    if (fault?.kind === 'refuse') response.once('finish', () => this.fault(fault));
    else if (fault) this.fault(fault);
    send(response, fault ? json(200, { success: true }) : json(400, { error: error.message }));
  }

  #show(pathname: string, query: URLSearchParams): Answer {
    const { database, agents } = this.#helpdesk;
    const from = Number(query.get('from') ?? 0);
    if (pathname === '/_tickets') return json(200, { tickets: this.tickets().slice(from), orphans: this.orphans() });
    if (pathname === '/_calls') return json(200, { calls: this.#calls.slice(from) });
    if (pathname === '/')
      return html(
        200,
        listPage(database.tickets, (id) => database.repliesTo(id).length),
      );
    const [, id] = /^\/tickets\/(\d+)$/.exec(pathname) ?? [];
    const ticket = database.ticket(Number(id));
    return ticket ? html(200, ticketPage(ticket, database.repliesTo(ticket.id), agents)) : html(404, notFoundPage());
  }
}
