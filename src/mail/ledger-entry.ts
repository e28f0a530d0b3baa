import type { Decision, QueuedJudgement } from './decision.js';
import type { Envelope } from './identity.js';
import type { Outcome } from './outcome.js';
import type { Twin } from './twins.js';

/** Where a mail stood when it was queued. UIDs mean nothing without the folder's UIDVALIDITY (RFC 3501 section 2.3.1.1). */
export interface MailLocation {
  readonly folder: string;
  /** A bigint as text, since JSON has none. */
  readonly uidValidity: string;
  readonly uid: number;
}

/** The three folders a settled mail is moved to. */
export type SettledFolder = 'Processed' | 'Ignored' | 'Failed';

/** A mail on its way into the ledger. */
export interface NewEntry {
  /** The key in the ledger: identity.ts. */
  readonly id: string;
  readonly mailbox: string;
  /** Null of a mail that was ingested: it came from no watched folder, and is filed in none. */
  readonly location: MailLocation | null;
  readonly envelope: Envelope;
  readonly fingerprint: string;
  readonly judgement: QueuedJudgement;
  /** Whether it may have been delivered before, so that the first attempt looks at the helpdesk before it posts. */
  readonly lookFirst: boolean;
  /**
   * Mails in the same words that were filed before it: where the ledger is lost, as many of the tickets or replies that a look finds are
   * theirs. Absent where there are none.
   */
  readonly twins?: readonly Twin[];
}

/** What the ledger says of a mail it knows. */
export interface LedgerEntry {
  readonly fingerprint: string;
  /** INTERNALDATE of the mail that was queued: moving and copying keep it, a second delivery does not. */
  readonly receivedAt: string;
  /** Where the mail was moved to once it was settled; null until then. */
  readonly filedIn: SettledFolder | null;
  /** Where it stood when it was queued; null where it was ingested and not found in the watched folder. */
  readonly location: MailLocation | null;
  readonly state: EntryState;
  /** Absent once the mail is filed, when its texts are let go. */
  readonly decision?: Decision;
}

/** What the ledger knows of a ticket that was made of a mail. */
export interface KnownTicket {
  /** The address it was made for. */
  readonly owner: string;
  /** Everybody in From, To and Cc of the mails that went into it, lower case. */
  readonly people: readonly string[];
}

export type EntryState =
  | { readonly kind: 'under way' }
  | { readonly kind: 'settled'; readonly outcome: Outcome }
  | { readonly kind: 'failed'; readonly reason: string };

/** The folder where a mail with this state belongs; null while it is under way. */
export function folderFor(state: EntryState): SettledFolder | null {
  switch (state.kind) {
    case 'under way':
      return null;
    case 'failed':
      return 'Failed';
    case 'settled':
      return state.outcome.kind === 'ignored' ? 'Ignored' : 'Processed';
  }
}
