import type { Job } from 'bullmq';
import type { BackendQueue } from './backend.js';

/** Jobs read in one go. */
const PAGE = 200;

/**
 * The jobs of a queue that were done since then, newest first.
 * @param since ms since 1970
 */
export async function* completedSince<D, R>(queue: BackendQueue<D, R>, since: number): AsyncGenerator<Job<D, R>> {
  for (let start = 0; ; start += PAGE) {
    const jobs = await queue.getJobs(['completed'], start, start + PAGE - 1);
    for (const job of jobs) {
      if ((job.finishedOn ?? 0) < since) return;
      yield job;
    }
    if (jobs.length < PAGE) return;
  }
}
