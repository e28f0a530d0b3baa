import { backoffMs } from '../backoff.js';

/** Waits between two tries to move a mail: where MOVE is COPY and EXPUNGE, each may leave a copy. */
const BACKOFF_MS = { first: 60_000, last: 3_600_000 };

/** Settled mails that the server does not move, by UID: it says so, or it says that it has and they stand where they stood. */
export class Unmoved {
  /** `nextAt`: ms since 1970. */
  readonly #tries = new Map<number, { readonly times: number; readonly nextAt: number }>();

  /** Whether a mail may be moved now, ms since 1970; then the next try is put off, whatever the server says. */
  isDue(uid: number, now: number): boolean {
    const tries = this.#tries.get(uid);
    if (tries && tries.nextAt <= now) this.#putOff(uid, now);
    return !tries || tries.nextAt <= now;
  }

  /** @returns ms until the next try */
  refused(uid: number, now: number): number {
    const tries = this.#tries.get(uid);
    return tries && tries.times > 0 ? tries.nextAt - now : this.#putOff(uid, now);
  }

  /**
   * A mail that was moved stands where it stood. Once may be the moment in which another watcher moves it.
   * @returns whether this is the second time
   */
  sighted(uid: number): boolean {
    const tries = this.#tries.get(uid);
    if (!tries) this.#tries.set(uid, { times: 0, nextAt: Number.POSITIVE_INFINITY });
    return tries?.times === 0;
  }

  keepOnly(standing: ReadonlySet<number>): void {
    for (const uid of this.#tries.keys()) if (!standing.has(uid)) this.#tries.delete(uid);
  }

  #putOff(uid: number, now: number): number {
    const times = (this.#tries.get(uid)?.times ?? 0) + 1;
    const waitMs = backoffMs(BACKOFF_MS, times, 1);
    this.#tries.set(uid, { times, nextAt: now + waitMs });
    return waitMs;
  }
}
