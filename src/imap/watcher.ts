import { setTimeout as sleep } from 'node:timers/promises';
import type { ImapFlow, StatusObject } from 'imapflow';
import { backoffMs } from '../backoff.js';
import { MailboxRefusedError, MailboxUnavailableError, QueueUnavailableError } from '../errors.js';
import { MAX_MAILS_UNDER_WAY } from '../limits.js';
import type { Log } from '../log/log-actions.js';
import { within } from '../within.js';
import { connectImap } from './connection.js';
import { FetchHistory } from './fetch-history.js';
import { FiledMails } from './filed-mails.js';
import { type Mark, prepareFolders } from './folders.js';
import type { Judge, Ledger, Readings, Unsettled, WatchedMailbox, WatcherObserver } from './ports.js';
import { Reconciler } from './reconcile.js';
import { searchUids } from './search.js';
import { QUEUED_KEYWORD } from './standing.js';
import { SurelyNew } from './surely-new.js';
import { TwinSearch } from './twin-search.js';
import { Wake } from './wake.js';

export interface WatcherOptions extends WatchedMailbox {
  /** How often everything is looked at again, for what IDLE and the finish events missed. */
  readonly pollMs: number;
  readonly ledger: Ledger;
  readonly judge: Judge;
  readonly readings: Readings;
  /** Up to which size mails are fetched whole, at most MAX_FETCHED_BODY_BYTES; MAX_WHOLE_BYTES where it is not given. */
  readonly wholeBytes?: number | undefined;
  readonly log: Log;
  readonly observer: WatcherObserver;
  /** Told whether the mailbox is being watched, and why not. */
  readonly report: (state: { ok: true } | { ok: false; reason: string }) => void;
}

/** Waits between two tries to connect: doubling from the first to the last, with jitter. */
const BACKOFF_MS = { first: 1000, last: 30_000 };
/** The same where the server refused us: servers lock accounts that try a wrong password often. */
const REFUSED_BACKOFF_MS = { first: 15_000, last: 300_000 };
/** How long finished mails are gathered into one move. */
const GATHER_MS = 50;
/**
 * How long stopping waits for the batch in hand before the connection is cut. Nothing is lost by the cut, only repeated. After it a
 * ledger that does not answer may keep the batch for seconds more: that is not waited for.
 */
const STOP_GRACE_MS = 3000;

/** Watches one folder for as long as it runs: connects, reconciles, waits, and connects again when that ends. */
export class Watcher {
  readonly #options: WatcherOptions;
  #wake = new Wake();
  #client: ImapFlow | null = null;
  #mark: Mark | null = null;
  readonly #history = new FetchHistory();
  readonly #surelyNew = new SurelyNew();
  readonly #filed = new FiledMails();
  #recalled = false;
  #keywordRefused = false;
  readonly #twins: TwinSearch;
  /** Of the last connection, whether it still stands or not. */
  #reconciler: Reconciler | null = null;
  #stopping = false;
  /** Ends the wait between two connections. */
  readonly #ending = new AbortController();
  #running: Promise<void> | null = null;

