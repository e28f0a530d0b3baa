import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { quietErrorLog } from '../../src/queue/error-log.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('The same error is said at most once a minute, with the number of those that were kept back; another one at once', () => {
  const said: unknown[] = [];
  const keep = (fields: object) => said.push(fields);
  const report = quietErrorLog({ info: keep, warn: keep, error: keep });
  const refused = () => new Error('connect ECONNREFUSED 127.0.0.1:6379');
  for (let second = 0; second <= 60; second++) {
    report('queue mails', refused());
    if (second === 30) report('worker mails', new Error('Connection is closed.'));
    vi.advanceTimersByTime(1000);
  }
  expect(said).toEqual([
    { action: 'queue-error', source: 'queue mails', reason: 'connect ECONNREFUSED 127.0.0.1:6379', kept: 0 },
    { action: 'queue-error', source: 'worker mails', reason: 'Connection is closed.', kept: 0 },
    { action: 'queue-error', source: 'queue mails', reason: 'connect ECONNREFUSED 127.0.0.1:6379', kept: 59 },
  ]);
});

test('Of an error only the message is said: its fields hold commands, with passwords and mails in them', () => {
  let said = '';
  const keep = (...line: unknown[]) => {
    said += JSON.stringify(line);
  };
  const report = quietErrorLog({ info: keep, warn: keep, error: keep });
  report(
    'queue',
    Object.assign(new Error('WRONGPASS'), { command: { name: 'auth', args: ['hunter2'] }, detail: 'Hello' }),
  );
  expect(said).toContain('WRONGPASS');
  expect(said).not.toMatch(/hunter2|Hello/);
});
