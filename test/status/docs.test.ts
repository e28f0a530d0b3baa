import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { Health } from '../../src/status/health.js';
import { Metrics } from '../../src/status/metrics.js';
import { parseExposition, type Sample } from './exposition.js';

interface Dashboard {
  readonly panels: readonly { title: string; targets?: readonly { expr: string }[] }[];
}

const alerts = readFileSync('docs/alerts.yml', 'utf8')
  .split(/^ {6}- alert: /m)
  .slice(1);
const dashboard: Dashboard = JSON.parse(readFileSync('docs/grafana-dashboard.json', 'utf8'));
let served: readonly Sample[];

beforeAll(async () => {
  const metrics = new Metrics({ version: '1.0.0', health: new Health(['mailbox']) });
  metrics.watchQueue(async () => ({ waiting: 0, active: 0, delayed: 0 }));
  metrics.watchMailbox(() => ({ underWay: 0, oldest: null }));
  metrics.watchPostponed(async () => 0);
  metrics.watcher.queued(1, 'idle');
  metrics.helpdeskCall({ endpoint: 'tickets_create.php', result: 'OK', durationMs: 1 });
  served = parseExposition(await metrics.text()).samples;
});

/** What an expression asks for: names of series and the values it wants of their labels. What Prometheus itself adds is left out. */
function selectorsOf(expr: string): { name: string; labels: Record<string, string[]> }[] {
  return [...expr.matchAll(/\b((?:mail2ticket|process|nodejs)_[a-z0-9_]+)(?:\{([^}]*)\})?/g)].map(
    ([, name = '', text]) => ({
      name,
      labels: Object.fromEntries(
        [...(text ?? '').matchAll(/([a-z_]+)=~?"([^"]*)"/g)]
          .filter(([, label = '']) => !['job', 'instance'].includes(label))
          .map(([, label, values = '']) => [label, values.split('|')]),
      ),
    }),
  );
}

function expectServed(expr: string): void {
  const selectors = selectorsOf(expr);
  expect(selectors.length + Number(expr.includes('up{job="mail2ticket"}')), expr).toBeGreaterThan(0);
  for (const { name, labels } of selectors) {
    const series = served.filter((sample) => sample.name === name);
    expect(series.length, name).toBeGreaterThan(0);
    for (const [label, values] of Object.entries(labels)) {
      const known = series.map((sample) => sample.labels[label]);
      for (const value of values) expect(known, `${name}{${label}}`).toContain(value);
    }
    // Labels that the sums are by.
    for (const [, by = ''] of expr.matchAll(/\bby \(([^)]*)\)/g)) {
      for (const label of by.split(', ').filter((one) => one !== 'instance')) {
        expect(
          series.every((sample) => label in sample.labels),
          `${name} by ${label}`,
        ).toBe(true);
      }
    }
  }
}

it('every alert asks for series that there are, and says what has happened and what to do', () => {
  expect(alerts.length).toBeGreaterThan(5);
  for (const alert of alerts) {
    const expr = /^ {8}expr:(?: >-)?((?: .+|\n {10}.+)+)$/m.exec(alert)?.[1] ?? '';
    expectServed(expr.replace(/\s+/g, ' '));
    expect(alert).toMatch(/severity: (page|ticket)\n/);
    expect(alert).toMatch(/summary: \S/);
    expect(alert).toMatch(/description: >-\n {12}\S/);
  }
});

it('every panel of the dashboard asks for series that there are', () => {
  const expressions = dashboard.panels.flatMap(({ targets }) => targets ?? []).map(({ expr }) => expr);
  expect(expressions.length).toBeGreaterThan(15);
  for (const expr of expressions) expectServed(expr);
});

it('every figure of ours stands on the dashboard', () => {
  const shown = new Set(
    dashboard.panels
      .flatMap(({ targets }) => targets ?? [])
      .flatMap(({ expr }) => selectorsOf(expr).map(({ name }) => name.replace(/_(bucket|sum|count)$/, ''))),
  );
  const ours = new Set(
    served
      .filter(({ name }) => name.startsWith('mail2ticket_'))
      .map(({ name }) => name.replace(/_(bucket|sum|count)$/, '')),
  );
  expect([...ours].filter((name) => !shown.has(name))).toEqual([]);
});

it('no alert or panel speaks of a setting or command that there is not', () => {
  const example = readFileSync('.env.example', 'utf8');
  const named =
    alerts.join('').match(/\b(?:IMAP|HELPDESK|HTTP|QUEUE|SMTP|ACK|RETRY)_[A-Z_]+\b|\bCUSTOM_FIELDS\b/g) ?? [];
  for (const setting of named) expect(example, setting).toContain(setting);
  const cli = readFileSync('src/cli.ts', 'utf8');
  const texts = alerts.join('') + JSON.stringify(dashboard);
  for (const [, command] of texts.matchAll(/`mail2ticket ([a-z]+)`/g)) expect(cli).toContain(`command('${command}`);
});
