import type { ImapFlow } from 'imapflow';
import { MailboxRefusedError } from '../errors.js';
import { MAX_AUDIT_NAMED } from '../limits.js';
import type { Log } from '../log/log-actions.js';
import { folderFor, type LedgerEntry, type SettledFolder } from '../mail/ledger-entry.js';
import { batches } from './batches.js';
import { FetchHistory } from './fetch-history.js';
import { findFolders, settledFolders } from './folders.js';
import { overConnections } from './over-connections.js';
import type { Ledger, WatchedMailbox } from './ports.js';
import { searchUids } from './search.js';
import { look, type OpenFolder, type Standing, uidsAbove } from './standing.js';

/** A mail without a decision is to have one by then. Longer, and something is wrong, or the helpdesk has been away for so long. */
const LATE_SECONDS = 15 * 60;

/** The shortest time for which a ledger is kept (LEDGER_DAYS). */
const DAY_MS = 86_400_000;

/**
 * What the audit finds of a mail:
 * - `unknown`: it stands in the watched folder, and the ledger has never heard of it
 * - `under way`: it stands there, and is queued but not delivered yet
 * - `not filed`: it stands there, though it is settled
 * - `contradicted`: it stands in a folder where by the ledger it does not belong
 */
export type FindingKind = 'unknown' | 'under way' | 'not filed' | 'contradicted';

/** A mail that the audit names. */
export interface Finding {
  readonly kind: FindingKind;
  readonly folder: string;
  readonly uid: number;
  /** Its key in the ledger, as in the log. */
  readonly mail: string;
  readonly messageId: string | null;
  readonly from: string;
  readonly subject: string;
  /** Since INTERNALDATE; null where it cannot be read. */
  readonly ageSeconds: number | null;
  /** What the ledger says of it, in words. */
  readonly ledger: string;
}

/** The watched folder, the three settled folders and the ledger, compared. */
export interface AuditReport {
  readonly mailbox: string;
  readonly counts: Readonly<Record<FindingKind, number>>;
  /** Mails in the settled folders that were looked at, and those of them that the ledger no longer knows (LEDGER_DAYS). */
  readonly settled: { readonly mails: number; readonly forgotten: number };
  /**
   * Mails of the last day that a service has filed and the ledger does not know: it was emptied, or another mail2ticket with another queue
   * watches the mailbox.
   */
  readonly unaccounted: number;
  /** Age of the oldest mail that is unknown or under way; null where there is none. */
  readonly oldestUndecidedSeconds: number | null;
  /** Whether a mail has been without a decision for over 15 minutes. */
  readonly late: boolean;
  /** The oldest MAX_AUDIT_NAMED of each kind. */
  readonly findings: readonly Finding[];
}

export interface AuditOptions extends WatchedMailbox {
  readonly ledger: Pick<Ledger, 'lookUp'>;
  /** Mail in the settled folders that arrived before this day is left out: the ledger keeps nothing for ever. */
  readonly settledSince: Date;
  readonly log: Log;
  /** Kept by who audits more than once. */
  readonly history?: FetchHistory;
  /** Ends the audit, which rejects then. */
  readonly signal?: AbortSignal;
}

/**
 * Compares on a connection of its own, so that it disturbs no watcher; changes nothing. A batch of envelopes at a time, so
 * that 100,000 mails cost no more memory than 100.
 * @throws MailboxUnavailableError, MailboxRefusedError (also where the mailbox has never been watched), QueueUnavailableError
 */
export function auditMailbox(options: AuditOptions): Promise<AuditReport> {
  const { history = new FetchHistory() } = options;
  return overConnections(options, history, (client) => compare(client, history, options));
}

