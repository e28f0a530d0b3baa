import { MAX_MAILS_PER_BATCH } from '../limits.js';

/** UIDs or ids, MAX_MAILS_PER_BATCH at a time: a folder may hold 100,000, and a server may refuse a line with thousands of them. */
export function* batches<T>(mails: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < mails.length; start += MAX_MAILS_PER_BATCH) {
    yield mails.slice(start, start + MAX_MAILS_PER_BATCH);
  }
}
