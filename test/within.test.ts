import { expect, it } from 'vitest';
import { LATE, within } from '../src/within.js';

it('gives the answer that comes in time, and rejects as it does', async () => {
  expect(await within(60_000, Promise.resolve('answer'))).toBe('answer');
  await expect(within(60_000, Promise.reject(new Error('no')))).rejects.toThrow('no');
});

it('waits no longer than it may, and lets an answer that fails later fail unseen', async () => {
  let fail = (_: Error) => {};
  const answer = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  expect(await within(1, answer)).toBe(LATE);
  fail(new Error('too late'));
});
