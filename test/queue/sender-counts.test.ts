import { describe, expect, it } from 'vitest';
import { SenderCounts } from '../../src/queue/sender-counts.js';

describe('the counts of senders', () => {
  it('hold what lies in the window, of each sender apart', () => {
    const counts = new SenderCounts(100, 10);
    counts.note('a', 'ann@example.com', 1000);
    counts.note('b', 'Ann@Example.com', 1050);
    counts.note('c', 'bob@example.com', 1060);
    expect(counts.count('ann@example.com', 1099)).toBe(2);
    expect(counts.count('ann@example.com', 1100)).toBe(1);
    expect(counts.times('ann@example.com')).toEqual([1050]);
    expect(counts.count('ann@example.com', 2000)).toBe(0);
  });

  it('count an event once that is noted twice', () => {
    const counts = new SenderCounts(100, 10);
    counts.note('a', 'ann@example.com', 1000);
    counts.note('a', 'ann@example.com', 1050);
    expect(counts.count('ann@example.com', 1140)).toBe(1);
  });

  it('take the plus addresses of one mailbox for one sender', () => {
    const counts = new SenderCounts(100, 10);
    counts.note('a', 'reply+1@desk.example', 1000);
    counts.note('b', 'reply+2@desk.example', 1000);
    counts.note('c', 'reply@other.example', 1000);
    expect(counts.count('reply+3@desk.example', 1000)).toBe(2);
  });

  it('forget the oldest beyond their bound', () => {
    const counts = new SenderCounts(100, 2);
    for (const id of ['a', 'b', 'c']) counts.note(id, 'ann@example.com', 1000);
    expect(counts.count('ann@example.com', 1000)).toBe(2);
    expect([counts.has('a'), counts.has('c')]).toEqual([false, true]);
  });
});
