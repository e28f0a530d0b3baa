import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { settingNames } from '../../src/config/config.js';
import { LOG_ACTIONS } from '../../src/log/log-actions.js';

const page = readFileSync('docs/what-happens-if.md', 'utf8');
const named = (pattern: RegExp) => [...new Set([...page.matchAll(pattern)].map(([, name]) => name ?? ''))];

it('names only lines of the log, settings, figures and alerts that there are', () => {
  const actions = named(/`((?:service|queue|mailbox|helpdesk|mail|judging|audit)\.[a-z.-]+)`/g);
  expect(actions.length).toBeGreaterThan(15);
  expect(actions.filter((action) => !(action in LOG_ACTIONS))).toEqual([]);

  const settings = named(/\b([A-Z]+_[A-Z_]+)\b/g);
  expect(settings.length).toBeGreaterThan(5);
  expect(settings.filter((setting) => !settingNames.includes(setting))).toEqual([]);

  const metrics = readFileSync('src/status/metrics.ts', 'utf8');
  const figures = named(/`mail2ticket_([a-z_]+)/g);
  expect(figures.length).toBeGreaterThan(3);
  expect(figures.filter((figure) => !metrics.includes(`'${figure}'`))).toEqual([]);

  const alerts = readFileSync('docs/alerts.yml', 'utf8');
  const rules = named(/\b(Mail2ticket[A-Za-z]+)\b/g);
  expect(rules.filter((rule) => !alerts.includes(`alert: ${rule}\n`))).toEqual([]);
});

it('names only files that there are', () => {
  for (const file of named(/\]\(([a-z.-]+)\)/g)) expect(readdirSync('docs')).toContain(file);
  expect(readdirSync(join('test', 'what-happens-if')).length).toBeGreaterThan(0);
});
