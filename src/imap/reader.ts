import type { ImapFlow } from 'imapflow';
import { MAX_BATCH_BYTES, MAX_BROKEN_READINGS } from '../limits.js';
import type { Log } from '../log/log-actions.js';
import type { Judgement } from '../mail/decision.js';
import type { MailLocation, NewEntry } from '../mail/ledger-entry.js';
import type { Judge, Readings } from './ports.js';
import { bytesToRead, readMails } from './read-mails.js';
import type { Standing } from './standing.js';

export interface ReaderOptions {
  readonly client: ImapFlow;
  readonly mailbox: string;
  readonly folder: string;
  readonly uidValidity: string;
  readonly judge: Judge;
  readonly readings: Readings;
  /** Up to which size mails are fetched whole; MAX_WHOLE_BYTES where it is not given. */
  readonly wholeBytes?: number | undefined;
  readonly log: Log;
}

/** How a mail is to be judged and delivered. */
export interface Handling {
  readonly real: boolean;
  readonly lookFirst: boolean;
}

/** An entry of a mail that stands in the folder. */
export type StandingEntry = NewEntry & { readonly location: MailLocation };

/**
 * Makes entries for the ledger of the mails that stand in the folder, some at a time. Before it touches a mail it notes so
 * where the note survives the process. What such notes were left of was in hand when a process or connection died: those mails
 * are read one by one, and one that has done so MAX_BROKEN_READINGS times is not read any more but judged by its envelope.
 */
export class MailReader {
  #broken: ReadonlyMap<string, number> | null = null;
  /** How often the server has given nothing of a mail that it lists, by UID. */
  readonly #ungiven = new Map<number, number>();

  constructor(private readonly options: ReaderOptions) {}

  /**
   * @param commit gets the entries of each group, and makes them durable before it resolves
   * @param arrived called once the server has sent the last of them, from when on another command holds nothing up. Not where something has
   *   broken a reading before: the mails in hand would take the blame for what that command does to the connection.
   */
  async readAll(
    mails: readonly Standing[],
    handlingOf: (mail: Standing) => Handling,
    commit: (entries: readonly StandingEntry[]) => Promise<void>,
    arrived: () => void = () => {},
  ): Promise<void> {
    const { mailbox, readings } = this.options;
    this.#broken ??= await readings.broken(mailbox);
    const groups = this.#groups(mails);
    const last = this.#broken.size === 0 ? groups.at(-1) : null;
    for (const group of groups) {
      const end = await readings.begin(
        mailbox,
        group.map(({ id }) => id),
      );
      const entries = await this.#read(group, handlingOf, group === last ? arrived : () => {});
      if (entries.length > 0) await commit(entries);
      end();
    }
  }

  /** Every mail in the folder has been dealt with: what broke readings before is settled. */
  async allRead(): Promise<void> {
    if (!this.#broken?.size) return;
    await this.options.readings.forget(this.options.mailbox);
    this.#broken = new Map();
  }

  async #read(
    group: readonly Standing[],
    handlingOf: (mail: Standing) => Handling,
    arrived: () => void,
  ): Promise<StandingEntry[]> {
    const { client, judge } = this.options;
    const [only] = group;
    if (group.length === 1 && only && this.#timesBroken(only) >= MAX_BROKEN_READINGS) {
      return [
        await this.#byEnvelope(only, handlingOf, 'a mail has broken every reading and is judged by its envelope'),
      ];
    }
    const byUid = new Map(group.map((mail) => [mail.uid, mail]));
    const given = new Set<number>();
    const judged: Promise<StandingEntry>[] = [];
    const sized = group.map(({ uid, envelope }) => ({ uid, sizeBytes: envelope.sizeBytes }));
    // Judged while the next ones arrive.
    for await (const { uid, source } of readMails(client, sized, this.options.wholeBytes)) {
      const mail = byUid.get(uid);
      if (!mail || given.has(uid)) continue;
      given.add(uid);
      const handling = handlingOf(mail);
      const entry = judge(source, mail.envelope, handling).then((judgement) => this.#entry(mail, handling, judgement));
      // Awaited below: one that rejects before the last has arrived must not end the process.
      entry.catch(() => {});
      judged.push(entry);
    }
    arrived();
    for (const mail of group.filter(({ uid }) => !given.has(uid))) judged.push(...this.#withoutBody(mail, handlingOf));
    return (await Promise.all(judged)).sort((a, b) => a.location.uid - b.location.uid);
  }

  /** A mail of which nothing came: it has gone meanwhile, and the next look will not list it, or the server has lost its body. */
  #withoutBody(mail: Standing, handlingOf: (mail: Standing) => Handling): Promise<StandingEntry>[] {
    const times = (this.#ungiven.get(mail.uid) ?? 0) + 1;
    this.#ungiven.set(mail.uid, times);
    if (times < MAX_BROKEN_READINGS) return [];
    const words = 'the server gives nothing of a mail that it lists, which is judged by its envelope';
    return [this.#byEnvelope(mail, handlingOf, words)];
  }

  async #byEnvelope(mail: Standing, handlingOf: (mail: Standing) => Handling, words: string): Promise<StandingEntry> {
    const { judge, log } = this.options;
    const { id, uid, envelope } = mail;
    log.error({ action: 'mail.unreadable', mail: id, uid, messageId: envelope.messageId }, words);
    const handling = handlingOf(mail);
    return this.#entry(mail, handling, await judge(null, envelope, handling));
  }

  #entry(mail: Standing, { lookFirst }: Handling, judgement: Judgement): StandingEntry {
    const { mailbox, folder, uidValidity } = this.options;
    const { id, uid, envelope, fingerprint } = mail;
    return { id, mailbox, location: { folder, uidValidity, uid }, envelope, fingerprint, judgement, lookFirst };
  }

  /** Groups of at most MAX_BATCH_BYTES together, or of a single larger mail; what broke a reading before is alone in its group. */
  #groups(mails: readonly Standing[]): Standing[][] {
    const groups: Standing[][] = [];
    let bytes = Number.POSITIVE_INFINITY;
    for (const mail of mails) {
      const alone = this.#timesBroken(mail) > 0;
      bytes += bytesToRead(mail.envelope.sizeBytes);
      if (alone || bytes > MAX_BATCH_BYTES) {
        groups.push([]);
        bytes = alone ? Number.POSITIVE_INFINITY : bytesToRead(mail.envelope.sizeBytes);
      }
      groups.at(-1)?.push(mail);
    }
    return groups;
  }

  #timesBroken({ id }: Standing): number {
    return this.#broken?.get(id) ?? 0;
  }
}
