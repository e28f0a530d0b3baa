import { describe, expect, it } from 'vitest';
import { Unmoved } from '../../src/imap/unmoved.js';

const MINUTE = 60_000;

describe('a mail that the server does not move', () => {
  it('is tried again after a minute, then ever more seldom, at last once an hour', () => {
    const unmoved = new Unmoved();
    const waits: number[] = [];
    for (let now = 0, tries = 0; tries < 9; tries++) {
      expect(unmoved.isDue(7, now)).toBe(true);
      const wait = unmoved.refused(7, now);
      expect(unmoved.isDue(7, now + wait - 1)).toBe(false);
      waits.push(wait / MINUTE);
      now += wait;
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('is tried no more often where the server says that it was moved', () => {
    const unmoved = new Unmoved();
    unmoved.refused(7, 0);
    expect(unmoved.isDue(7, MINUTE)).toBe(true);
    expect(unmoved.isDue(7, MINUTE)).toBe(false);
    expect(unmoved.isDue(7, 3 * MINUTE)).toBe(true);
  });

  it('is one only once it has been seen twice after it was moved', () => {
    const unmoved = new Unmoved();
    expect([unmoved.sighted(7), unmoved.sighted(7)]).toEqual([false, true]);
    expect(unmoved.isDue(7, MINUTE)).toBe(false);
    unmoved.refused(7, 0);
    expect(unmoved.sighted(7)).toBe(false);
  });

  it('is forgotten once it is gone', () => {
    const unmoved = new Unmoved();
    unmoved.refused(7, 0);
    unmoved.keepOnly(new Set([8]));
    expect(unmoved.isDue(7, 0)).toBe(true);
  });
});
