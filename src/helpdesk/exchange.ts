import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { HelpdeskInterruptedError, HelpdeskUnreachableError } from '../errors.js';
import { MAX_HELPDESK_RESPONSE_BYTES } from '../limits.js';

/** One request to one file of the API. */
export interface Call {
  /** The API's file, as `tickets_create.php`: what errors name. */
  readonly endpoint: string;
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** A complete answer, not judged yet. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** How long it took from the call on, in milliseconds. */
  readonly afterMs: number;
}

/**
 * Sends a request and collects its whole answer, whatever its status; redirects are not followed.
 *
 * `timeoutMs` is the total of waiting for a free connection, connecting, sending and receiving. An AbortSignal would not do:
 * undici heeds it only once the request is on a socket, so that a call in the queue or in a slow connect outlives it.
 *
 * @throws {HelpdeskUnreachableError} no byte of the request was written
 * @throws {HelpdeskInterruptedError} it was (or may have been), and no complete answer of at most
 *   MAX_HELPDESK_RESPONSE_BYTES came
 */
export function exchange(dispatcher: Dispatcher, call: Call, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | null = null;
    let gaveUp = false;
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    let bytes = 0;
    const chunks: Buffer[] = [];
    const begun = performance.now();

    const giveUp = (why: string, cause?: Error): void => {
      if (gaveUp) return;
      gaveUp = true;
      clearTimeout(deadline);
      const error = controller
        ? new HelpdeskInterruptedError(`${call.endpoint}: no complete answer: ${why}`, call.endpoint, { cause })
        : new HelpdeskUnreachableError(`${call.endpoint}: the helpdesk cannot be reached: ${why}`, call.endpoint, {
            cause,
          });
      reject(error);
      controller?.abort(error);
    };
    const deadline = setTimeout(() => giveUp(`over ${timeoutMs} ms`), timeoutMs);

    dispatcher.dispatch(
      { path: call.path, method: call.method, headers: call.headers, body: call.body },
      {
        // undici calls this right before it writes the first byte: until then nothing can have been carried out.
        onRequestStart(started) {
          if (gaveUp) return started.abort(new Error('given up before it was sent'));
          controller = started;
        },
        onResponseStart(_, statusCode, fields) {
          status = statusCode;
          headers = fields;
        },
        onResponseData(_, chunk) {
          bytes += chunk.length;
          if (bytes > MAX_HELPDESK_RESPONSE_BYTES)
            giveUp(`over MAX_HELPDESK_RESPONSE_BYTES (${MAX_HELPDESK_RESPONSE_BYTES})`);
          else chunks.push(chunk);
        },
        onResponseEnd() {
          clearTimeout(deadline);
          const body = Buffer.concat(chunks).toString('utf8');
          resolve({ status, headers, body, afterMs: performance.now() - begun });
        },
        onResponseError(_, error) {
          // An HTTPParserError carries the bytes it could not read: customers' words, one logger away from a log.
          if ('data' in error) delete error.data;
          giveUp(codeOf(error), error);
        },
      },
    );
  });
}

/** The system's or undici's code, else the error's name: their messages can hold addresses, never what we sent. */
function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
