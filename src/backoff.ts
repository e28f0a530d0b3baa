/**
 * The wait before another try: doubling from the first to the last, and of that a random part between half and all, so that
 * what failed together does not come back in one wave.
 *
 * @param failures tries that have failed, this one included
 * @param random from 0 to 1
 * @returns milliseconds
 */
export function backoffMs(
  { first, last }: { readonly first: number; readonly last: number },
  failures: number,
  random: number,
): number {
  const full = Math.min(last, first * 2 ** Math.min(Math.max(0, failures - 1), 30));
  return Math.round(full / 2 + (full / 2) * random);
}
