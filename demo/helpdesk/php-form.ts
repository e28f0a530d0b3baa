import type { IncomingMessage } from 'node:http';

/** PHP's post_max_size: of a longer body `$_POST` stays empty. */
const POST_MAX_BYTES = 8 * 1024 * 1024;

/** What a handler finds in `$_GET` and `$_POST`. A nested value stands as an object. */
export interface PhpForm {
  readonly get: Readonly<Record<string, unknown>>;
  readonly post: Readonly<Record<string, unknown>>;
}

/** Reads a request as the API's handlers do: a query, and a body that is a form or JSON; of others nothing is seen. */
export async function readPhpForm(request: IncomingMessage, query: URLSearchParams): Promise<PhpForm> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= POST_MAX_BYTES) chunks.push(chunk);
  }
  const body = bytes <= POST_MAX_BYTES ? Buffer.concat(chunks).toString('utf8') : '';
  const type = request.headers['content-type'] ?? '';
  const isForm = type.startsWith('application/x-www-form-urlencoded') && request.method === 'POST';
  const post = isForm
    ? fromPairs(new URLSearchParams(body))
    : type.startsWith('application/json')
      ? fromJson(body)
      : {};
  return { get: fromPairs(query), post };
}

/** `a[b]=c` makes an array of `a`, as it does in PHP. */
function fromPairs(pairs: URLSearchParams): Record<string, unknown> {
  const form: Record<string, unknown> = {};
  for (const [key, value] of pairs) {
    const bracket = key.indexOf('[');
    form[bracket > 0 ? key.slice(0, bracket) : key] = bracket > 0 ? { [key.slice(bracket + 1, -1)]: value } : value;
  }
  return form;
}

function fromJson(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
