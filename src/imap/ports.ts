import type { Judgement } from '../mail/decision.js';
import type { LedgerEntry, NewEntry, SettledFolder } from '../mail/ledger-entry.js';

/** What the watcher asks of the ledger. Every call rejects with QueueUnavailableError while the store is away. */
export interface Ledger {
  /** The entries of those ids that it knows. */
  lookUp(ids: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>>;
  /** Durable when it resolves. An id that is there already stays as it is. */
  add(entries: readonly NewEntry[]): Promise<void>;
  /** Puts a settled entry back to work with new content; of an entry that is under way nothing changes. */
  addAgain(entry: NewEntry): Promise<void>;
  /** Notes that settled mails were moved, and lets go of their texts. */
  markFiled(ids: readonly string[], folder: SettledFolder): Promise<void>;
  /** How many mails are under way, of all mailboxes. */
  countUnderWay(): Promise<number>;
}

/** Reads and judges the bytes of a mail. `real`: a person says it is no automatic mail, so no rule may ignore it. */
export type Judge = (bytes: Uint8Array, options: { real: boolean }) => Promise<Judgement>;
