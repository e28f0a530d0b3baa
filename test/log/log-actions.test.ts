import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LOG_ACTIONS, type Log } from '../../src/log/log-actions.js';

test('docs/logs.md has a row for each action with its meaning, and no other', () => {
  const rows = [...readFileSync('docs/logs.md', 'utf8').matchAll(/^\| `([a-z.-]+)` \| (.+) \|$/gm)];
  const expected = Object.entries(LOG_ACTIONS).map(([action, entry]) => [
    action,
    'repeats' in entry ? `${entry.meaning} †` : entry.meaning,
  ]);
  expect(rows.map(([, action, meaning]) => [action, meaning])).toEqual(expected);
});

test('Every action is said somewhere in the sources', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join('src', file), 'utf8'))
    .join('\n');
  const unsaid = Object.keys(LOG_ACTIONS).filter((action) => !sources.includes(`action: '${action}'`));
  // The worker says these three in one place, by the outcome's kind.
  expect(sources).toMatch(/action: `mail\.\$\{outcome\.kind\}`/);
  expect(unsaid).toEqual(['mail.created', 'mail.replied', 'mail.ignored']);
});

test('A typo in an action, and a line of a mail without its id, do not compile', () => {
  const log: Log = { debug() {}, info() {}, warn() {}, error() {} };
  // @ts-expect-error: mail.ignord is none of the actions
  log.info({ action: 'mail.ignord', mail: 'a' }, '');
  // @ts-expect-error: the mail's id is missing
  log.info({ action: 'mail.ignored' }, '');
  log.info({ action: 'mail.ignored', mail: 'a' }, '');
  log.info({ action: 'queue.opened' }, '');
});
