import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: OutgoingHttpHeaders;
}

export function json(status: number, value: object): Answer {
  return { status, type: 'application/json', body: JSON.stringify(value) };
}

export function html(status: number, body: string): Answer {
  const headers = { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" };
  return { status, type: 'text/html; charset=utf-8', body, headers };
}

/** What a PHP script that ended in a fatal error leaves, with display_errors off. */
export const FATAL: Answer = { status: 500, type: 'text/html; charset=UTF-8', body: '' };

export function send(response: ServerResponse, { status, type, body, headers }: Answer): void {
  response.writeHead(status, { ...headers, 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
