import type { Envelope } from '../mail/identity.js';

/** The mails of a folder that are queued and not settled yet, by ledger id, so that what finishes is filed without another look at the folder. */
export class UnderWay {
  readonly #mails = new Map<string, { uids: number[]; receivedAt: number }>();

  get size(): number {
    return this.#mails.size;
  }

  has(id: string): boolean {
    return this.#mails.has(id);
  }

  /** The UIDs under which the mail stands in the folder; none where it is not under way. */
  uidsOf(id: string): readonly number[] {
    return this.#mails.get(id)?.uids ?? [];
  }

  /** INTERNALDATE of the oldest, ms since 1970; null where there is none. */
  get oldest(): number | null {
    let oldest: number | null = null;
    for (const { receivedAt } of this.#mails.values()) oldest = earlier(oldest, receivedAt);
    return oldest;
  }

  /** One mail delivered twice (to two aliases) stands under two UIDs with one id: both are filed when it is settled. */
  remember(id: string, uid: number, envelope: Pick<Envelope, 'receivedAt'>): void {
    const known = this.#mails.get(id);
    if (!known) this.#mails.set(id, { uids: [uid], receivedAt: Date.parse(envelope.receivedAt) });
    else if (!known.uids.includes(uid)) known.uids.push(uid);
  }

  forget(id: string): void {
    this.#mails.delete(id);
  }

  /** What left the folder by another hand must not be kept in memory for ever. */
  keepOnly(standing: ReadonlySet<number>): void {
    for (const [id, { uids, receivedAt }] of this.#mails) {
      const left = uids.filter((uid) => standing.has(uid));
      if (left.length === 0) this.#mails.delete(id);
      else this.#mails.set(id, { uids: left, receivedAt });
    }
  }
}

/** The earlier of two times in ms; a date that cannot be read counts as none. */
export function earlier(a: number | null, b: number | null): number | null {
  if (b === null || Number.isNaN(b)) return a;
  return a === null || b < a ? b : a;
}
