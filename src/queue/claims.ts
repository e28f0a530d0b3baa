import { MAX_CLAIMS_REMEMBERED } from '../limits.js';
import type { Outcome } from '../mail/outcome.js';

/** The part of the ledger that knows who holds what. */
interface SettledEntries {
  settledSince(since: number): AsyncIterable<{ readonly id: string; readonly outcome: Outcome }>;
}

/** What one mail may ask: whether another mail holds a ticket or a reply already. */
export interface ClaimsOfMail {
  isTaken(ticketId: string): Promise<boolean>;
  isReplyTaken(replyId: string): Promise<boolean>;
}

/** A ticket that another mail's attempt made may be this much older than this mail: the helpdesk's dates have no zone. */
const MARGIN_MS = 15 * 60 * 60 * 1000;

/**
 * Who holds which ticket and reply, so that of two mails with the same words each gets its own. The ledger is read when
 * somebody asks, and from then on only what is new in it; what this process adopts or makes counts at once, before the ledger has it.
 */
export class Claims {
  readonly #holders = new Map<string, string>();
  #readFrom = Number.POSITIVE_INFINITY;
  #readTo = 0;

  constructor(private readonly ledger: SettledEntries) {}

  /** @param queuedAt when the mail was queued, ms since 1970 */
  of(id: string, queuedAt: number): ClaimsOfMail {
    const isTaken = async (key: string) => {
      await this.#read(queuedAt - MARGIN_MS);
      const holder = this.#holders.get(key);
      if (holder === undefined) this.#remember(key, id);
      return holder !== undefined && holder !== id;
    };
    return {
      isTaken: (ticketId) => isTaken(`ticket ${ticketId}`),
      isReplyTaken: (replyId) => isTaken(`reply ${replyId}`),
    };
  }

  /** Notes what a mail was settled with. */
  settled(id: string, outcome: Outcome): void {
    if (outcome.kind === 'created') this.#remember(`ticket ${outcome.ticketId}`, id);
    if (outcome.kind === 'replied' && outcome.replyId !== undefined) this.#remember(`reply ${outcome.replyId}`, id);
  }

  async #read(since: number): Promise<void> {
    const now = Date.now();
    // A minute of overlap, for entries that another machine with another clock has settled.
    const from = since < this.#readFrom ? since : this.#readTo - 60_000;
    for await (const { id, outcome } of this.ledger.settledSince(from)) this.settled(id, outcome);
    this.#readFrom = Math.min(this.#readFrom, since);
    this.#readTo = now;
  }

  #remember(key: string, id: string): void {
    this.#holders.delete(key);
    this.#holders.set(key, id);
    if (this.#holders.size <= MAX_CLAIMS_REMEMBERED) return;
    const oldest = this.#holders.keys().next();
    if (!oldest.done) this.#holders.delete(oldest.value);
  }
}
