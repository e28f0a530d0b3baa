import type { Outcome } from '../mail/outcome.js';
import { wordsOf } from '../mail/twins.js';
import type { Claims } from './claims.js';
import type { Deliver, DeliveryOrder } from './ports.js';
import { Turns } from './turns.js';

/** The deliveries of this process that are under way, which must not get in each other's way. */
export class RunningDeliveries {
  /** By the mail's id. */
  readonly #running = new Map<string, Promise<Outcome>>();
  readonly #turns = new Turns();

  constructor(
    private readonly carry: Deliver,
    private readonly claims: Pick<Claims, 'settled'>,
  ) {}

  /**
   * A store that was emptied, or lost a lock, gives a mail out again while its delivery still runs. Looking for its traces would
   * come too soon then, so both attempts end as the running one does.
   */
  deliver(id: string, order: DeliveryOrder): Promise<Outcome> {
    const running = this.#running.get(id);
    if (running) return running;
    // One that looks would take for its own what another one in the same words is just making, since nobody holds that yet.
    const delivery = this.#turns
      .run(wordsOf(order.decision), order.lookFirst, async () => {
        const outcome = await this.carry(order);
        this.claims.settled(id, outcome);
        return outcome;
      })
      .finally(() => this.#running.delete(id));
    this.#running.set(id, delivery);
    return delivery;
  }
}
