import { QueueUnavailableError } from '../errors.js';
import type { Log } from '../log/log-actions.js';
import { type Backend, openBackend } from '../queue/backend.js';

/** How long a person waits for a store that is away, in ms. The service waits longer for one that starts beside it. */
const PATIENCE_MS = 3000;

/**
 * Opens the queue for a command.
 * @param whileServed what to do about an embedded queue that another process has: mostly the service, beside which nobody can read it
 * @throws QueueUnavailableError, ConfigError
 */
export async function openQueue(url: string, log: Log, whileServed: string): Promise<Backend> {
  return openBackend(url, { log, deadlineMs: PATIENCE_MS }).catch((error: unknown) => {
    if (!(error instanceof QueueUnavailableError && url.startsWith('embedded:'))) throw error;
    throw new QueueUnavailableError(`${error.message}. ${whileServed}`, { cause: error });
  });
}
