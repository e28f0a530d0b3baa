import { loadHttpConfig } from '../config/config.js';
import type { Environment } from '../config/setting-values.js';
import { ConfigError } from '../errors.js';
import { askReadiness } from '../status/ask.js';

/**
 * Asks the running service for its health and prints it.
 * @returns the exit code: 0 where it is ready, else 1
 * @throws ConfigError where HTTP_PORT is not set; ServiceRefusedError where the service does not answer
 */
export async function healthCommand(environment: Environment, json: boolean): Promise<number> {
  const { host, port } = loadHttpConfig(environment);
  if (port === null)
    throw new ConfigError([{ variable: 'HTTP_PORT', message: 'is not set, so the service answers no questions' }]);
  const { ready, parts } = await askReadiness({ host, port });
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
