import type { Job } from 'bullmq';

/** The mail of this attempt was given to another worker, which looks for what this one has done: it must do nothing more. */
export class OvertakenError extends Error {
  constructor() {
    super('another worker has taken the mail over');
  }
}

/**
 * A check that an attempt is still the only one of its mail, for the moment before it posts. A machine that slept, or that lost
 * the store for longer than a lock lasts, would post what another worker has posted meanwhile.
 *
 * @param lockMs how long a lock lasts: a younger attempt has it for certain, and asks nobody
 * @returns rejects with OvertakenError where it is not, and with QueueUnavailableError where the store does not say
 */
export function stillOurs(job: Pick<Job, 'extendLock' | 'token'>, lockMs: number): () => Promise<void> {
  // By the clock on the wall: the other one stands still while a machine sleeps.
  const begun = Date.now();
  return async () => {
    if (Date.now() - begun < lockMs) return;
    if (Number(await job.extendLock(job.token ?? '', lockMs)) !== 1) throw new OvertakenError();
  };
}
