import { MailboxUnavailableError } from '../errors.js';
import { MAX_REFUSALS_IN_A_ROW } from '../limits.js';
import type { Log } from '../log/log-actions.js';
import type { LedgerEntry } from '../mail/ledger-entry.js';
import { type OpenFolder, standsWhereItStood } from './standing.js';
import { Unmoved } from './unmoved.js';

/** A mail whose fate is known, under each UID it stands at. */
export interface Settled {
  readonly id: string;
  readonly uids: readonly number[];
  readonly entry: LedgerEntry;
}

interface MovingOptions extends Pick<OpenFolder, 'client' | 'uidValidity' | 'mailbox'> {
  readonly log: Log;
  readonly now: () => number;
}

/** Moves settled mail out of the watched folder. What the server does not move stays, and keeps no other mail from its ticket. */
export class Moving {
  readonly #unmoved = new Unmoved();

  constructor(private readonly options: MovingOptions) {}

  /**
   * @param path of the folder to move to
   * @returns those that the server says it has moved
   * @throws MailboxUnavailableError where the connection has ended
   */
  async move(mails: readonly Settled[], path: string): Promise<readonly Settled[]> {
    const due = mails.filter((mail) => this.#isDue(mail, path));
    if (due.length === 0 || (await this.#ask(due, path))) return due;
    const moved: Settled[] = [];
    for (const [asked, mail] of due.entries()) {
      // It moves none then, as for want of space. Those that were not asked for alone are due at the next look.
      if (asked - moved.length >= MAX_REFUSALS_IN_A_ROW) break;
      if (due.length > 1 && (await this.#ask([mail], path))) moved.push(mail);
      else this.#notMoved(mail, path);
    }
    return moved;
  }

  /** After a look at the whole folder: what has gone needs no further try. */
  keepOnly(standing: ReadonlySet<number>): void {
    this.#unmoved.keepOnly(standing);
  }

  async #ask(mails: readonly Settled[], path: string): Promise<boolean> {
    const { client } = this.options;
    if (await client.messageMove(mails.flatMap(({ uids }) => uids).join(','), path, { uid: true })) return true;
    if (!client.usable) throw new MailboxUnavailableError(`mail could not be moved to ${path}`);
    return false;
  }

  #isDue(mail: Settled, path: string): boolean {
    const { uidValidity, now } = this.options;
    const { entry, uids } = mail;
    const wasMoved = entry.filedIn !== null && standsWhereItStood(entry.location, uidValidity, uids);
    if (wasMoved && this.#unmoved.sighted(Math.min(...uids))) this.#notMoved(mail, path);
    return this.#unmoved.isDue(Math.min(...uids), now());
  }

  #notMoved({ id, uids }: Settled, path: string): void {
    const { mailbox, log, now } = this.options;
    const retryInMs = this.#unmoved.refused(Math.min(...uids), now());
    const reason = `mail could not be moved to ${path}`;
    log.error({ action: 'mail.unmoved', mail: id, mailbox, reason, retryInMs }, 'settled mail stays where it stands');
  }
}
