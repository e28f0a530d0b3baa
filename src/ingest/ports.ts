import type { Judgement } from '../mail/decision.js';
import type { Envelope } from '../mail/identity.js';
import type { LedgerEntry, NewEntry } from '../mail/ledger-entry.js';
import type { MailSource } from '../mail/source.js';

/** What ingesting asks of the ledger. Every call rejects with QueueUnavailableError while the store is away. */
export interface Ledger {
  /** The entries of those ids that it knows. */
  lookUp(ids: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>>;
  /** Durable when it resolves. An id that is there already stays as it is. */
  add(entries: readonly NewEntry[]): Promise<void>;
  /** Puts a settled entry back to work with new content. */
  addAgain(entry: NewEntry): Promise<void>;
}

/** Judges a mail. Never rejects for the mail's own fault: one that cannot be read in bounds is judged by its envelope. */
export type Judge = (source: MailSource, envelope: Envelope) => Promise<Judgement>;
