import type { ImapFlow } from 'imapflow';
import { QueueUnavailableError } from '../errors.js';
import { MAX_FAILED_TWIN_SEARCHES, MAX_FILED_LOOKED_AT, MAX_TWIN_GAP_MS, MAX_TWINS_READ } from '../limits.js';
import type { Log } from '../log/log-actions.js';
import { folderFor, type LedgerEntry } from '../mail/ledger-entry.js';
import { likenessOf } from '../mail/twins.js';
import { batches } from './batches.js';
import type { ImapLogin } from './connection.js';
import { envelopeOf } from './envelope.js';
import { fetchEnvelopes } from './fetch.js';
import { FetchHistory } from './fetch-history.js';
import type { FiledMail } from './filed-mails.js';
import { overConnections } from './over-connections.js';
import type { Judge, Ledger, Readings } from './ports.js';
import { MailReader } from './reader.js';
import { searchUids } from './search.js';
import { hasKeyword, look, type OpenFolder, type Standing } from './standing.js';
import { UNACCOUNTED } from './unaccounted.js';

export interface TwinSearchOptions {
  readonly login: ImapLogin;
  readonly mailbox: string;
  readonly ledger: Pick<Ledger, 'lookUp'>;
  readonly judge: Judge;
  readonly readings: Readings;
  readonly wholeBytes?: number | undefined;
  readonly log: Log;
}

type Sought = Pick<Standing, 'envelope'>;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Looks through Processed for mails that say the same as mails which may have been queued before a ledger was lost. Where nobody
 * knows any more who holds which reply, the folder still tells how many such replies are of others.
 */
export class TwinSearch {
  readonly #history = new FetchHistory();
  readonly #closing = new AbortController();
  /** Searches that failed in a row. */
  #failures = 0;
  /** Nothing was filed before this process: what it files itself needs no search. */
  #isNew = false;

  constructor(private readonly options: TwinSearchOptions) {}

  /**
   * Filed mails of the same senders that the ledger does not know, as they would be judged today. On a connection of its own, so
   * that the watched folder stays open.
   *
   * A search that fails again and again (a server that allows no second connection) gives nothing in the end: a mail that waits for
   * ever would be worse than one that may be taken for its twin.
   *
   * @param processed the path of the folder
   * @param keywords whether the mailbox keeps keywords: then mail without ours came into the folder by another hand
   * @throws MailboxUnavailableError, MailboxRefusedError, QueueUnavailableError
   */
  filed(mails: readonly Sought[], processed: string, keywords: boolean): Promise<readonly FiledMail[]> {
    return this.#isNew ? Promise.resolve([]) : this.#found(new MailsLike(mails), processed, keywords);
  }

  /**
   * The same of whatever was filed within MAX_TWIN_GAP_MS, by any sender and known or not: what a process that has just begun would
   * remember if it had filed it.
   */
  recent(processed: string, keywords: boolean): Promise<readonly FiledMail[]> {
    const since = Date.now() - MAX_TWIN_GAP_MS;
    const likeliness = ({ receivedAt }: Sought['envelope']) => (Date.parse(receivedAt) >= since ? 1 : 0);
    return this.#found({ since, likeliness, known: true }, processed, keywords);
  }

  async #found(sought: SoughtMails, processed: string, keywords: boolean): Promise<readonly FiledMail[]> {
    try {
      const { login, log } = this.options;
      const options = { login, log, signal: this.#closing.signal };
      const found =
        sought.since === null
          ? []
          : await overConnections(options, this.#history, (client) =>
              this.#search(client, sought, processed, keywords),
            );
      this.#failures = 0;
      return found;
    } catch (error) {
      if (error instanceof QueueUnavailableError || this.#closing.signal.aborted) throw error;
      this.#failures += 1;
      if (this.#failures < MAX_FAILED_TWIN_SEARCHES) throw error;
      const { mailbox, log } = this.options;
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ action: 'mailbox.unsearched', mailbox, reason }, 'filed mail cannot be looked through');
      return [];
    }
  }

  /** Ends a search that is under way, which rejects. */
  close(): void {
    this.#closing.abort();
  }

