import { DeliveryPostponedError } from '../errors.js';
import { MAX_TICKETS_REMEMBERED } from '../limits.js';
import type { SettledMail } from './ledger.js';
import { SenderCounts } from './sender-counts.js';

/** The part of the ledger that knows whose tickets were made. */
interface SettledEntries {
  settledSince(since: number): AsyncIterable<SettledMail>;
}

const HOUR_MS = 60 * 60 * 1000;

/** How often the ledger is asked again what other processes have made; a minute twice, for clocks that differ. */
const READ_AGAIN_MS = 60_000;

/** A mail over the limit asks again after this long at most, so that a higher limit is soon felt. */
const MAX_WAIT_MS = 5 * 60 * 1000;

/**
 * Holds the new tickets of one sender to FLOOD_LIMIT an hour; what is over it waits. Whom a mail makes a ticket for counts, by what
 * this process was let make, and by the ledger: once at the start, and then for senders that come near the limit, so that a
 * mail of anybody else costs nothing. Several processes may be over it by what they made within one minute.
 */
export class Flood {
  readonly #tickets = new SenderCounts(HOUR_MS, MAX_TICKETS_REMEMBERED);
  #readTo = 0;
  #reading: Promise<void> | null = null;

  /** @param limit new tickets an hour; 0: any number */
  constructor(
    private readonly ledger: SettledEntries,
    private readonly limit: number,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Lets a mail make a ticket for this address; once let, it may come again.
   * @param verified whether the mail is from there: who forges an address must not use up what its owner may have
   * @throws DeliveryPostponedError where the sender has had its tickets of the hour
   */
  async admit(mail: string, address: string, verified: boolean): Promise<void> {
    if (this.limit === 0) return;
    const sender = senderOf(address, verified);
    const isNear = this.#tickets.count(sender, this.now()) >= this.limit / 4;
    if (this.#readTo === 0 || (isNear && this.now() - this.#readTo >= READ_AGAIN_MS)) await this.#readOnce();
    const now = this.now();
    const count = this.#tickets.count(sender, now);
    if (count < this.limit || this.#tickets.has(mail)) {
      this.#tickets.note(mail, sender, now);
      return;
    }
    const times = this.#tickets.times(sender).sort((a, b) => a - b);
    const free = (times[count - this.limit] ?? now) + HOUR_MS;
    throw new DeliveryPostponedError(
      `${address} has had ${count} new tickets within an hour, and FLOOD_LIMIT is ${this.limit}`,
      Math.min(Math.max(free - now, 1000), MAX_WAIT_MS),
    );
  }

  /** Many mails ask at once. */
  #readOnce(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const now = this.now();
    const made: { id: string; sender: string; at: number }[] = [];
    for await (const { id, outcome, digest, at } of this.ledger.settledSince(
      Math.max(this.#readTo - READ_AGAIN_MS, now - HOUR_MS),
    )) {
      if (made.length === MAX_TICKETS_REMEMBERED) break;
      if (outcome.kind !== 'created' || !digest?.requester) continue;
      made.push({ id, sender: senderOf(digest.requester, digest.verified ?? false), at });
    }
    // The oldest first, as they are forgotten in that order.
    for (const { id, sender, at } of made.reverse()) if (!this.#tickets.has(id)) this.#tickets.note(id, sender, at);
    this.#readTo = now;
  }
}

/** Under which a ticket is counted. No address begins with a blank. */
function senderOf(address: string, verified: boolean): string {
  return verified ? address : ` ${address}`;
}
