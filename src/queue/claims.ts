import { MAX_CLAIMS_REMEMBERED } from '../limits.js';
import type { Outcome } from '../mail/outcome.js';
import type { Twin } from '../mail/twins.js';

/** The part of the ledger that knows who holds what. */
interface SettledEntries {
  settledSince(since: number): AsyncIterable<{ readonly id: string; readonly outcome: Outcome }>;
}

/** What one mail may ask: whether another mail holds a ticket or a reply already. */
export interface ClaimsOfMail {
  isTaken(ticketId: string, alike: boolean): Promise<boolean>;
  heldByOthers(ticketIds: readonly string[]): Promise<ReadonlySet<string>>;
  isReplyTaken(replyId: string): Promise<boolean>;
}

/** A ticket that another mail's attempt made may be this much older than this mail: the helpdesk's dates have no zone. */
const MARGIN_MS = 15 * 60 * 60 * 1000;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Who holds which ticket and reply, so that of two mails with the same words each gets its own. The ledger is read when
 * somebody asks, and from then on only what is new in it; what this process adopts or makes counts at once, before the ledger has it.
 */
export class Claims {
  readonly #holders = new Map<string, string>();
  /** What each of these mails holds. */
  readonly #holdings = new Map<string, string>();
  #readFrom = Number.POSITIVE_INFINITY;
  #readTo = 0;

  constructor(private readonly ledger: SettledEntries) {}

  /**
   * What is only alike and held by nobody is first given to the mail's twins, each of which must have made one: whose it is cannot
   * be told, and need not be, as they say the same.
   *
   * @param since when the mail came or was queued, whichever was first, ms since 1970: what is older cannot be taken for its own
   * @param twins settled mails in the same words of which the ledger may know nothing
   */
  of(id: string, since: number, twins: readonly Twin[] = []): ClaimsOfMail {
    const isTaken = async (key: string, others: readonly Twin[]) => {
      await this.#read(since - MARGIN_MS);
      const holder = this.#holders.get(key);
      if (holder !== undefined) return holder !== id;
      // One that holds something already must not be counted again: the mail's own would be taken for its.
      const twin = others.find((other) => !this.#holdings.has(other.id));
      this.#remember(key, twin?.id ?? id);
      return twin !== undefined;
    };
    const ofOneSubject = twins.filter(({ sameSubject }) => sameSubject);
    return {
      isTaken: (ticketId, alike) => isTaken(`ticket ${ticketId}`, alike ? ofOneSubject : []),
      isReplyTaken: (replyId) => isTaken(`reply ${replyId}`, twins),
      heldByOthers: async (ticketIds) => {
        // A sender's first mail has no candidates, and must not cost a look through the last minute of the ledger.
        if (ticketIds.length === 0) return new Set();
        await this.#read(since - MARGIN_MS);
        return new Set(ticketIds.filter((ticketId) => (this.#holders.get(`ticket ${ticketId}`) ?? id) !== id));
      },
    };
  }

  /** Notes what a mail was settled with. */
  settled(id: string, outcome: Outcome): void {
    if (outcome.kind === 'created') this.#remember(`ticket ${outcome.ticketId}`, id);
    if (outcome.kind === 'replied' && outcome.replyId !== undefined) this.#remember(`reply ${outcome.replyId}`, id);
  }

  async #read(since: number): Promise<void> {
    const now = Date.now();
    // Whole days, so that mails of which each is older than the one before have the ledger read once a day of it and not once a mail.
    const day = since - (since % DAY_MS);
    // A minute of overlap, for entries that another machine with another clock has settled.
    const from = day < this.#readFrom ? day : this.#readTo - 60_000;
    const found: { id: string; outcome: Outcome }[] = [];
    for await (const { id, outcome } of this.ledger.settledSince(from)) {
      found.push({ id, outcome });
      if (found.length === MAX_CLAIMS_REMEMBERED) break;
    }
    // The oldest first, as they are forgotten in that order.
    for (const { id, outcome } of found.reverse()) this.settled(id, outcome);
    this.#readFrom = Math.min(this.#readFrom, day);
    this.#readTo = now;
  }

  #remember(key: string, id: string): void {
    this.#forget(key);
    this.#holders.set(key, id);
    this.#holdings.set(id, key);
    if (this.#holders.size <= MAX_CLAIMS_REMEMBERED) return;
    const oldest = this.#holders.keys().next();
    if (!oldest.done) this.#forget(oldest.value);
  }

  #forget(key: string): void {
    const holder = this.#holders.get(key);
    this.#holders.delete(key);
    if (holder !== undefined && this.#holdings.get(holder) === key) this.#holdings.delete(holder);
  }
}