  constructor(options: WatcherOptions) {
    this.#options = options;
    this.#twins = new TwinSearch(options);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** A job of the queue has come to its end: its mail can be filed away. */
  finished(id: string): void {
    this.#wake.finished(id);
  }

  /** What stood in the folder at the last look, unsettled; null before the first. */
  get unsettled(): Unsettled | null {
    return this.#reconciler?.unsettled ?? null;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#ending.abort();
    this.#wake.now();
    if (this.#running) await within(STOP_GRACE_MS, this.#running);
    this.#twins.close();
    this.#client?.close();
  }

  async #run(): Promise<void> {
    const { mailbox, log, report, observer } = this.#options;
    for (let failures = 0; !this.#stopping; ) {
      this.#wake = new Wake();
      const { found } = this.#history;
      try {
        await this.#session(() => {
          failures = 0;
          report({ ok: true });
        });
      } catch (error) {
        if (this.#stopping) break;
        const reason = error instanceof Error ? error.message : String(error);
        const refused = error instanceof MailboxRefusedError;
        // A mail that was found to end connections will do so no more: the next one need not wait for long.
        failures = this.#history.found > found ? 1 : failures + 1;
        const waitMs = backoffMs(refused ? REFUSED_BACKOFF_MS : BACKOFF_MS, failures, Math.random());
        report({ ok: false, reason });
        observer.reconnecting(refused ? 'refused' : error instanceof QueueUnavailableError ? 'queue' : 'connection');
        const level = refused ? 'error' : 'warn';
        log[level]({ action: 'mailbox.down', mailbox, reason, retryInMs: waitMs }, 'the mailbox cannot be watched now');
        // Neither the end of the connection nor a mail that is settled meanwhile may cut this short: servers lock out who comes too often.
        await sleep(waitMs, undefined, { signal: this.#ending.signal }).catch(() => {});
      }
    }
  }

  /** One connection from log-in to its end. Always ends by throwing, unless the watcher is stopped. */
  async #session(working: () => void): Promise<void> {
    const { mailbox, log, pollMs, observer } = this.#options;
    const wake = this.#wake;
    const client = await connectImap(this.#options.login, log);
    this.#client = client;
    let closed = false;
    client.on('close', () => {
      closed = true;
      wake.now();
    });
    client.on('exists', () => wake.newMail());
    try {
      const reconciler = await this.#open(client);
      const opened = reconciler.watched.uidValidity;
      const ended = () => closed || this.#stopping;
      const finishedMeanwhile = () => wake.takeFinished(MAX_MAILS_UNDER_WAY);
      // While the queue is away no pass comes to its end, and what an earlier connection saw still holds.
      this.#reconciler ??= reconciler;
      await this.#recall(reconciler);
      observer.queued(await reconciler.pass('all', ended, finishedMeanwhile), 'connect');
      this.#reconciler = reconciler;
      working();
      log.info({ action: 'mailbox.watched', mailbox }, 'watching the mailbox');
      for (let lastFullPass = Date.now(); !ended(); ) {
        const { newMail, finished } = await wake.next(Math.max(0, lastFullPass + pollMs - Date.now()), GATHER_MS);
        if (ended()) break;
        await reconciler.fileFinished(finished);
        if (Date.now() - lastFullPass >= pollMs) {
          await this.#mustBeTheSame(client, opened);
          observer.queued(await reconciler.pass('all', ended, finishedMeanwhile), 'poll');
          lastFullPass = Date.now();
          working();
        } else if (newMail || (finished.length > 0 && reconciler.isFull)) {
          // Finished mails make room for those that waited in the mailbox.
          observer.queued(await reconciler.pass('new', ended, finishedMeanwhile), newMail ? 'idle' : 'room');
        }
      }
      if (this.#stopping) await client.logout();
      else throw new MailboxUnavailableError(`${this.#options.login.host} ended the connection`);
    } finally {
      this.#client = null;
      client.close();
    }
  }

  /** Once, before anything is queued: what an earlier process has filed of late. */
  async #recall({ watched: { paths, keywords } }: Reconciler): Promise<void> {
    if (this.#recalled) return;
    try {
      for (const mail of await this.#twins.recent(paths.Processed, keywords)) this.#filed.add(mail);
      this.#recalled = true;
    } catch (error) {
      if (error instanceof QueueUnavailableError || this.#stopping) throw error;
      // Nothing says that a ledger was lost, so no mail has to wait for it. The next connection tries again.
      const { mailbox, log } = this.#options;
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ action: 'mailbox.unsearched', mailbox, reason }, 'filed mail cannot be looked through');
    }
  }

  /** A folder that is renamed while it is open stays open under its new name, and a new one of the old name would never be looked at. */
  async #mustBeTheSame(client: ImapFlow, opened: string): Promise<void> {
    const { folder } = this.#options;
    const status = await client.status(folder, { uidValidity: true });
    if (status && status.uidValidity !== undefined && String(status.uidValidity) !== opened) {
      throw new MailboxUnavailableError(`the folder ${folder} is another one than before (UIDVALIDITY)`);
    }
  }

  async #open(client: ImapFlow): Promise<Reconciler> {
    const { mailbox, folder, backlog, ledger, judge, readings, wholeBytes, log } = this.#options;
    const status = await client.status(folder, { uidNext: true, uidValidity: true }).catch((error: unknown) => {
      throw new MailboxRefusedError(`the folder ${folder} cannot be opened; see IMAP_FOLDER`, 'IMAP_FOLDER', {
        cause: error,
      });
    });
    if (!status) throw new MailboxUnavailableError('the server does not answer STATUS');
    const { uidValidity, uidNext } = await numberingOf(client, folder, status);
    this.#surelyNew.begin(uidValidity, uidNext);
    const fresh: Mark = {
      uidValidity,
      // With a backlog to import nothing is old, and the note must say so: a later change to skip must not cut it off.
      uidNext: backlog === 'import' ? 1 : uidNext,
      date: backlog === 'import' ? new Date(0) : new Date(),
    };
    const { paths, mark } = await prepareFolders(client, folder, fresh, this.#mark);
    if (!mark && backlog === 'skip') {
      throw new MailboxRefusedError(
        `the note in ${paths.Processed.replace(/.Processed$/, '')} that says which mail in ${folder} is old is gone, and it is not guessed: ` +
          'set IMAP_BACKLOG=import to make tickets of all that stands there, or delete the Mail2Ticket folders to leave all of it alone',
        'IMAP_BACKLOG',
      );
    }
    this.#mark = mark;
    const opened = await client.mailboxOpen(folder);
    if (opened.readOnly) throw new MailboxRefusedError(`the folder ${folder} is read-only for IMAP_USER`, 'IMAP_USER');
    const offered = opened.permanentFlags?.has('\\*') || opened.permanentFlags?.has(QUEUED_KEYWORD);
    const keywords = !this.#keywordRefused && (offered ?? false);
    return new Reconciler({
      client,
      history: this.#history,
      mailbox,
      folder,
      uidValidity: String(opened.uidValidity),
      keywords,
      keywordRefused: () => {
        this.#keywordRefused = true;
      },
      surelyNew: this.#surelyNew,
      paths,
      mark: backlog === 'import' ? null : mark,
      ledger,
      filed: this.#filed,
      filedLike: (mails) => this.#twins.filed(mails, paths.Processed, keywords),
      judge,
      readings,
      wholeBytes,
      log,
      now: Date.now,
    });
  }
}

/** Where new mail begins. A server may leave it out of STATUS, and of SELECT (mail.163.com): then above the last mail that is there. */
async function numberingOf(
  client: ImapFlow,
  folder: string,
  { uidValidity, uidNext }: StatusObject,
): Promise<{ uidValidity: string; uidNext: number }> {
  if (uidValidity !== undefined && uidNext) return { uidValidity: String(uidValidity), uidNext };
  const opened = await client.mailboxOpen(folder, { readOnly: true });
  const above = async () => (await searchUids(client, { all: true })).reduce((last, uid) => Math.max(last, uid), 0) + 1;
  return { uidValidity: String(opened.uidValidity), uidNext: uidNext || opened.uidNext || (await above()) };
}
