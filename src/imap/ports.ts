import type { Judgement } from '../mail/decision.js';
import type { Envelope } from '../mail/identity.js';
import type { LedgerEntry, NewEntry, SettledFolder } from '../mail/ledger-entry.js';
import type { MailSource } from '../mail/source.js';
import type { ImapLogin } from './connection.js';

/** Which folder of which account is watched. */
export interface WatchedMailbox {
  readonly login: ImapLogin;
  /** Its name in every identity: see identity.ts. */
  readonly mailbox: string;
  readonly folder: string;
  /** What becomes of the mail that stands in the folder at the first start. */
  readonly backlog: 'skip' | 'import';
}

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

/**
 * Judges a mail as it was fetched. Never rejects for the mail's own fault: one that cannot be read in bounded time and memory is
 * judged by its envelope alone, as is one without a source.
 * @param options.real a person says it is no automatic mail, so no rule may ignore it
 */
export type Judge = (source: MailSource | null, envelope: Envelope, options: { real: boolean }) => Promise<Judgement>;

/** Which mails are being read, noted where it survives the process. Rejects with QueueUnavailableError while the store is away. */
export interface Readings {
  /** How many readings of each mail (by ledger id) were begun and never ended. */
  broken(mailbox: string): Promise<ReadonlyMap<string, number>>;
  /** Durable when it resolves; what it gives back is called at the end. */
  begin(mailbox: string, ids: readonly string[]): Promise<() => void>;
  /** Drops what `broken` has told of. */
  forget(mailbox: string): Promise<void>;
}

/** What of the watched folder is not settled, as of the last look at it. */
export interface Unsettled {
  /** Mails that are queued and not filed yet. */
  readonly underWay: number;
  /** INTERNALDATE of the oldest mail, ms since 1970; null where all is settled. */
  readonly oldest: number | null;
}

/**
 * Told what the watcher does, for figures. `by` is what made it look: `connect`, the first pass of a connection; `idle`, the server
 * told of new mail; `poll`, the slow look at everything; `room`, settled mails left room in the queue.
 */
export interface WatcherObserver {
  queued(mails: number, by: 'connect' | 'idle' | 'poll' | 'room'): void;
  /** The connection is given up and made anew after a wait. */
  reconnecting(cause: 'refused' | 'queue' | 'connection'): void;
}
