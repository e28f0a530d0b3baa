import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Log, LogFields } from '../../src/log/log-actions.js';
import { quietLog } from '../../src/log/quiet-log.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function recorder() {
  const lines: { level: string; fields: LogFields }[] = [];
  const at = (level: string) => (fields: LogFields) => void lines.push({ level, fields });
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const loud = () => lines.filter(({ level }) => level !== 'debug').map(({ fields }) => fields);
  return { log: quietLog(log), lines, loud };
}

const retry = (mail: string, reason: string) => ({ action: 'mail.retry', mail, reason }) as const;

test('An outage with a thousand mails is said once a minute for each reason, with the number kept back', () => {
  const { log, loud } = recorder();
  for (let round = 0; round < 2; round++) {
    for (let mail = 0; mail < 1000; mail++) log.warn(retry(`m${mail}`, mail % 2 ? 'status 500' : 'no answer'), 'again');
    vi.advanceTimersByTime(60_000);
  }
  expect(loud()).toEqual([
    retry('m0', 'no answer'),
    retry('m1', 'status 500'),
    { ...retry('m0', 'no answer'), kept: 499 },
    { ...retry('m1', 'status 500'), kept: 499 },
  ]);
});

test('What is kept back still goes out at level debug, each with its mail', () => {
  const { log, lines } = recorder();
  for (const mail of ['a', 'b', 'c']) log.warn(retry(mail, 'no answer'), 'again');
  expect(lines.map(({ level, fields }) => [level, fields.mail])).toEqual([
    ['warn', 'a'],
    ['debug', 'b'],
    ['debug', 'c'],
  ]);
});

test('A line that no outage repeats is said every time: each mail has its own end', () => {
  const { log, loud } = recorder();
  for (const mail of ['a', 'b']) log.error({ action: 'mail.failed', mail, reason: 'refused' }, 'failed');
  expect(loud().map(({ mail }) => mail)).toEqual(['a', 'b']);
});

test('The same reason of another action or another mailbox is another matter', () => {
  const { log, loud } = recorder();
  log.warn({ action: 'queue.error', reason: 'Connection is closed.' }, 'queue');
  for (const mailbox of ['support', 'billing', 'support']) {
    log.warn({ action: 'mailbox.down', mailbox, reason: 'Connection is closed.' }, 'mailbox');
  }
  expect(loud().map(({ action, mailbox }) => mailbox ?? action)).toEqual(['queue.error', 'support', 'billing']);
});
