import { MAX_MAILS_POSTPONED } from '../limits.js';

/**
 * The mails that wait for their turn, as far as this process has sent them there. They take none of the room for mails under
 * way: a thousand mails of one flooding sender would leave no room for anybody else's.
 */
export class Postponed {
  readonly #until = new Map<string, number>();

  /** @param until ms since 1970 */
  add(id: string, until: number): void {
    this.#until.set(id, until);
  }

  delete(id: string): void {
    this.#until.delete(id);
  }

  /** How many there are, up to the bound; what is past its time has been taken up by another process. */
  count(now: number = Date.now()): number {
    for (const [id, until] of this.#until) if (until + OVERDUE_MS < now) this.#until.delete(id);
    return Math.min(this.#until.size, MAX_MAILS_POSTPONED);
  }
}

const OVERDUE_MS = 60_000;
