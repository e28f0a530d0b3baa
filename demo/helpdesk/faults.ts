import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { type Answer, FATAL, html, send } from './answer.js';

const common = {
  /** How many requests it befalls. */
  times: z.number().int().min(1).default(1),
  /** Only requests to this file, as `tickets_create.php`; absent: to any. */
  endpoint: z.string().optional(),
};

/** Whether the request is carried out all the same, as by a server that fails behind a gateway, or too late. */
const carriedOut = (usually: boolean) => z.boolean().default(usually);

export const faultSchema = z.discriminatedUnion('kind', [
  /** Answers with this status and body; an empty one, as PHP leaves after a fatal error, where none is given. */
  z.object({
    kind: z.literal('status'),
    status: z.number().int().min(200).max(599),
    retryAfter: z.string().optional(),
    body: z.string().default(''),
    carriedOut: carriedOut(false),
    ...common,
  }),
  /** Answers with a page in a 200, as a maintenance mode or a log-in page does. */
  z.object({ kind: z.literal('html'), carriedOut: carriedOut(false), ...common }),
  /** Ends the connection instead of answering. */
  z.object({ kind: z.literal('drop'), carriedOut: carriedOut(true), ...common }),
  /** Ends the connection in the middle of the answer. */
  z.object({ kind: z.literal('truncate'), carriedOut: carriedOut(true), ...common }),
  /** Never answers. */
  z.object({ kind: z.literal('hang'), carriedOut: carriedOut(false), ...common }),
  /** Carries the request out and answers, but only after this long. */
  z.object({ kind: z.literal('slow'), forMs: z.number().int().min(1), ...common }),
  /** Carries the request out at once, but answers only after this long. */
  z.object({ kind: z.literal('late'), forMs: z.number().int().min(1), ...common }),
  /** Accepts no connections for a while; requests do not count. */
  z.object({ kind: z.literal('refuse'), forMs: z.number().int().min(1) }),
]);

/** Something that goes wrong at the helpdesk, for tests. */
export type Fault = z.input<typeof faultSchema>;

/** A fault that befalls a request. */
export type RequestFault = Exclude<z.output<typeof faultSchema>, { kind: 'refuse' }>;

/** The faults to come, in their order. */
export class FaultPlan {
  readonly #faults: RequestFault[] = [];

  add(fault: RequestFault): void {
    this.#faults.push({ ...fault });
  }

  /** The fault that befalls a request to this file, if any; it is used up by that. */
  next(endpoint: string): RequestFault | null {
    const index = this.#faults.findIndex((fault) => fault.endpoint === undefined || fault.endpoint === endpoint);
    const fault = this.#faults[index];
    if (!fault) return null;
    fault.times -= 1;
    if (fault.times === 0) this.#faults.splice(index, 1);
    return fault;
  }

  clear(): void {
    this.#faults.length = 0;
  }
}

/** Lets a fault befall a request. `carryOut` does what was asked for; its answer is lost or replaced by the fault's. */
export function befall(fault: RequestFault, response: ServerResponse, carryOut: () => Answer): void {
  if (fault.kind === 'slow') {
    setTimeout(() => send(response, carryOut()), fault.forMs);
    return;
  }
  if (fault.kind === 'late') {
    const answer = carryOut();
    setTimeout(() => send(response, answer), fault.forMs);
    return;
  }
  const answer = fault.carriedOut ? carryOut() : FATAL;
  switch (fault.kind) {
    case 'status': {
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
      send(response, { status: fault.status, type: 'text/html', body: fault.body, headers });
      break;
    }
    case 'html':
      send(response, html(200, '<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>'));
      break;
    case 'drop':
      response.destroy();
      break;
    case 'truncate':
      response.writeHead(answer.status, { 'content-type': answer.type, 'content-length': answer.body.length + 1 });
      response.write(answer.body, () => response.destroy());
      break;
    case 'hang':
      break;
  }
}
