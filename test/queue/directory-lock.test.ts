import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { lockDirectory } from '../../src/queue/directory-lock.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mail2ticket-lock-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const take = () => {
  const taken = lockDirectory(directory);
  if (typeof taken !== 'function') throw new Error(`held by ${taken.pid}`);
  return taken;
};
const rewrite = (changes: object, silentMs = 0) => {
  const path = join(directory, 'lock');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...changes }));
  const time = new Date(Date.now() - silentMs);
  utimesSync(path, time, time);
};

test('A directory is held by one taker at a time, and can be taken again when given back, without a trace', () => {
  const release = take();
  expect(lockDirectory(directory)).toMatchObject({ pid: process.pid });
  release();
  expect(readdirSync(directory)).toEqual([]);
  take()();
});

test('The lock of a process that was killed is no obstacle', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  onTestFinished(() => void child.kill('SIGKILL'));
  const release = take();
  await once(child, 'spawn');
  rewrite({ pid: child.pid, started: startOf(child.pid) });
  expect(lockDirectory(directory), 'while it lives').toMatchObject({ pid: child.pid });
  child.kill('SIGKILL');
  await once(child, 'exit');
  release();
  take()();
});

test.each([
  ['whose pid is now another process', { started: 'at another time' }, 0],
  ['in another container, silent for long', { place: 'elsewhere' }, 60_000],
])('The lock of a process %s is no obstacle', (_, changes, silentMs) => {
  const release = take();
  rewrite(changes, silentMs);
  take()();
  release();
});

test('The lock of a process in another container that gave a sign of life a moment ago holds', () => {
  const release = take();
  rewrite({ place: 'elsewhere', pid: 1 }, 5_000);
  expect(lockDirectory(directory)).toMatchObject({ place: 'elsewhere', pid: 1 });
  release();
});

test.each(['', 'not JSON', '{"pid":', 'null', '{}'])('A lock file that holds %j has no holder', (content) => {
  writeFileSync(join(directory, 'lock'), content);
  take()();
});

test('A link that leads nowhere in the place of the lock is an error, not an endless search for its holder', () => {
  symlinkSync('/nowhere/at/all', join(directory, 'lock'));
  expect(take).toThrow(/lock is no file that could be a lock/);
  expect(readdirSync(directory)).toEqual(['lock']);
});

function startOf(pid: number | undefined): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
