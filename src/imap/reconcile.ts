import type { FetchMessageObject } from 'imapflow';
import { MailboxUnavailableError } from '../errors.js';
import { MAX_BROKEN_READINGS, MAX_MAILS_UNDER_WAY, MAX_NAMED_UIDS } from '../limits.js';
import type { Log } from '../log/log-actions.js';
import { folderFor, type LedgerEntry, type MailLocation, type SettledFolder } from '../mail/ledger-entry.js';
import { withoutPlus } from '../mail/sender.js';
import { likenessOf } from '../mail/twins.js';
import { batches } from './batches.js';
import { EnvelopesAhead } from './envelopes-ahead.js';
import type { FiledMail, FiledMails } from './filed-mails.js';
import { type FolderPaths, settledFolders } from './folders.js';
import { Moving, type Settled } from './moving.js';
import type { Judge, Ledger, Readings, Unsettled } from './ports.js';
import { type Handling, MailReader, type StandingEntry } from './reader.js';
import {
  identified,
  type OpenFolder,
  QUEUED_KEYWORD,
  type Standing,
  standsWhereItStood,
  uidsAbove,
} from './standing.js';
import type { SurelyNew } from './surely-new.js';
import { earlier, UnderWay } from './under-way.js';

/** The open watched folder and everything a pass needs. */
export interface Watched extends OpenFolder {
  readonly keywords: boolean;
  /** Told where the server refuses our keyword though it has offered to keep it: the next connection is to do without. */
  readonly keywordRefused: () => void;
  /** Outlives the connection. */
  readonly surelyNew: SurelyNew;
  readonly paths: FolderPaths;
  readonly ledger: Ledger;
  readonly filed: FiledMails;
  /** Mails in Processed that may say the same as these and of which the ledger knows nothing: see TwinSearch. */
  readonly filedLike: (mails: readonly Standing[]) => Promise<readonly FiledMail[]>;
  readonly judge: Judge;
  readonly readings: Readings;
  readonly wholeBytes?: number | undefined;
  readonly log: Log;
  readonly now: () => number;
}

/**
 * Compares the watched folder with the ledger and puts each mail one step further, oldest first. Level-triggered: it may run
 * at any time, any number of times, and needs to know nothing of what happened before.
 */
export class Reconciler {
  readonly #underWay = new UnderWay();
  /** INTERNALDATE of the oldest mail that waits in the folder for room in the queue, ms since 1970; null where none does. */
  #oldestWaiting: number | null = null;
  #queued = 0;
  /** Whether the last pass has left mail in the folder for want of room in the queue. */
  #isFull = false;
  /** UIDs that stood in the folder at the last look at all of it or have come since, but for what was filed. */
  readonly #standing = new Set<number>();
  /** Ids of mails that the pass under way has filed outside of Processed: what of its folder has such an id stood there all the time. */
  readonly #filedInPass = new Set<string>();
  /** The highest UID that a pass has dealt with; a pass over new mail begins above it. */
  #handledUid = 0;
  readonly #reader: MailReader;
  readonly #moving: Moving;
  /** UIDs that the server has listed and said nothing of, and how often. */
  #unanswered: ReadonlyMap<number, number> = new Map();

  constructor(readonly watched: Watched) {
    this.#reader = new MailReader(watched);
    this.#moving = new Moving(watched);
  }

