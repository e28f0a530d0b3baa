import { MAX_MAILS_PER_BATCH } from '../limits.js';

/** UIDs, MAX_MAILS_PER_BATCH at a time: a folder may hold 100,000, and a server may refuse a line with thousands of them. */
export function* batches(uids: readonly number[]): Generator<readonly number[]> {
  for (let start = 0; start < uids.length; start += MAX_MAILS_PER_BATCH) {
    yield uids.slice(start, start + MAX_MAILS_PER_BATCH);
  }
}
