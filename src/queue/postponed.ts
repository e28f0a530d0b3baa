import { DeliveryPostponedError } from '../errors.js';
import { MAX_MAILS_POSTPONED } from '../limits.js';
import type { Backend, BackendQueue } from './backend.js';

/**
 * The mails that wait for their turn, each as a job that nobody works on: so every process can count them. They take none of the
 * room for mails under way, or a thousand mails of one flooding sender would leave none for anybody else's.
 *
 * Every call rejects with QueueUnavailableError while the store is away.
 */
export class Postponed {
  private constructor(private readonly queue: BackendQueue<Record<string, never>, never>) {}

  /** @throws QueueUnavailableError where the store does not answer */
  static async open(backend: Backend): Promise<Postponed> {
    return new Postponed(await backend.queue('postponed'));
  }

  async add(id: string): Promise<void> {
    await this.queue.add('postponed', {}, { jobId: id });
  }

  /**
   * What `ask` gives; where it says that the mail has to wait, and there is no room for one more that waits, `instead`. Else so many
   * would take the room for mails under way, and nobody's mail would get through any more.
   */
  async orInstead<T>(ask: () => Promise<T>, instead: T): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof DeliveryPostponedError) || (await this.count()) < MAX_MAILS_POSTPONED) throw error;
      return instead;
    }
  }

  async delete(id: string): Promise<void> {
    await this.queue.remove(id);
  }

  /** How many there are, MAX_MAILS_POSTPONED at most. */
  async count(): Promise<number> {
    const { waiting = 0 } = await this.queue.getJobCounts('waiting');
    return Math.min(waiting, MAX_MAILS_POSTPONED);
  }
}
