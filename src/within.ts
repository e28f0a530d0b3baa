import { setTimeout as sleep } from 'node:timers/promises';

/** What `within` gives where the time was over first. */
export const LATE = Symbol('late');

/** The answer, or LATE where it has not come after so many milliseconds: then it is not waited for. Rejects as the answer does. */
export async function within<T>(ms: number, answer: Promise<T>): Promise<T | typeof LATE> {
  const timer = new AbortController();
  const late = sleep<typeof LATE>(ms, LATE, { signal: timer.signal }).catch((): typeof LATE => LATE);
  try {
    return await Promise.race([answer, late]);
  } finally {
    timer.abort();
  }
}
