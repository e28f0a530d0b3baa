import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HelpdeskMisconfiguredError, HelpdeskUnreachableError } from '../../src/errors.js';
import type { LogFields } from '../../src/log/log-actions.js';
import { startHelpdeskProbe } from '../../src/service/helpdesk-probe.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const wrongToken = new HelpdeskMisconfiguredError('token not taken', 'tickets_list.php', 401, 'HELPDESK_TOKEN');
const away = new HelpdeskUnreachableError('connection refused', 'tickets_list.php');

/** A probe of a helpdesk that answers so, one answer a call; null is a good one. */
function probe(...answers: (Error | null)[]) {
  const warnings: LogFields[] = [];
  const reports: boolean[] = [];
  let calls = 0;
  const listTickets = async () => {
    const answer = answers[Math.min(calls++, answers.length - 1)];
    if (answer) throw answer;
    return [];
  };
  const stop = startHelpdeskProbe({ listTickets }, { warn: (fields) => void warnings.push(fields) }, ({ ok }) =>
    reports.push(ok),
  );
  return { stop, warnings, reports, calls: () => calls };
}

it('asks once where the helpdesk takes the token, and says nothing', async () => {
  const { warnings, reports, calls } = probe(null);
  await vi.advanceTimersByTimeAsync(600_000);
  expect({ warnings, reports, calls: calls() }).toEqual({ warnings: [], reports: [true], calls: 1 });
});

it('warns with the setting to look at, once for each reason, and asks each minute until the helpdesk answers', async () => {
  const { warnings, reports } = probe(wrongToken, wrongToken, away, null);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(warnings).toMatchObject([
    { action: 'helpdesk.unready', setting: 'HELPDESK_TOKEN', reason: expect.stringContaining('token not taken') },
    { action: 'helpdesk.unready', setting: null, reason: expect.stringContaining('connection refused') },
  ]);
  expect(reports).toEqual([false, false, false, true]);
});

it('asks and says nothing more after it was stopped, as by a mail that tells more', async () => {
  const { stop, warnings, reports, calls } = probe(away);
  stop();
  await vi.advanceTimersByTimeAsync(600_000);
  expect({ warnings, reports, calls: calls() }).toEqual({ warnings: [], reports: [], calls: 1 });
});
