import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Wake } from '../../src/imap/wake.js';

describe('the wake of the watcher', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Whether the wait has ended after so many more milliseconds. */
  async function endsWithin(waiting: Promise<unknown>, ms: number): Promise<boolean> {
    let ended = false;
    void waiting.then(() => {
      ended = true;
    });
    await vi.advanceTimersByTimeAsync(ms);
    return ended;
  }

  it('comes at once for new mail', async () => {
    const wake = new Wake();
    const waiting = wake.next(1000, 50);
    wake.newMail();
    expect(await endsWithin(waiting, 0)).toBe(true);
    expect(await waiting).toEqual({ newMail: true, finished: [] });
  });

  it('comes at once for what happened while the watcher worked', async () => {
    const wake = new Wake();
    wake.newMail();
    expect(await endsWithin(wake.next(1000, 50), 0)).toBe(true);
  });

  it('gathers finished mails for a moment', async () => {
    const wake = new Wake();
    const waiting = wake.next(1000, 50);
    wake.finished('a');
    expect(await endsWithin(waiting, 49)).toBe(false);
    wake.finished('b');
    expect(await endsWithin(waiting, 1)).toBe(true);
    expect(await waiting).toEqual({ newMail: false, finished: ['a', 'b'] });
  });

  it('does not let new mail wait for that moment', async () => {
    const wake = new Wake();
    const waiting = wake.next(1000, 50);
    wake.finished('a');
    await vi.advanceTimersByTimeAsync(10);
    wake.newMail();
    expect(await endsWithin(waiting, 0)).toBe(true);
    expect(await waiting).toEqual({ newMail: true, finished: ['a'] });
  });

  it('comes after the time where nothing happens', async () => {
    const waiting = new Wake().next(1000, 50);
    expect(await endsWithin(waiting, 999)).toBe(false);
    expect(await endsWithin(waiting, 1)).toBe(true);
  });

  it('never waits again once the end has come', async () => {
    const wake = new Wake();
    wake.now();
    expect(await endsWithin(wake.next(1000, 50), 0)).toBe(true);
    expect(await endsWithin(wake.next(1000, 50), 0)).toBe(true);
  });

  it('hands each reason over once', async () => {
    const wake = new Wake();
    wake.newMail();
    await wake.next(1000, 50);
    const waiting = wake.next(1000, 50);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await waiting).toEqual({ newMail: false, finished: [] });
  });

  it('hands over finished mails between two batches only where there are many, and keeps them otherwise', async () => {
    const wake = new Wake();
    wake.finished('a');
    expect(wake.takeFinished(2)).toEqual([]);
    wake.finished('b');
    expect(wake.takeFinished(2)).toEqual(['a', 'b']);
    expect(wake.takeFinished(2)).toEqual([]);
  });
});
