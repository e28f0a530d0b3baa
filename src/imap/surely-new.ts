import { SURELY_NEW_MS } from '../limits.js';
import type { Standing } from './standing.js';

/**
 * Which mails that the ledger does not know cannot have been queued before it was lost, on a server where no keyword tells. It lives
 * as long as the watcher, since a lost ledger mostly ends the connection too.
 */
export class SurelyNew {
  /** Where new mail began when this process first looked: what stood there before may have been queued by an earlier process. */
  #began: { readonly uidValidity: string; readonly uidNext: number } | null = null;
  /** Ledger ids of mails that were under way at any look, and have not been filed since. */
  readonly #queued = new Set<string>();

  /** To be called at each connection; the first one counts. */
  begin(uidValidity: string, uidNext: number): void {
    this.#began ??= { uidValidity, uidNext };
  }

  queued(id: string): void {
    this.#queued.add(id);
  }

  filed(id: string): void {
    this.#queued.delete(id);
  }

  /** After a look at the whole folder: what left it by another hand must not be kept in memory for ever. */
  keepOnly(isUnderWay: (id: string) => boolean): void {
    for (const id of this.#queued) if (!isUnderWay(id)) this.#queued.delete(id);
  }

  /** @param now ms since 1970; the server's clock may be before ours */
  has({ id, uid, envelope }: Pick<Standing, 'id' | 'uid' | 'envelope'>, uidValidity: string, now: number): boolean {
    if (this.#began?.uidValidity !== uidValidity || uid < this.#began.uidNext || this.#queued.has(id)) return false;
    // What came while we were not connected, another watcher may have queued. A date that cannot be read is no proof.
    return Math.abs(now - Date.parse(envelope.receivedAt)) <= SURELY_NEW_MS;
  }
}
