import { statfsSync } from 'node:fs';

/** Room for PGlite's log to grow by some segments of 16 MB: where it cannot write the log, it tries for ever, and the process with it. */
export const MIN_FREE_BYTES = 128 * 2 ** 20;

/** Whether the disk of a directory lacks MIN_FREE_BYTES. */
export function isFull(path: string): boolean {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize < MIN_FREE_BYTES;
}
