import { describe, expect, it } from 'vitest';
import { retryDelayMs } from '../../src/queue/retry.js';

describe('the wait before the next attempt', () => {
  it.each([
    [1, 5_000],
    [2, 10_000],
    [3, 20_000],
    [8, 640_000],
    [9, 900_000],
    [1000, 900_000],
  ])('is after %i failed attempts between half of %i ms and all of it', (failed, longest) => {
    expect(retryDelayMs(failed, 0, 5, 0)).toBe(longest / 2);
    expect(retryDelayMs(failed, 0, 5, 1)).toBe(longest);
  });

  it('ends with RETRY_DAYS', () => {
    const fiveDays = 5 * 86_400_000;
    expect(retryDelayMs(3, fiveDays - 1, 5, 0)).toBeGreaterThan(0);
    expect(retryDelayMs(3, fiveDays, 5, 0)).toBe(-1);
    expect(retryDelayMs(1, 0, 0, 0)).toBe(-1);
  });
});
