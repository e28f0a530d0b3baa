import { setTimeout as sleep } from 'node:timers/promises';
import type { ImapFlow } from 'imapflow';
import type { Log } from '../log/log-actions.js';
import { connectImap, type ImapLogin } from './connection.js';
import type { FetchHistory } from './fetch-history.js';

export interface ConnectionOptions {
  readonly login: ImapLogin;
  readonly log: Log;
  /** Cuts the connection, so that the work rejects. */
  readonly signal?: AbortSignal;
}

/** Before the next connection, in ms: each mail that ends one takes it into quarantine, and servers lock out who comes too often. */
const PAUSE_MS = 1000;

/**
 * Work on a connection of its own, which it disturbs nobody with. Where a mail ends the connection it begins anew on another one, as
 * long as each finds out more about which mail that is.
 * @param history what the work fetches with
 * @throws MailboxUnavailableError, MailboxRefusedError, and what the work rejects with
 */
export async function overConnections<T>(
  { login, log, signal }: ConnectionOptions,
  history: FetchHistory,
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  for (;;) {
    const client = await connectImap(login, log);
    const cut = () => client.close();
    signal?.addEventListener('abort', cut);
    const { ends } = history;
    try {
      // It may have come while we logged in.
      signal?.throwIfAborted();
      const result = await work(client);
      await client.logout();
      return result;
    } catch (error) {
      if (history.ends === ends || signal?.aborted) throw error;
    } finally {
      signal?.removeEventListener('abort', cut);
      client.close();
    }
    await sleep(PAUSE_MS, undefined, { signal });
  }
}
