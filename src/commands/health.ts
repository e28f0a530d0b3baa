import { request } from 'undici';
import { z } from 'zod';
import { loadHttpConfig } from '../config.js';
import { ConfigError } from '../errors.js';

const answer = z.object({
  ready: z.boolean(),
  parts: z.record(z.string(), z.object({ ok: z.boolean(), reason: z.string(), since: z.string() })),
});

/** How long the service may take to answer. */
const TIMEOUT_MS = 5000;

/**
 * Asks the running service for its health and prints it.
 * @returns the exit code: 0 where it is ready, else 1
 * @throws ConfigError where HTTP_PORT is not set
 */
export async function healthCommand(
  environment: Readonly<Record<string, string | undefined>>,
  json: boolean,
): Promise<number> {
  const { host, port } = loadHttpConfig(environment);
  if (port === null)
    throw new ConfigError([{ variable: 'HTTP_PORT', message: 'is not set, so the service answers no questions' }]);
  // A service that listens on all addresses is asked on this machine's own.
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const response = await request(`http://${name}:${port}/readyz`, {
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });
  const { ready, parts } = answer.parse(await response.body.json());
  if (json) process.stdout.write(`${JSON.stringify({ ready, parts })}\n`);
  else {
    for (const [part, { ok, reason, since }] of Object.entries(parts)) {
      process.stdout.write(
        `${ok ? '✓' : '✗'} ${part.padEnd(10)} ${ok ? `since ${since}` : `${reason} (since ${since})`}\n`,
      );
    }
  }
  return ready ? 0 : 1;
}
