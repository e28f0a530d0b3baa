import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Health } from '../../src/status/health.js';
import { Metrics } from '../../src/status/metrics.js';
import { parseExposition } from './exposition.js';

describe('the figures', () => {
  let health: Health<string>;
  let metrics: Metrics;

  beforeEach(() => {
    health = new Health(['mailbox', 'helpdesk']);
    metrics = new Metrics({ version: '1.2.3', health });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const scrape = async () => parseExposition(await metrics.text());
  /** The value of a series by its name without the prefix; undefined where there is none. */
  const value = async (name: string, labels: Record<string, string> = {}) =>
    (await scrape()).samples.find(
      (sample) =>
        sample.name === `mail2ticket_${name}` &&
        Object.entries(labels).every(([label, wanted]) => sample.labels[label] === wanted),
    )?.value;

  it('follow the conventions: counters end in _total and nothing else does, and every one has a help text', async () => {
    metrics.watchQueue(async () => ({ waiting: 1 }));
    metrics.watchMailbox(() => null);
    const { types } = await scrape();
    for (const [name, type] of types) expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    expect([...types.keys()].filter((name) => name.startsWith('mail2ticket_')).length).toBeGreaterThan(14);
    expect(types.has('process_cpu_seconds_total')).toBe(true);
  });

  it('count mails by outcome and class of reason', async () => {
    const receivedAt = new Date().toISOString();
    metrics.delivery.settled({ kind: 'created', ticketId: '1', adopted: false }, receivedAt);
    metrics.delivery.settled({ kind: 'created', ticketId: '2', adopted: false, note: 'not theirs' }, receivedAt);
    metrics.delivery.settled({ kind: 'replied', ticketId: '2', adopted: false }, receivedAt);
    metrics.delivery.deadLetter('given-up');
    expect(await value('mails_total', { outcome: 'created', reason: 'new_request' })).toBe(1);
    expect(await value('mails_total', { outcome: 'created', reason: 'tag_of_no_own_ticket' })).toBe(1);
    expect(await value('mails_total', { outcome: 'replied', reason: 'answer' })).toBe(1);
    expect(await value('mails_total', { outcome: 'failed', reason: 'given_up' })).toBe(1);
    expect(await value('mails_total', { outcome: 'failed', reason: 'refused' })).toBe(0);
  });

  it('never take a word of a mail, a helpdesk or an unknown caller for a label', async () => {
    for (const reason of ['own mail from mallory@evil.test', 'mallory@evil.test\n{x="y"}', 'auto reply']) {
      metrics.delivery.settled({ kind: 'ignored', reason }, '');
    }
    metrics.helpdeskCall({ endpoint: 'mallory.php', result: 'mallory', durationMs: 3 });
    expect(await metrics.text()).not.toContain('mallory');
    expect(await value('mails_total', { outcome: 'ignored', reason: 'own_mail' })).toBe(1);
    expect(await value('mails_total', { outcome: 'ignored', reason: 'auto_reply' })).toBe(1);
    expect(await value('mails_total', { outcome: 'ignored', reason: 'other' })).toBe(1);
    expect(await value('helpdesk_call_seconds_count', { endpoint: 'other', class: 'other' })).toBe(1);
  });

  it('measure from arrival to ticket, but not for a ticket that an earlier attempt had made', async () => {
    metrics.delivery.settled(
      { kind: 'created', ticketId: '1', adopted: false },
      new Date(Date.now() - 90_000).toISOString(),
    );
    metrics.delivery.settled({ kind: 'created', ticketId: '2', adopted: true }, new Date(0).toISOString());
    metrics.delivery.settled({ kind: 'ignored', reason: 'bounce' }, new Date(0).toISOString());
    expect(await value('mail_to_ticket_seconds_bucket', { le: '60' })).toBe(0);
    expect(await value('mail_to_ticket_seconds_bucket', { le: '120' })).toBe(1);
    expect(await value('mail_to_ticket_seconds_count')).toBe(1);
    expect(await value('duplicates_prevented_total')).toBe(1);
  });

  it('count calls by endpoint and by what they ended with', async () => {
    metrics.helpdeskCall({ endpoint: 'tickets_create.php', result: 'OK', durationMs: 120 });
    metrics.helpdeskCall({ endpoint: 'tickets_create.php', result: 'HELPDESK_SERVER_ERROR', durationMs: 20 });
    const create = { endpoint: 'tickets_create.php' };
    expect(await value('helpdesk_call_seconds_sum', { ...create, class: 'ok' })).toBe(0.12);
    expect(await value('helpdesk_call_seconds_count', { ...create, class: 'server_error' })).toBe(1);
  });

  it('tell the age of the oldest unsettled mail as time goes by, and 0 where all are settled', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    let oldest: number | null = Date.now() - 60_000;
    metrics.watchMailbox(() => ({ underWay: 3, oldest }));
    expect(await value('oldest_unsettled_mail_age_seconds')).toBe(60);
    vi.setSystemTime(Date.now() + 30_000);
    expect(await value('oldest_unsettled_mail_age_seconds')).toBe(90);
    expect(await value('mails_under_way')).toBe(3);
    metrics.watchPostponed(async () => 7);
    expect(await value('mails_postponed')).toBe(7);
    oldest = null;
    expect(await value('oldest_unsettled_mail_age_seconds')).toBe(0);
  });

  it('tell since when IDLE has woken the watcher to new mail, and nothing before it ever has', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    metrics.watcher.queued(1, 'poll');
    metrics.watcher.queued(0, 'idle');
    expect(await value('idle_wake_age_seconds')).toBeUndefined();
    metrics.watcher.queued(2, 'idle');
    vi.setSystemTime(Date.now() + 5000);
    expect(await value('idle_wake_age_seconds')).toBe(5);
    metrics.watcher.queued(1, 'poll');
    expect(await value('idle_wake_age_seconds')).toBe(5);
    expect(await value('mails_queued_total', { by: 'poll' })).toBe(2);
  });

  it('tell which part works', async () => {
    health.report('mailbox', { ok: true });
    health.report('helpdesk', { ok: false, reason: 'wrong token' });
    expect([await value('ready', { part: 'mailbox' }), await value('ready', { part: 'helpdesk' })]).toEqual([1, 0]);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('away'))],
    ['never answers', () => new Promise<never>(() => {})],
  ])('come without the depth of a queue that %s, and with it again once it answers', async (_, away) => {
    let count: () => Promise<Record<string, number>> = async () => ({ waiting: 3 });
    metrics.watchQueue(() => count());
    expect(await value('queue_jobs', { state: 'waiting' })).toBe(3);
    count = away;
    expect(await value('queue_jobs')).toBeUndefined();
    expect(await value('build_info', { version: '1.2.3' })).toBe(1);
    count = async () => ({ waiting: 4 });
    expect(await value('queue_jobs', { state: 'waiting' })).toBe(4);
  });
});