async function compare(client: ImapFlow, history: FetchHistory, options: AuditOptions): Promise<AuditReport> {
  const { mailbox, folder, backlog, ledger, settledSince } = options;
  const { paths, standing, mark } = await findFolders(client, folder);
  if (!mark && backlog === 'skip') {
    throw new MailboxRefusedError(
      `${mailbox} holds no note that says which mail in ${folder} is old: mail2ticket start writes it when it first watches the mailbox`,
      'IMAP_FOLDER',
    );
  }
  const tally = new Tally(Date.now());
  const open = async (path: string, since: OpenFolder['mark']): Promise<OpenFolder> => {
    const { uidValidity } = await client.mailboxOpen(path, { readOnly: true });
    return { client, history, mailbox, folder: path, uidValidity: String(uidValidity), mark: since, ledger };
  };

  const watched = await open(folder, backlog === 'import' ? null : mark);
  for await (const mail of mailsOf(watched, await uidsAbove(watched, 0))) tally.standing(folder, mail);
  for (const name of settledFolders.filter((name) => standing.has(paths[name]))) {
    const settled = await open(paths[name], null);
    const uids = await searchUids(client, { since: settledSince });
    for await (const mail of mailsOf(settled, uids)) tally.filed(paths[name], name, mail);
  }
  return tally.report(mailbox);
}

async function* mailsOf(folder: OpenFolder, uids: readonly number[]): AsyncGenerator<Standing> {
  for (const batch of batches(uids)) yield* await look(folder, batch);
}

/** Adds up what is found, and keeps the first of each kind: mails come in the order of their arrival. */
class Tally {
  readonly #findings: Finding[] = [];
  readonly #counts = { unknown: 0, 'under way': 0, 'not filed': 0, contradicted: 0 };
  readonly #settled = { mails: 0, forgotten: 0 };
  #unaccounted = 0;
  #oldestUndecidedSeconds: number | null = null;

  constructor(private readonly now: number) {}

  /** A mail in the watched folder. */
  standing(folder: string, mail: Standing): void {
    const kind = !mail.entry ? 'unknown' : mail.entry.state.kind === 'under way' ? 'under way' : 'not filed';
    const { ageSeconds } = this.#find(kind, folder, mail);
    if (kind !== 'not filed' && ageSeconds !== null) {
      this.#oldestUndecidedSeconds = Math.max(this.#oldestUndecidedSeconds ?? 0, ageSeconds);
    }
  }

  /** A mail in a settled folder. */
  filed(folder: string, name: SettledFolder, mail: Standing): void {
    this.#settled.mails += 1;
    if (!mail.entry) {
      this.#settled.forgotten += 1;
      // Without the keyword a person has put it there.
      if (mail.hasKeyword && this.now - Date.parse(mail.envelope.receivedAt) < DAY_MS) this.#unaccounted += 1;
    } else if (folderFor(mail.entry.state) !== name) this.#find('contradicted', folder, mail);
  }

  report(mailbox: string): AuditReport {
    const oldest = this.#oldestUndecidedSeconds;
    return {
      mailbox,
      counts: this.#counts,
      settled: this.#settled,
      unaccounted: this.#unaccounted,
      oldestUndecidedSeconds: oldest,
      late: oldest !== null && oldest > LATE_SECONDS,
      findings: this.#findings,
    };
  }

  #find(kind: FindingKind, folder: string, { uid, id, envelope, entry }: Standing): Finding {
    const { messageId, from, subject, receivedAt } = envelope;
    const receivedMs = Date.parse(receivedAt);
    const ageSeconds = Number.isNaN(receivedMs) ? null : Math.max(0, Math.round((this.now - receivedMs) / 1000));
    const finding = { kind, folder, uid, mail: id, messageId, from, subject, ageSeconds, ledger: said(entry) };
    this.#counts[kind] += 1;
    if (this.#counts[kind] <= MAX_AUDIT_NAMED) this.#findings.push(finding);
    return finding;
  }
}

function said(entry: LedgerEntry | undefined): string {
  if (!entry) return 'nothing';
  const { state } = entry;
  if (state.kind === 'under way') return 'under way';
  if (state.kind === 'failed') return `failed: ${state.reason}`;
  const { outcome } = state;
  return outcome.kind === 'ignored' ? `ignored: ${outcome.reason}` : `${outcome.kind} #${outcome.ticketId}`;
}
