import { once } from 'node:events';
import { createServer } from 'node:net';
import { codeOf } from '../check/cure.js';
import { ok, problem, type Report, skipped, warning } from '../check/finding.js';
import { askReadiness } from './ask.js';

/**
 * Looks whether health and metrics could be served there, or are. Never rejects.
 * @param port null where they are not to be served
 */
export async function probeHttp({ host, port }: { host: string; port: number | null }, report: Report): Promise<void> {
  if (port === null) {
    report(skipped('http', 'HTTP_PORT is not set: neither health nor metrics are served'));
    return;
  }
  const where = `${host}:${port}`;
  const running = await askReadiness({ host, port }).catch(() => null);
  if (running?.ready) {
    report(ok('http', `the running service answers at ${where} and is ready`));
  } else if (running) {
    const reasons = Object.entries(running.parts).flatMap(([part, { ok, reason }]) => (ok ? [] : `${part}: ${reason}`));
    const found = `the running service answers at ${where} and is not ready (${reasons.join('; ')})`;
    report(warning('http', found, 'see what else this check finds, and the log of the service'));
  } else {
    const code = await codeOfListening(host, port);
    report(
      code === null
        ? ok('http', `${where} is free`)
        : problem('http', `${where} cannot be listened on (${code})`, cureOf(code)),
    );
  }
}

async function codeOfListening(host: string, port: number): Promise<string | null> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    server.close();
    return null;
  } catch (error) {
    return codeOf(error);
  }
}

function cureOf(code: string): string {
  if (code === 'EADDRINUSE') return 'another program has it: set HTTP_PORT to a free one, or stop that program';
  if (code === 'EACCES') return 'set HTTP_PORT to 1024 or above';
  return 'set HTTP_HOST to an address of this machine, as 127.0.0.1 or 0.0.0.0';
}