  async #search(
    client: ImapFlow,
    sought: SoughtMails,
    processed: string,
    keywords: boolean,
  ): Promise<readonly FiledMail[]> {
    const { mailbox, ledger } = this.options;
    const opened = await client.mailboxOpen(processed, { readOnly: true });
    if (sought.known && opened.exists === 0) this.#isNew = true;
    const place = { client, mailbox, folder: processed, uidValidity: String(opened.uidValidity) };
    const folder = { ...place, history: this.#history, mark: null, ledger };
    const mails: Standing[] = [];
    for (const uids of batches(await this.#uidsLike(folder, sought, keywords))) {
      mails.push(...(await look(folder, uids)).filter(({ entry }) => (sought.known && isSettled(entry)) || !entry));
    }
    if (sought.known) this.#warnOfUnaccounted(mails.filter(({ entry }) => !entry).length);
    // By id: one that stands there twice is one mail.
    const found = new Map<string, FiledMail>();
    await new MailReader({ ...this.options, ...place }).readAll(
      mails,
      () => ({ real: false, lookFirst: false }),
      async (entries) => {
        for (const { id, envelope, judgement } of entries) {
          const likeness = likenessOf(judgement.decision);
          if (likeness) found.set(id, { id, receivedAt: Date.parse(envelope.receivedAt), likeness });
        }
      },
    );
    return [...found.values()];
  }

  /** Nothing else tells at once of a second service with a queue of its own: each of the two makes its ticket of every mail. */
  #warnOfUnaccounted(mails: number): void {
    if (mails === 0) return;
    const { mailbox, log } = this.options;
    log.warn({ action: 'mailbox.unaccounted', mailbox, mails }, UNACCOUNTED);
  }

  /** UIDs of the filed mails that may be twins by their envelopes, at most MAX_TWINS_READ, the likeliest, in the order of UIDs. */
  async #uidsLike(folder: OpenFolder, sought: SoughtMails, keywords: boolean): Promise<number[]> {
    // SEARCH counts in days of the server's own zone (RFC 3501 section 6.4.4).
    const since = new Date((sought.since ?? 0) - DAY_MS);
    const found = await searchUids(folder.client, { since });
    const like: { uid: number; likeliness: number }[] = [];
    for (const uids of batches(found.sort((a, b) => a - b).slice(-MAX_FILED_LOOKED_AT))) {
      for (const message of await fetchEnvelopes(folder, uids)) {
        if (keywords && !hasKeyword(message.flags)) continue;
        const likeliness = sought.likeliness(envelopeOf(message));
        if (likeliness > 0) like.push({ uid: message.uid, likeliness });
      }
    }
    return like
      .sort((a, b) => b.likeliness - a.likeliness || b.uid - a.uid)
      .slice(0, MAX_TWINS_READ)
      .map(({ uid }) => uid)
      .sort((a, b) => a - b);
  }
}

/** A failed mail that a person has moved to Processed has neither ticket nor reply. */
function isSettled(entry: LedgerEntry | undefined): boolean {
  return entry !== undefined && folderFor(entry.state) === 'Processed';
}

/** What is searched for. */
interface SoughtMails {
  /** INTERNALDATE of the earliest, ms since 1970; null where there can be none. */
  readonly since: number | null;
  /** Whether those count that the ledger knows. */
  readonly known: boolean;
  /** 0 of a mail that is none of them. */
  likeliness(envelope: Sought['envelope']): number;
}

/** Those that may be twins of these mails, by what the envelopes say. */
class MailsLike implements SoughtMails {
  readonly known = false;
  /** Since when the earliest twin of any of them may have come. */
  readonly since: number | null = null;
  readonly #since = new Map<string, number>();
  readonly #subjects = new Set<string>();
  readonly #numbers = new Set<string>();

  constructor(mails: readonly Sought[]) {
    for (const { envelope } of mails) {
      const { from, receivedAt } = senderAndTime(envelope);
      if (from === '' || Number.isNaN(receivedAt)) continue;
      const since = receivedAt - MAX_TWIN_GAP_MS;
      this.since = Math.min(this.since ?? since, since);
      this.#since.set(from, Math.min(this.#since.get(from) ?? since, since));
      this.#subjects.add(`${from}\n${envelope.subject}`);
      for (const number of numbersIn(envelope.subject)) this.#numbers.add(`${from}\n${number}`);
    }
  }

  /** 3 where the subject is the same, 2 where it shares a number, as two answers to one ticket do, 1 where the sender is the same, else 0. */
  likeliness(envelope: Sought['envelope']): number {
    const { from, receivedAt } = senderAndTime(envelope);
    const since = this.#since.get(from);
    if (since === undefined || !(receivedAt >= since)) return 0;
    if (this.#subjects.has(`${from}\n${envelope.subject}`)) return 3;
    return numbersIn(envelope.subject).some((number) => this.#numbers.has(`${from}\n${number}`)) ? 2 : 1;
  }
}

function senderAndTime({ from, receivedAt }: Sought['envelope']): { from: string; receivedAt: number } {
  return { from: from.toLowerCase(), receivedAt: Date.parse(receivedAt) };
}

function numbersIn(subject: string): string[] {
  return subject.match(/\d+/g) ?? [];
}
