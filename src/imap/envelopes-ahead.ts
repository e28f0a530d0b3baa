import type { FetchMessageObject } from 'imapflow';
import { type FetchedFolder, fetchEnvelopes } from './fetch.js';

/**
 * The envelopes of one batch after the other, of which the next may be fetched while the one before is still at work: a mailbox with a
 * backlog would have the server wait for us and us for the server in turn.
 */
export class EnvelopesAhead {
  #ahead: { readonly uids: readonly number[]; readonly messages: Promise<FetchMessageObject[]> } | null = null;

  constructor(private readonly folder: FetchedFolder) {}

  /** Those fetched ahead where `begin` was last called with this very array. What the fetching ahead failed with, it rejects with. */
  fetch(uids: readonly number[]): Promise<FetchMessageObject[]> {
    const ahead = this.#ahead;
    this.#ahead = null;
    return ahead?.uids === uids ? ahead.messages : fetchEnvelopes(this.folder, uids);
  }

  begin(uids: readonly number[]): void {
    if (uids.length === 0) return;
    const messages = fetchEnvelopes(this.folder, uids);
    // Rejects where it is taken; that may be never, and must not end the process.
    messages.catch(() => {});
    this.#ahead = { uids, messages };
  }
}
