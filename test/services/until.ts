import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until the answer is neither null, undefined nor false, and gives it back; fails with `what` when it takes too long. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  limitMs = 60_000,
): Promise<Exclude<T, null | undefined | false>> {
  for (const end = Date.now() + limitMs; ; await sleep(25)) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false)
      return answer as Exclude<T, null | undefined | false>;
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
  }
}
