import { expect, it } from 'vitest';
import { Turns } from '../../src/queue/turns.js';

/** Tasks that tell when they begin, and end when they are told to. */
function tasks() {
  const turns = new Turns();
  const begun: string[] = [];
  const ends = new Map<string, (how: 'done' | Error) => void>();
  const run = (name: string, mustBeAlone: boolean, key = 'key') => {
    const ran = turns.run(key, mustBeAlone, () => {
      begun.push(name);
      return new Promise<string>((resolve, reject) => {
        ends.set(name, (how) => (how instanceof Error ? reject(how) : resolve(name)));
      });
    });
    ran.catch(() => {});
    return ran;
  };
  const end = async (name: string, how: 'done' | Error = 'done') => {
    ends.get(name)?.(how);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { begun, run, end, soon: () => new Promise((resolve) => setImmediate(resolve)) };
}

it('lets one that must be alone wait for all before it, and all after it wait', async () => {
  const { begun, run, end, soon } = tasks();
  for (const [name, mustBeAlone] of [
    ['a', false],
    ['b', false],
    ['alone', true],
    ['c', false],
    ['d', false],
  ] as const) {
    run(name, mustBeAlone);
  }
  await soon();
  expect(begun).toEqual(['a', 'b']);
  await end('a');
  expect(begun).toEqual(['a', 'b']);
  await end('b', new Error('failed'));
  expect(begun).toEqual(['a', 'b', 'alone']);
  await end('alone', new Error('failed'));
  expect(begun).toEqual(['a', 'b', 'alone', 'c', 'd']);
});

it('lets no other key wait, and hands on how each ends', async () => {
  const { begun, run, end, soon } = tasks();
  const failing = run('alone', true);
  const other = run('other', true, 'another key');
  await soon();
  expect(begun).toEqual(['alone', 'other']);
  await Promise.all([end('alone', new Error('failed')), end('other')]);
  await expect(failing).rejects.toThrow('failed');
  expect(await other).toBe('other');
});
