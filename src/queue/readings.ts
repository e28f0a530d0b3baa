import { MAX_READINGS } from '../limits.js';
import type { BackendQueue } from './backend.js';
import { QUEUE_NAME } from './job.js';

/** The queue of readings. No worker takes from it: what stands in it is under way, or its process has died. */
export const READINGS_QUEUE_NAME = `${QUEUE_NAME}-readings`;

interface Reading {
  readonly mailbox: string;
  /** Ledger ids of the mails that are read together. */
  readonly ids: readonly string[];
}

/**
 * Which mails are being read, as jobs that stand in the queue until the reading has ended. A process that dies leaves its own
 * behind, so that the next one knows which mails may have killed it. Rejects with QueueUnavailableError while the store is away.
 */
export class JobReadings {
  /** Job ids of the readings that `broken` has told of, by mailbox. */
  readonly #told = new Map<string, string[]>();

  constructor(private readonly queue: BackendQueue<Reading, never>) {}

  /** How many readings of each mail were begun and never ended. Those of another watcher that is at work just now count too. */
  async broken(mailbox: string): Promise<ReadonlyMap<string, number>> {
    const jobs = await this.queue.getJobs(['waiting'], 0, MAX_READINGS - 1);
    const mine = jobs.filter(({ data }) => data.mailbox === mailbox);
    this.#told.set(
      mailbox,
      mine.flatMap(({ id }) => id ?? []),
    );
    const times = new Map<string, number>();
    for (const id of mine.flatMap(({ data }) => data.ids)) times.set(id, (times.get(id) ?? 0) + 1);
    return times;
  }

  /** Durable when it resolves. The function it gives back ends the reading; that may fail unseen, and only makes the mails suspect once. */
  async begin(mailbox: string, ids: readonly string[]): Promise<() => void> {
    const job = await this.queue.add('reading', { mailbox, ids });
    return () => void job.remove().catch(() => {});
  }

  /** Drops the readings that `broken` has told of. */
  async forget(mailbox: string): Promise<void> {
    for (const id of this.#told.get(mailbox) ?? []) await this.queue.remove(id);
    this.#told.delete(mailbox);
  }
}
