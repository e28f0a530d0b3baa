import { MAX_CANDIDATES, MAX_TWIN_GAP_MS, MAX_TWINS_REMEMBERED } from '../limits.js';
import { asTwin, type Likeness, likenessOf, type Twin } from '../mail/twins.js';
import type { StandingEntry } from './reader.js';

/** A mail in Processed. */
export interface FiledMail {
  /** Its key in the ledger. */
  readonly id: string;
  /** INTERNALDATE, ms since 1970. */
  readonly receivedAt: number;
  readonly likeness: Likeness;
}

/**
 * The mails in Processed that a watcher has filed itself or found there: what the ledger, once it is lost, cannot tell any more. It
 * lives as long as the watcher.
 */
export class FiledMails {
  /** By id, the latest last. */
  readonly #mails = new Map<string, FiledMail>();
  /** Ids by the words. */
  readonly #saying = new Map<string, Set<string>>();

  add(mail: FiledMail): void {
    this.#forget(mail.id);
    this.#mails.set(mail.id, mail);
    const { words } = mail.likeness;
    const alike = (this.#saying.get(words) ?? new Set()).add(mail.id);
    this.#saying.set(words, alike);
    // A program that writes the same again and again must not make each of its mails carry all the others.
    if (alike.size > MAX_CANDIDATES) this.#forgetFirst(alike);
    if (this.#mails.size > MAX_TWINS_REMEMBERED) this.#forgetFirst(this.#mails);
  }

  /** Those that came out the same at the helpdesk as the mail will, and came no more than MAX_TWIN_GAP_MS before it; at most MAX_CANDIDATES. */
  twinsOf({ id, envelope, judgement }: Pick<StandingEntry, 'id' | 'envelope' | 'judgement'>): Twin[] {
    const likeness = likenessOf(judgement.decision);
    if (likeness === null) return [];
    const since = Date.parse(envelope.receivedAt) - MAX_TWIN_GAP_MS;
    return [...(this.#saying.get(likeness.words) ?? [])].flatMap((each) => {
      const other = this.#mails.get(each);
      if (!other || each === id || !(other.receivedAt >= since)) return [];
      return asTwin(each, other.likeness, likeness) ?? [];
    });
  }

  #forgetFirst(ids: { keys(): Iterator<string> }): void {
    const first = ids.keys().next();
    if (!first.done) this.#forget(first.value);
  }

  #forget(id: string): void {
    const words = this.#mails.get(id)?.likeness.words;
    if (words === undefined) return;
    this.#mails.delete(id);
    const ids = this.#saying.get(words);
    ids?.delete(id);
    if (ids?.size === 0) this.#saying.delete(words);
  }
}
