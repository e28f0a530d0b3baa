import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_MAILS_INDEXED } from '../limits.js';
import type { DayCount, LookUpRefusal, MailList, MailQuery, MailRecord } from '../mail/mail-record.js';
import type { MailQueue } from './ledger.js';
import { MailIndex } from './mail-index.js';
import { recordOf } from './record.js';

const SETTLED = ['failed', 'completed'] as const;
const UNDER_WAY = ['active', 'waiting', 'prioritized', 'delayed'] as const;

/** The newest mails of each kind that are read while somebody waits. */
const PAGE = 200;

/** Mails read in one go in the background: an embedded queue works in this thread, and 200 of them held it up for 0.3 s. */
const BACKGROUND_PAGE = 50;

/** What is newer than this is not looked for again. */
const FRESH_MS = 1000;

/** After this long without a question the index is let go. */
const IDLE_MS = 15 * 60 * 1000;

const DAY_MS = 86_400_000;

/** Hexadecimal digits that are taken for an id or the beginning of one. */
const ID_PREFIX = /^[0-9a-f]{6,64}$/;
const ID_DIGITS = 64;

/**
 * What became of which mail, for people: the latest, a search, one mail. The newest mails are there at once; older ones are
 * read in the background when somebody begins to ask, and kept in memory until nobody has asked for a while.
 * Every question rejects with QueueUnavailableError while the store is away.
 */
export class MailLog {
  #index = new MailIndex();
  #filling: Filling | null = null;
  #refreshing: Promise<void> | null = null;
  #freshAt = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(private readonly queue: MailQueue) {}

