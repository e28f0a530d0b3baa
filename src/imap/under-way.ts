import type { LedgerEntry } from '../mail/ledger-entry.js';
import { withoutPlus } from '../mail/sender.js';
import type { Standing } from './standing.js';

/** The mails of a folder that are queued and not settled yet, by ledger id, so that what finishes is filed without another look at the folder. */
export class UnderWay {
  readonly #mails = new Map<string, { uids: number[]; receivedAt: number; sender: string; fingerprint: string }>();

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

  /** Whether the ledger's entry of this id is of the mail that stands here: another one with its Message-ID may have come first. */
  isOf(id: string, { fingerprint }: Pick<LedgerEntry, 'fingerprint'>): boolean {
    return this.#mails.get(id)?.fingerprint === fingerprint;
  }

  /** INTERNALDATE of the oldest, ms since 1970; null where there is none. */
  get oldest(): number | null {
    let oldest: number | null = null;
    for (const { receivedAt } of this.#mails.values()) oldest = earlier(oldest, receivedAt);
    return oldest;
  }

  /** The senders of so many mails or more, plus addresses counted as one. */
  sendersOf(mails: number): ReadonlySet<string> {
    const counts = new Map<string, number>();
    if (this.#mails.size >= mails)
      for (const { sender } of this.#mails.values()) counts.set(sender, (counts.get(sender) ?? 0) + 1);
    return new Set([...counts].flatMap(([sender, count]) => (count >= mails ? [sender] : [])));
  }

  /** One mail delivered twice (to two aliases) stands under two UIDs with one id: both are filed when it is settled. */
  remember({ id, uid, envelope, fingerprint }: Pick<Standing, 'id' | 'uid' | 'envelope' | 'fingerprint'>): void {
    const known = this.#mails.get(id);
    const receivedAt = Date.parse(envelope.receivedAt);
    if (!known) this.#mails.set(id, { uids: [uid], receivedAt, sender: withoutPlus(envelope.from), fingerprint });
    else if (!known.uids.includes(uid)) known.uids.push(uid);
  }

  forget(id: string): void {
    this.#mails.delete(id);
  }

  /** What left the folder by another hand must not be kept in memory for ever. */
  keepOnly(standing: ReadonlySet<number>): void {
    for (const [id, { uids, ...rest }] of this.#mails) {
      const left = uids.filter((uid) => standing.has(uid));
      if (left.length === 0) this.#mails.delete(id);
      else this.#mails.set(id, { uids: left, ...rest });
    }
  }
}

/** The earlier of two times in ms; a date that cannot be read counts as none. */
export function earlier(a: number | null, b: number | null): number | null {
  if (b === null || Number.isNaN(b)) return a;
  return a === null || b < a ? b : a;
}
