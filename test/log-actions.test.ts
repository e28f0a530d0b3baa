import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LOG_ACTIONS } from '../src/log-actions.js';

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
    .filter((file) => file.endsWith('.ts') && file !== 'log-actions.ts')
    .map((file) => readFileSync(join('src', file), 'utf8'))
    .join('\n');
  const unsaid = Object.keys(LOG_ACTIONS).filter((action) => !sources.includes(`action: '${action}'`));
  // The worker says these three in one place, by the outcome's kind.
  expect(sources).toMatch(/action: `mail\.\$\{outcome\.kind\}`/);
  expect(unsaid).toEqual(['mail.created', 'mail.replied', 'mail.ignored']);
});
