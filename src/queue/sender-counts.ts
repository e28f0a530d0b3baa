import { withoutPlus } from '../mail/sender.js';

/**
 * When something was done for whom, for as long as a window is open: what a limit for each sender is held against. What is
 * older than the window, and beyond a bound the oldest, is forgotten.
 */
export class SenderCounts {
  /** In the order of their times, or nearly. */
  readonly #events = new Map<string, { readonly sender: string; readonly at: number }>();
  readonly #ids = new Map<string, Set<string>>();

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
    const sender = withoutPlus(address);
    this.#events.set(id, { sender, at });
    const ids = this.#ids.get(sender);
    if (ids) ids.add(id);
    else this.#ids.set(sender, new Set([id]));
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
    return this.#ids.get(withoutPlus(address))?.size ?? 0;
  }

  /** The times of this sender's events, ms since 1970. */
  times(address: string): number[] {
    return [...(this.#ids.get(withoutPlus(address)) ?? [])].map((id) => this.#events.get(id)?.at ?? 0);
  }

  #forgetOldest(): void {
    const oldest = this.#events.keys().next();
    if (!oldest.done) this.#forget(oldest.value);
  }

  #forget(id: string): void {
    const event = this.#events.get(id);
    if (!event) return;
    this.#events.delete(id);
    const ids = this.#ids.get(event.sender);
    ids?.delete(id);
    if (ids?.size === 0) this.#ids.delete(event.sender);
  }
}
