import { DeliveryPostponedError } from '../errors.js';
import { MAX_CLAIMS_REMEMBERED, MAX_PARENT_WAIT_MS } from '../limits.js';
import type { KnownTicket } from '../mail/ledger-entry.js';
import type { SettledMail, ThreadMail } from './ledger.js';

/** The parts of the ledger that know what belongs together. */
interface ThreadLedger {
  settledSince(since: number): AsyncIterable<SettledMail>;
  ticketOfMessageId(mailbox: string, messageIds: readonly string[]): Promise<readonly ThreadMail[]>;
}

/** A mail that answers others. */
export interface Answer {
  readonly mailbox: string;
  /** Message-IDs of what it answers, the nearest first. */
  readonly parents: readonly string[];
  /** INTERNALDATE as an ISO string, and UID: the order in which mails came. */
  readonly receivedAt: string;
  readonly uid: number;
  /** When it was queued, ms since 1970. */
  readonly queuedAt: number;
}

/** The wait for a mail that is still under way: half of what has been waited already, within these bounds, in ms. */
const WAIT_MS = { least: 2000, most: 5 * 60 * 1000 };

/** What the ledger of an earlier moment may lack: another machine settles by another clock. */
const OVERLAP_MS = 60_000;

/**
 * Which mails belong to one ticket. Whose a ticket is and who took part in it is read from the whole ledger when somebody asks for
 * the first time, and from then on only what is new; of at most MAX_CLAIMS_REMEMBERED tickets.
 */
export class Conversations {
  readonly #tickets = new Map<string, { owner: string | null; people: Set<string> }>();
  #readTo = 0;

  constructor(private readonly ledger: ThreadLedger) {}

  /**
   * The tickets of the mails that this one answers, the nearest first; what the ledger does not know, or did not bring to the
   * helpdesk, is left out.
   *
   * A mail under way that came before this one is waited for, which keeps a thread in its order. Only what came before: mails
   * that name each other would wait for ever.
   *
   * @throws DeliveryPostponedError where one is waited for, for MAX_PARENT_WAIT_MS at most
   */
  async parentsOf(answer: Answer): Promise<string[]> {
    if (answer.parents.length === 0) return [];
    const mails = await this.ledger.ticketOfMessageId(answer.mailbox, answer.parents);
    const waitedMs = Date.now() - answer.queuedAt;
    if (waitedMs < MAX_PARENT_WAIT_MS && mails.some((mail) => mail.kind === 'under way' && isBefore(mail, answer))) {
      const forMs = Math.min(Math.max(waitedMs / 2, WAIT_MS.least), WAIT_MS.most);
      throw new DeliveryPostponedError('the mail that this one answers is still on its way to the helpdesk', forMs);
    }
    return [...new Set(mails.flatMap((mail) => (mail.kind === 'ticket' ? [mail.ticketId] : [])))];
  }

  /** Null where the ledger knows no mail that made this ticket. */
  async known(ticketId: string): Promise<KnownTicket | null> {
    await this.#read();
    const ticket = this.#tickets.get(ticketId);
    return ticket && ticket.owner !== null ? { owner: ticket.owner, people: [...ticket.people] } : null;
  }

  async #read(): Promise<void> {
    const now = Date.now();
    const found: { ticketId: string; owner: string | null; people: readonly string[] }[] = [];
    for await (const { outcome, digest } of this.ledger.settledSince(this.#readTo - OVERLAP_MS)) {
      if (outcome.kind === 'ignored' || digest === null) continue;
      const owner = outcome.kind === 'created' ? digest.requester : null;
      found.push({ ticketId: outcome.ticketId, owner, people: digest.people ?? [] });
      if (found.length === MAX_CLAIMS_REMEMBERED) break;
    }
    // The oldest first, as they are forgotten in that order.
    for (const { ticketId, owner, people } of found.reverse()) {
      const ticket = this.#tickets.get(ticketId) ?? { owner: null, people: new Set() };
      ticket.owner = owner ?? ticket.owner;
      for (const person of people) ticket.people.add(person);
      this.#tickets.set(ticketId, ticket);
    }
    this.#readTo = now;
    for (const oldest of this.#tickets.keys()) {
      if (this.#tickets.size <= MAX_CLAIMS_REMEMBERED) break;
      this.#tickets.delete(oldest);
    }
  }
}

/** A total order: no ring of mails can wait for each other. */
function isBefore(mail: { readonly receivedAt: string; readonly uid: number }, answer: Answer): boolean {
  return mail.receivedAt === answer.receivedAt ? mail.uid < answer.uid : mail.receivedAt < answer.receivedAt;
}
