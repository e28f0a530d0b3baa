import { request } from 'undici';
import { z } from 'zod';

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
 * @throws where nothing answers, or something that is not the service
 */
export async function askReadiness({ host, port }: { host: string; port: number }): Promise<Readiness> {
  const response = await request(`${serviceUrl({ host, port })}/readyz`, {
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });
  return answer.parse(await response.body.json());
}

/** Where a service is asked that listens there: one that listens on all addresses, on this machine's own. No slash at the end. */
export function serviceUrl({ host, port }: { host: string; port: number }): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
