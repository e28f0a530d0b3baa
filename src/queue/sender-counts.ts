/**
 * When something was done for whom, for as long as a window is open: what a limit for each sender is held against. What is
 * older than the window, and beyond a bound the oldest, is forgotten.
 */
export class SenderCounts {
  /** In the order of their times, or nearly. */
  readonly #events = new Map<string, { readonly sender: string; readonly at: number }>();
  readonly #counts = new Map<string, number>();

  /** @param most events that are remembered */
  constructor(
    private readonly windowMs: number,
    private readonly most: number,
  ) {}

  /**
   * @param id of the event: one that is noted again only moves to its new time
   * @param at ms since 1970
   */
  note(id: string, address: string, at: number): void {
    this.#forget(id);
    const sender = senderOf(address);
    this.#events.set(id, { sender, at });
    this.#counts.set(sender, (this.#counts.get(sender) ?? 0) + 1);
    if (this.#events.size > this.most) this.#forgetOldest();
  }

  has(id: string): boolean {
    return this.#events.has(id);
  }

  /** How many events of this sender lie in the window that ends now. */
  count(address: string, now: number): number {
    for (const { at } of this.#events.values()) {
      if (at > now - this.windowMs) break;
      this.#forgetOldest();
    }
    return this.#counts.get(senderOf(address)) ?? 0;
  }

  /** The times of this sender's events, ms since 1970. Looks through all events: for the rare case. */
  times(address: string): number[] {
    const sender = senderOf(address);
    return [...this.#events.values()].flatMap((event) => (event.sender === sender ? [event.at] : []));
  }

  #forgetOldest(): void {
    const oldest = this.#events.keys().next();
    if (!oldest.done) this.#forget(oldest.value);
  }

  #forget(id: string): void {
    const event = this.#events.get(id);
    if (!event) return;
    this.#events.delete(id);
    const left = (this.#counts.get(event.sender) ?? 1) - 1;
    if (left > 0) this.#counts.set(event.sender, left);
    else this.#counts.delete(event.sender);
  }
}

/** Helpdesks and robots write under a new plus address for each mail (`reply+4711@`): to a limit they are one sender. */
function senderOf(address: string): string {
  return address.toLowerCase().replace(/^([^+@"]+)\+[^@]*@/, '$1@');
}
