import { type FastifyPluginAsync, fastify } from 'fastify';
import { ConfigError, PortUnavailableError } from '../errors.js';
import { MAX_REQUEST_MS } from '../limits.js';
import type { Health } from './health.js';
import type { Metrics } from './metrics.js';

/**
 * Serves `/healthz` (200 while the process answers at all) and `/readyz` (200 while every part works, else 503; the body says
 * which part does not and why), and `/metrics` for Prometheus.
 * @param page what is served besides, at / and below
 * @throws PortUnavailableError while the address cannot be listened on; ConfigError where it never can
 */
export async function serveStatus(
  health: Health<string>,
  metrics: Pick<Metrics, 'text' | 'contentType'>,
  { host, port, page }: { host: string; port: number; page?: FastifyPluginAsync | undefined },
): Promise<{ url: string; close(): Promise<void> }> {
  // Open keep-alive connections of a scraper must not hold up the stop.
  const server = fastify({ forceCloseConnections: true, requestTimeout: MAX_REQUEST_MS });
  server.get('/healthz', async () => ({ alive: true }));
  server.get('/readyz', async (_request, reply) =>
    reply.code(health.ready ? 200 : 503).send({ ready: health.ready, parts: health.parts }),
  );
  server.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  if (page) await server.register(page);
  const url = await server.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    throw refusedToListen(error, host, port);
  });
  return { url, close: () => server.close() };
}

/** What passes by itself must not look like a wrong setting, after which systemd does not start the service again. */
function refusedToListen(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const found = `"${port}" on HTTP_HOST "${host}"`;
  switch (error.code) {
    case 'EADDRINUSE':
      return new PortUnavailableError(
        `HTTP_PORT ${found}: another program has it (EADDRINUSE); set HTTP_PORT to a free one, or stop that program`,
      );
    case 'EADDRNOTAVAIL':
      return new PortUnavailableError(
        `HTTP_PORT ${found}: this machine does not have the address, or not yet (EADDRNOTAVAIL); set HTTP_HOST to one of its own, as 127.0.0.1 or 0.0.0.0`,
      );
    default:
      return new ConfigError([{ variable: 'HTTP_PORT', message: `${found}: ${error.message}` }]);
  }
}
