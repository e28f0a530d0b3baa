import type { Automatic } from './automatic.js';
import type { TraceStep } from './decision.js';
import type { SettledFolder } from './ledger-entry.js';

/** What became of a mail, in one word. */
export const mailStates = ['under-way', 'created', 'replied', 'ignored', 'failed'] as const;
export type MailState = (typeof mailStates)[number];

/** A mail of the ledger as a list shows it. Texts come as the mail has them: whoever shows them escapes or cleans them. */
export interface MailSummary {
  /** The key in the ledger: 64 hexadecimal digits. */
  readonly id: string;
  readonly state: MailState;
  readonly ticketId: string | null;
  /** Why it became so, or in which words it failed last; '' where there is nothing to say yet. */
  readonly reason: string;
  readonly from: string;
  readonly subject: string;
  readonly messageId: string | null;
  /** When it was settled, or queued where it is under way; ms since 1970. */
  readonly at: number;
}

/** Everything the ledger knows of a mail. Times in ms since 1970. */
export interface MailRecord extends MailSummary {
  readonly mailbox: string;
  /** INTERNALDATE; null where it is not known. */
  readonly receivedAt: number | null;
  readonly queuedAt: number;
  readonly settledAt: number | null;
  /** When it is tried again; null where it does not wait for that. */
  readonly nextAttemptAt: number | null;
  readonly filedIn: SettledFolder | null;
  /** Whether it was ingested, and no watcher has found it in its mailbox. */
  readonly ingested: boolean;
  readonly fingerprint: string;
  /** Null of a mail that was ignored, or that an earlier version filed. */
  readonly requester: string | null;
  readonly automatic: Automatic['kind'] | null;
  readonly trace: readonly TraceStep[];
  readonly failures: readonly FailureRecord[];
  /** Attempts begun, those that were cut short or had to wait included. */
  readonly attempts: number;
}

/** Failed attempts in a row that ended in the same words. Times in ms since 1970. */
export interface FailureRecord {
  readonly message: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly times: number;
}

/** What is asked of the list of mails. */
export interface MailQuery {
  readonly state: MailState | null;
  /** Part of a sender, subject or Message-ID, or a ticket's number, as `12` or `#12`; '' for all. */
  readonly search: string;
  readonly limit: number;
  /** Mails to pass over: those of the pages before. */
  readonly offset: number;
}

/** The latest mails that match, newest first. */
export interface MailList {
  readonly mails: readonly MailSummary[];
  /** Whether there are more after these. */
  readonly more: boolean;
  /** How many mails, the latest, were looked through: `total` once all that the question is about has been read, if that is not more than can be. */
  readonly searched: number;
  /** How many there are. */
  readonly total: number;
}

/** What was settled within one hour. */
export interface HourCount extends Readonly<Record<Exclude<MailState, 'under-way'>, number>> {
  /** The begin of the hour, ms since 1970. */
  readonly from: number;
}

/** What was settled in the last 24 hours. */
export interface DayCount {
  /** Oldest first. */
  readonly hours: readonly HourCount[];
  /** False while older mails of the day are still being read: then the first hours show too few. */
  readonly isComplete: boolean;
}

/** Why no mail was found by an id or the beginning of one, with the words for people. */
export const lookUpRefusals = {
  unknown: 'the ledger does not know it',
  ambiguous: 'several mails begin so; give more digits of its id',
  'no id': 'it is no id; accepted: six or more of its 64 hexadecimal digits from the first on',
} as const;
export type LookUpRefusal = keyof typeof lookUpRefusals;

/** Why a mail could not be tried again, with the words for people. */
export const retryRefusals = {
  ...lookUpRefusals,
  'not failed': 'it has not failed',
  'not kept': 'its text is not kept any more; ingest it again',
  'not filed': 'it is not in Mail2Ticket/Failed yet; try again in a moment',
  'other mailbox': 'it belongs to another mailbox',
  gone: 'it does not lie in Mail2Ticket/Failed any more',
} as const;
export type RetryRefusal = keyof typeof retryRefusals;

/** What a retry has done, by ids. */
export interface RetryReport {
  /** Moved back into the watched folder, where the next pass tries them again. */
  readonly moved: readonly string[];
  /** Mails that were ingested: they are in the queue again, judged as they were. */
  readonly queued: readonly string[];
  readonly refused: readonly { readonly id: string; readonly why: RetryRefusal }[];
}

/** Where a mail lies, for people. */
export function placeOf({ filedIn, ingested }: Pick<MailRecord, 'filedIn' | 'ingested'>): string {
  if (filedIn !== null) return `Mail2Ticket/${filedIn}`;
  return ingested ? 'no folder: it was ingested' : 'the watched folder';
}
