import { reasonOf } from './unavailable.js';

/** Where the queue reports; pino's shape. */
export interface QueueLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const PAUSE_MS = 60_000;

/**
 * A reporter of connection errors that says each at most once a minute, with the number of those it kept to itself: while
 * Redis is away, every connection fails once a second.
 */
export function quietErrorLog(log: QueueLog): (source: string, error: unknown) => void {
  const said = new Map<string, { at: number; kept: number }>();
  return (source, error) => {
    const now = Date.now();
    for (const [key, { at }] of said) if (now - at >= 2 * PAUSE_MS) said.delete(key);
    const reason = reasonOf(error);
    const last = said.get(reason);
    if (last && now - last.at < PAUSE_MS) {
      last.kept += 1;
      return;
    }
    said.set(reason, { at: now, kept: 0 });
    log.warn({ action: 'queue-error', source, reason, kept: last?.kept ?? 0 }, `queue: ${reason}`);
  };
}