  /** @param waitMs how long it may take until as much of the ledger has been read as the question is about */
  async list(query: MailQuery, waitMs = 0): Promise<MailList> {
    await this.#look();
    const isComplete = await this.#ready(query, waitMs);
    const ids = this.#index.select(query);
    const records = await this.#read(ids.slice(0, query.limit));
    const counts = await this.queue.getJobCounts(...SETTLED, ...UNDER_WAY);
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return {
      // The state is as of now, the index may be a second older.
      mails: records.filter(({ state }) => query.state === null || state === query.state).map(summaryOf),
      more: ids.length > query.limit,
      searched: isComplete && total <= MAX_MAILS_INDEXED ? total : Math.min(this.#index.size, total),
      total,
    };
  }

  /** What was settled in each of the last 24 hours. @param waitMs how long it may take until all of the day has been read */
  async day(waitMs = 0): Promise<DayCount> {
    await this.#look();
    const since = Date.now() - DAY_MS;
    const isComplete = await this.#until(({ done, back }) => done || back < since, waitMs);
    return { hours: this.#index.hours(Date.now()), isComplete };
  }

  /** How many mails are under way, and how many have failed. */
  async counts(): Promise<{ underWay: number; failed: number }> {
    const { failed = 0, ...underWay } = await this.queue.getJobCounts('failed', ...UNDER_WAY);
    return { underWay: Object.values(underWay).reduce((sum, count) => sum + count, 0), failed };
  }

  /** One mail by its id, or by a beginning of it that is no other's. */
  async find(idOrPrefix: string): Promise<MailRecord | LookUpRefusal> {
    const wanted = idOrPrefix.toLowerCase();
    if (!ID_PREFIX.test(wanted)) return 'no id';
    if (wanted.length === ID_DIGITS) return (await this.#read([wanted]))[0] ?? 'unknown';
    const ids = await this.queue.getRanges([...SETTLED, ...UNDER_WAY], 0, -1);
    const found = ids.filter((id) => id.startsWith(wanted));
    if (found.length > 1) return 'ambiguous';
    return (await this.#read(found))[0] ?? 'unknown';
  }

  /** The mails that failed for good, newest first, at most MAX_MAILS_INDEXED. */
  async *failed(): AsyncGenerator<MailRecord> {
    const ids = await this.queue.getRanges(['failed'], 0, MAX_MAILS_INDEXED - 1);
    for (let start = 0; start < ids.length; start += PAGE) yield* await this.#read(ids.slice(start, start + PAGE));
  }

  /** Lets go of everything and ends what runs in the background. */
  close(): void {
    clearTimeout(this.#idle);
    this.#filling?.stop();
    this.#filling = null;
    this.#freshAt = 0;
    this.#index = new MailIndex();
  }

  /** Looks for what is new, and begins to read what is old. */
  async #look(): Promise<void> {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.close(), IDLE_MS).unref();
    if (Date.now() - this.#freshAt >= FRESH_MS) {
      this.#refreshing ??= this.#refresh().finally(() => {
        this.#refreshing = null;
      });
    }
    await this.#refreshing;
    this.#filling ??= this.#fill();
  }

  async #refresh(): Promise<void> {
    const began = Date.now();
    for (const type of SETTLED) {
      const isKnown = (id: string) => this.#isKnownAs(type, id);
      for (let start = 0; ; start += PAGE) {
        const ids = await this.queue.getRanges([type], start, start + PAGE - 1);
        await this.#read(ids.filter((id) => !isKnown(id)));
        // The newest come first. What is older than the first page of the first look comes with the filling.
        if (ids.length < PAGE || this.#freshAt === 0 || ids.some(isKnown)) break;
      }
    }
    const underWay = await this.queue.getRanges([...UNDER_WAY], 0, MAX_MAILS_INDEXED - 1);
    const unknown = underWay.filter((id) => this.#index.stateOf(id) !== 'under-way');
    for (let start = 0; start < unknown.length; start += PAGE) await this.#read(unknown.slice(start, start + PAGE));
    this.#freshAt = began;
  }

  #isKnownAs(type: (typeof SETTLED)[number], id: string): boolean {
    const state = this.#index.stateOf(id);
    return type === 'failed' ? state === 'failed' : state !== null && state !== 'failed' && state !== 'under-way';
  }

  /** Reads the settled mails that are not known yet, newest first, with pauses as long as the work: others share this thread and the store. */
  #fill(): Filling {
    let stopped = false;
    const filling: Filling = {
      done: false,
      failed: false,
      back: Number.POSITIVE_INFINITY,
      stop: () => {
        stopped = true;
      },
    };
    const run = async () => {
      for (const type of SETTLED) {
        const ids = await this.queue.getRanges([type], 0, MAX_MAILS_INDEXED - 1);
        for (let start = 0; start < ids.length && !stopped; start += BACKGROUND_PAGE) {
          const began = Date.now();
          const page = ids.slice(start, start + BACKGROUND_PAGE);
          const read = await this.#read(page.filter((id) => !this.#isKnownAs(type, id)));
          if (type === 'completed' && read.length > 0) filling.back = read.at(-1)?.at ?? 0;
          await sleep(Date.now() - began, undefined, { ref: false });
        }
        filling.failed ||= type === 'failed';
      }
      filling.done = !stopped;
    };
    run().catch(() => {
      // The store is away: the next question begins anew.
      if (this.#filling === filling) this.#filling = null;
    });
    return filling;
  }

  /** Waits until all that a question is about has been read; false where it was not after `waitMs`. */
  async #ready({ state, search, offset, limit }: MailQuery, waitMs: number): Promise<boolean> {
    const isOfTheNewest = search === '' && state === null && offset + limit < PAGE;
    if (isOfTheNewest || state === 'under-way') return true;
    return this.#until(({ done, failed }) => done || (failed && state === 'failed'), waitMs);
  }

  async #until(isRead: (filling: Filling) => boolean, waitMs: number): Promise<boolean> {
    const end = Date.now() + waitMs;
    while (this.#filling && !isRead(this.#filling) && Date.now() < end) await sleep(20);
    return this.#filling !== null && isRead(this.#filling);
  }

  /** The records of those ids that the ledger has, in their order; the index learns of them, and of those that are gone. */
  async #read(ids: readonly string[]): Promise<MailRecord[]> {
    const index = this.#index;
    const jobs = await Promise.all(ids.map((id) => this.queue.getJob(id)));
    return jobs.flatMap((job, i) => {
      const record = job && recordOf(job);
      if (record) index.put(record);
      else index.delete(ids[i] ?? '');
      return record ? [record] : [];
    });
  }
}

/** The reading of the older mails. */
interface Filling {
  done: boolean;
  /** Whether all that failed has been read. */
  failed: boolean;
  /** How far back it has come, ms since 1970. */
  back: number;
  stop(): void;
}

function summaryOf({ id, state, ticketId, reason, from, subject, messageId, at }: MailRecord) {
  return { id, state, ticketId, reason, from, subject, messageId, at };
}
