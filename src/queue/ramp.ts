/**
 * How many deliveries may run at one time. After an outage all that has waited would come at once, to a helpdesk that has just got
 * up: so a failure that concerns every mail brings the number down to one, and each success lets one more run beside it.
 */
export class Ramp {
  #allowed: number;

  /** @param most WORKER_CONCURRENCY */
  constructor(private readonly most: number) {
    this.#allowed = most;
  }

  /** @returns how many may run from now on */
  failed(): number {
    this.#allowed = 1;
    return this.#allowed;
  }

  /** @returns how many may run from now on */
  succeeded(): number {
    this.#allowed = Math.min(this.most, this.#allowed + 1);
    return this.#allowed;
  }
}
