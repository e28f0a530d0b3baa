import { QueueUnavailableError } from '../errors.js';
import type { Log } from '../log/log-actions.js';
import { type Backend, openBackend } from '../queue/backend.js';

/**
 * Opens the queue for a command.
 * @param whileServed what to do about an embedded queue that another process has: mostly the service, beside which nobody can read it
 * @throws QueueUnavailableError, ConfigError
 */
export async function openQueue(url: string, log: Log, whileServed: string): Promise<Backend> {
  return openBackend(url, { log }).catch((error: unknown) => {
    if (!(error instanceof QueueUnavailableError && url.startsWith('embedded:'))) throw error;
    throw new QueueUnavailableError(`${error.message}. ${whileServed}`, { cause: error });
  });
}
