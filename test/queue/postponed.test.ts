import { expect, it } from 'vitest';
import { MAX_MAILS_POSTPONED } from '../../src/limits.js';
import { Postponed } from '../../src/queue/postponed.js';

it('counts the mails that wait, but none that another process must have taken up since', () => {
  const postponed = new Postponed();
  postponed.add('a', 1000);
  postponed.add('a', 2000);
  postponed.add('b', 2000);
  postponed.add('c', 500_000);
  expect(postponed.count(0)).toBe(3);
  postponed.delete('b');
  expect(postponed.count(62_000)).toBe(2);
  expect(postponed.count(62_001)).toBe(1);
});

it('makes room for a bounded number', () => {
  const postponed = new Postponed();
  for (let i = 0; i < MAX_MAILS_POSTPONED + 1; i++) postponed.add(String(i), 1000);
  expect(postponed.count(0)).toBe(MAX_MAILS_POSTPONED);
});
