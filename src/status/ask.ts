import { request } from 'undici';
import { z } from 'zod';
import { codeOf } from '../check/cure.js';
import { ServiceRefusedError } from '../errors.js';

const answer = z.object({
  ready: z.boolean(),
  parts: z.record(z.string(), z.object({ ok: z.boolean(), reason: z.string(), since: z.string() })),
});

/** What `/readyz` says of a running service. */
export type Readiness = z.infer<typeof answer>;

/** How long the service may take to answer. */
const TIMEOUT_MS = 5000;

/**
 * Asks the service that listens there whether it is ready.
 * @throws ServiceRefusedError where nothing answers, or something that is not the service
 */
export async function askReadiness({ host, port }: { host: string; port: number }): Promise<Readiness> {
  const where = `${host}:${port}`;
  const said = await ask(`${serviceUrl({ host, port })}/readyz`).catch((error: unknown) => {
    throw new ServiceRefusedError(
      `nothing answers at ${where} (${codeOf(error)}): the service does not run, or with another HTTP_HOST or HTTP_PORT`,
      { cause: error },
    );
  });
  const readiness = answer.safeParse(jsonOf(said));
  if (readiness.success) return readiness.data;
  throw new ServiceRefusedError(
    `what answers at ${where} is not mail2ticket: another program has HTTP_PORT, or it is not the one of the service`,
  );
}

async function ask(url: string): Promise<string> {
  const { body } = await request(url, { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
  return body.text();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Where a service is asked that listens there: one that listens on all addresses, on this machine's own. No slash at the end. */
export function serviceUrl({ host, port }: { host: string; port: number }): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