  /** What stands in the folder and is not settled, as of the last pass. `oldest`: INTERNALDATE, ms since 1970. */
  get unsettled(): Unsettled {
    return { underWay: this.#underWay.size, oldest: earlier(this.#underWay.oldest, this.#oldestWaiting) };
  }

  /** Whether mail waits in the folder for others to be settled. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /**
   * @param scope `all`: everything in the folder; `new`: only what has arrived since the last pass
   * @param stopped asked between batches, so that stopping never waits for a backlog
   * @param finished asked between batches for ledger ids that have come to their end, which are filed then: a pass over a backlog can
   *   take hours
   * @returns the number of new mails it has queued
   */
  async pass(
    scope: 'all' | 'new',
    stopped: () => boolean,
    finished: () => readonly string[] = () => [],
  ): Promise<number> {
    const before = this.#queued;
    this.#isFull = false;
    this.#filedInPass.clear();
    const uids = await uidsAbove(this.watched, scope === 'all' ? 0 : this.#handledUid);
    if (scope === 'all') this.#standing.clear();
    for (const uid of uids) this.#standing.add(uid);
    if (scope === 'all') {
      this.#underWay.keepOnly(this.#standing);
      this.#moving.keepOnly(this.#standing);
    }
    const all = [...batches(uids)];
    const envelopes = new EnvelopesAhead(this.watched);
    let settled = 0;
    const unanswered = new Map<number, number>();
    for (const [i, batch] of all.entries()) {
      if (stopped()) break;
      const messages = await envelopes.fetch(batch);
      const answered = new Set(messages.map(({ uid }) => uid));
      for (const uid of batch) if (!answered.has(uid)) unanswered.set(uid, (this.#unanswered.get(uid) ?? 0) + 1);
      // Fetched ahead, they may have been filed since.
      const still = messages.filter(({ uid }) => this.#standing.has(uid));
      this.#isFull = !(await this.#settle(still, () => envelopes.begin(all[i + 1] ?? [])));
      if (this.#isFull) break;
      settled += 1;
      this.#handledUid = Math.max(this.#handledUid, batch.at(-1) ?? 0);
      await this.fileFinished(finished());
    }
    if (scope === 'all') this.#tellUnanswered(unanswered);
    if (scope === 'all' && settled === all.length) this.watched.surelyNew.keepOnly((id) => this.#underWay.has(id));
    if (scope === 'all' && !stopped()) await this.#reader.allRead();
    return this.#queued - before;
  }

  /** A mail that has gone between SEARCH and FETCH is not listed the next time. */
  #tellUnanswered(unanswered: ReadonlyMap<number, number>): void {
    this.#unanswered = unanswered;
    const { mailbox, log } = this.watched;
    const uids = [...unanswered].flatMap(([uid, times]) => (times >= MAX_BROKEN_READINGS ? [uid] : []));
    if (uids.length === 0) return;
    log.error(
      { action: 'mailbox.unanswered', mailbox, uids: uids.slice(0, MAX_NAMED_UIDS), mails: uids.length },
      'the server lists mails and says nothing of them: they make no ticket',
    );
  }

  /** Files away those of these ledger ids that stand in the folder; the others belong to another mailbox or watcher. */
  async fileFinished(ids: readonly string[]): Promise<void> {
    for (const batch of batches(ids.filter((id) => this.#underWay.has(id)))) {
      const entries = await this.watched.ledger.lookUp(batch);
      await this.#file(
        batch.flatMap((id) => {
          const entry = entries.get(id);
          return entry ? [{ id, uids: this.#uidsOf(id, entry), entry }] : [];
        }),
      );
    }
  }

  /** Where the mail of this entry stands. Another one that was to have this id, and came too late for it, is left to the next pass. */
  #uidsOf(id: string, entry: LedgerEntry): readonly number[] {
    if (!this.#underWay.isOf(id, entry)) this.#underWay.forget(id);
    return this.#underWay.uidsOf(id);
  }

  #remember(mail: Pick<Standing, 'id' | 'uid' | 'envelope' | 'fingerprint'>): void {
    this.#underWay.remember(mail);
    this.watched.surelyNew.queued(mail.id);
  }

  /**
   * One batch. False where no more can be queued now: the rest is safest in the mailbox.
   * @param arrived called once the server has sent what of its mails is to be read; not where nothing is, or there is no room for all of it
   */
  async #settle(messages: readonly FetchMessageObject[], arrived: () => void): Promise<boolean> {
    const { ledger } = this.watched;
    const standing = await identified(this.watched, messages);
    // What came into the ledger another way is in this one's name from now on.
    await this.#mark(
      standing.filter((mail) => mail.entry?.location === null && !mail.hasKeyword).map(({ uid }) => uid),
    );
    const toFile: Settled[] = [];
    const toQueue = new Map<string, Standing>();
    const toQueueAgain: { mail: Standing; from: SettledFolder }[] = [];
    for (const mail of standing) {
      const { entry } = mail;
      if (!entry) {
        if (!toQueue.has(mail.id)) toQueue.set(mail.id, mail);
      } else if (entry.state.kind === 'under way') this.#remember(mail);
      else {
        const from = this.#putBackFrom(mail, entry);
        if (from) toQueueAgain.push({ mail, from });
        // Under each UID at once: of a twin that is filed alone, the first would look as if a person had moved it back.
        else toFile.push({ id: mail.id, uids: [...new Set([...this.#uidsOf(mail.id, entry), mail.uid])], entry });
      }
    }
    await this.#file(toFile);
    for (const { mail, from } of toQueueAgain) await this.#queueAgain(mail, from);
    this.#oldestWaiting = null;
    if (toQueue.size === 0) return true;
    const room = Math.max(0, MAX_MAILS_UNDER_WAY - (await ledger.countUnderWay()));
    // Of a sender who has as many as that under way, most wait for their turn: the rest is left in the mailbox to the next look at all.
    const flooding = this.#underWay.sendersOf(MAX_MAILS_UNDER_WAY);
    const fresh = [...toQueue.values()].filter(({ envelope }) => !flooding.has(withoutPlus(envelope.from)));
    const next = fresh.slice(0, room);
    const hasRoom = next.length === fresh.length;
    // What may have been queued before the ledger was lost makes us look for what was settled before.
    const again = next.filter((mail) => this.#mayHaveBeenQueued(mail));
    if (again.length > 0) for (const mail of await this.watched.filedLike(again)) this.watched.filed.add(mail);
    await this.#reader.readAll(
      next,
      (mail) => this.#handlingOf(mail),
      (entries) => this.#commit(entries.map((entry) => this.#withTwins(entry))),
      // Without room the pass ends with this batch.
      hasRoom ? arrived : undefined,
    );
    for (const { envelope } of fresh.slice(room)) {
      this.#oldestWaiting = earlier(this.#oldestWaiting, Date.parse(envelope.receivedAt));
    }
    for (const mail of standing) {
      if (this.#underWay.has(mail.id)) this.#remember(mail);
    }
    return hasRoom;
  }

  /** The ledger may be lost before the mail is settled, so each gets the twins that it has by now. */
  #withTwins(entry: StandingEntry): StandingEntry {
    const twins = this.watched.filed.twinsOf(entry);
    return twins.length === 0 ? entry : { ...entry, twins };
  }

  #handlingOf(mail: Standing): Handling {
    return { real: false, lookFirst: this.#mayHaveBeenQueued(mail) };
  }

  async #commit(entries: readonly StandingEntry[]): Promise<void> {
    const { ledger, surelyNew, log } = this.watched;
    // Before the queue, not after: a mail that was queued and whose ledger is lost must be known by its keyword.
    for (const { id } of entries) surelyNew.queued(id);
    await this.#mark(entries.map(({ location }) => location.uid));
    await ledger.add(entries);
    this.#queued += entries.length;
    for (const entry of entries) {
      this.#remember({ ...entry, uid: entry.location.uid });
      const { decision, reason } = entry.judgement;
      log.info(
        {
          action: 'mail.queued',
          ...nameOf(entry),
          decision: decision.kind,
          reason,
          lookFirst: entry.lookFirst,
          twins: entry.twins?.length,
        },
        'mail queued',
      );
    }
  }

  /** Leaves the keyword on mails, by which they are known where the ledger is lost. */
  async #mark(uids: readonly number[]): Promise<void> {
    const { client, keywords, keywordRefused, mailbox, log } = this.watched;
    if (!keywords || uids.length === 0) return;
    if (await client.messageFlagsAdd(uids.join(','), [QUEUED_KEYWORD], { uid: true })) return;
    const reason = `the server does not keep the keyword ${QUEUED_KEYWORD}, though it offers to`;
    if (client.usable) {
      // As on a server that offers none: mail that waits for ever would be worse.
      keywordRefused();
      log.warn({ action: 'mailbox.unmarked', mailbox, reason }, 'from now on mail is queued without our keyword');
    }
    throw new MailboxUnavailableError(reason);
  }

  /** A person moved a settled mail back into the folder. */
  async #queueAgain(mail: Standing, from: SettledFolder): Promise<void> {
    const handling = { real: from === 'Ignored', lookFirst: true };
    await this.#reader.readAll(
      [mail],
      () => handling,
      async ([again]) => {
        if (!again) return;
        await this.watched.ledger.addAgain(this.#withTwins(again));
        this.#remember(mail);
        this.watched.log.info(
          { action: 'mail.retried', ...nameOf(again), was: from },
          'mail was moved back and is tried again',
        );
      },
    );
  }

  /**
   * The folder from which a person moved a settled mail back, Failed or Ignored; null where it stands here for another reason. Moving
   * keeps INTERNALDATE and keywords (RFC 3501 section 6.4.7), which tells it from the same mail delivered a second time. Moved back
   * from Processed, it is only filed again. Of a mail that was ingested the ledger knows no INTERNALDATE: any such mail counts.
   */
  #putBackFrom(mail: Standing, entry: LedgerEntry): 'Failed' | 'Ignored' | null {
    const { receivedAt, location } = entry;
    if (this.#filedInPass.has(mail.id) || standsWhereItStood(location, this.watched.uidValidity, [mail.uid]))
      return null;
    const from = entry.filedIn ?? (this.#wasAway(mail, location) ? folderFor(entry.state) : null);
    if (from !== 'Failed' && from !== 'Ignored') return null;
    if (location === null) return from;
    return receivedAt === mail.envelope.receivedAt && (mail.hasKeyword || !this.watched.keywords) ? from : null;
  }

  /** Whether a mail was moved away and back: a process may be killed before it has noted that it has moved it. */
  #wasAway({ hasKeyword }: Standing, location: MailLocation | null): boolean {
    if (location?.uidValidity !== this.watched.uidValidity) return false;
    // A twin that was delivered under a UID of its own has no keyword, where there are any; or the first of them still stands here.
    return hasKeyword && !this.#standing.has(location.uid);
  }

  #mayHaveBeenQueued(mail: Standing): boolean {
    const { keywords, surelyNew, uidValidity, now } = this.watched;
    return mail.hasKeyword || (!keywords && !surelyNew.has(mail, uidValidity, now()));
  }

  async #file(settled: readonly Settled[]): Promise<void> {
    const { paths, ledger, log } = this.watched;
    for (const folder of settledFolders) {
      const mails = settled.filter(({ uids, entry }) => uids.length > 0 && folderFor(entry.state) === folder);
      if (mails.length === 0) continue;
      const moved = await this.#moving.move(mails, paths[folder]);
      for (const { id, uids, entry } of moved) {
        for (const uid of uids) this.#standing.delete(uid);
        const likeness = folder === 'Processed' && entry.decision ? likenessOf(entry.decision) : null;
        if (likeness) this.watched.filed.add({ id, receivedAt: Date.parse(entry.receivedAt), likeness });
      }
      const ids = moved.map(({ id }) => id);
      await ledger.markFiled(ids, folder);
      for (const id of ids) {
        this.#underWay.forget(id);
        this.watched.surelyNew.filed(id);
        if (folder !== 'Processed') this.#filedInPass.add(id);
        log.debug({ action: 'mail.filed', mail: id, folder }, 'mail filed');
      }
    }
  }
}

/** How a log line names a mail. */
function nameOf({ id, location, envelope }: StandingEntry) {
  return { mail: id, uid: location.uid, messageId: envelope.messageId, from: envelope.from };
}
