import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.js';
import { createLogger } from '../../src/log/logger.js';
import { startService } from '../../src/service/service.js';
import { PASSWORD } from '../services/dovecot.js';
import { freePort } from '../services/private-server.js';
import { startRedis, type TestRedis } from '../services/redis.js';
import { mail, type Rig, type RunningService, startRig, TOKEN } from '../services/rig.js';
import { until } from '../services/until.js';
import { parseExposition } from '../status/exposition.js';

describe('what an operator sees of a running service', () => {
  let redis: TestRedis;
  let rig: Rig;
  let service: RunningService;
  let url: string;

  beforeAll(async () => {
    redis = await startRedis();
    rig = await startRig(redis.url);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    service = await rig.start({ HTTP_PORT: String(port) });
  });

  afterAll(async () => {
    await rig?.close();
    await redis?.stop();
  });

  const scrape = async () => {
    const response = await fetch(`${url}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    return parseExposition(await response.text()).samples;
  };
  /** The sum of the series with this name (without its prefix) and these labels; undefined where there is none. */
  const value = async (name: string, labels: Record<string, string> = {}) => {
    const samples = (await scrape()).filter(
      (sample) =>
        sample.name === `mail2ticket_${name}` &&
        Object.entries(labels).every(([label, wanted]) => sample.labels[label] === wanted),
    );
    return samples.length === 0 ? undefined : samples.reduce((sum, sample) => sum + sample.value, 0);
  };
  const refusal = '{"success":false,"message":"Custom field 7 is required"}';

  it('counts a mail that became a ticket, a reply, nothing and a dead letter, and the calls it took', async () => {
    await rig.deliver(mail({ subject: 'Printer on fire' }));
    await rig.filed('Processed', 'Printer on fire');
    await rig.deliver(mail({ subject: 'Re: [#1] Printer on fire' }));
    await rig.filed('Processed', 'Re: [#1] Printer on fire');
    await rig.deliver(mail({ subject: 'Away', headers: ['Auto-Submitted: auto-replied'] }));
    await rig.filed('Ignored', 'Away');
    rig.helpdesk.fault({ kind: 'status', status: 200, body: refusal, endpoint: 'tickets_create.php' });
    await rig.deliver(mail({ subject: 'No order number' }));
    await rig.filed('Failed', 'No order number');

    expect(await value('mails_total', { outcome: 'created', reason: 'new_request' })).toBe(1);
    expect(await value('mails_total', { outcome: 'replied', reason: 'answer' })).toBe(1);
    expect(await value('mails_total', { outcome: 'ignored', reason: 'auto_reply' })).toBe(1);
    expect(await value('mails_total', { outcome: 'failed', reason: 'refused' })).toBe(1);
    expect(await value('mails_total')).toBe(4);
    expect(await value('mail_to_ticket_seconds_count')).toBe(2);
    expect(await value('helpdesk_call_seconds_count', { endpoint: 'tickets_create.php', class: 'ok' })).toBe(1);
    expect(await value('helpdesk_call_seconds_count', { endpoint: 'tickets_create.php', class: 'refused' })).toBe(1);
    expect(await value('helpdesk_call_seconds_count', { endpoint: 'ticket_reply.php', class: 'ok' })).toBe(1);
    expect(await value('queue_jobs', { state: 'completed' })).toBe(3);
    expect(await value('queue_jobs', { state: 'failed' })).toBe(1);
  });

  it('tells that IDLE announced them, that nothing is left and that every part works', async () => {
    expect(await value('mails_queued_total', { by: 'idle' })).toBeGreaterThan(0);
    expect(await value('mails_queued_total')).toBe(4);
    expect(await value('idle_wake_age_seconds')).toBeLessThan(60);
    await until('all is filed', async () => (await value('mails_under_way')) === 0);
    expect(await value('oldest_unsettled_mail_age_seconds')).toBe(0);
    for (const part of ['queue', 'mailbox', 'helpdesk']) expect(await value('ready', { part })).toBe(1);
    expect(await value('imap_reconnects_total')).toBe(0);
  });

  it('shows a mail that has not got through by its age, and counts the duplicate that was not made of it', async () => {
    // Carried out, but said to have failed: the second attempt finds the ticket.
    rig.helpdesk.fault({ kind: 'status', status: 500, carriedOut: true, endpoint: 'tickets_create.php' });
    await rig.deliver(mail({ subject: 'Twice?' }));
    await until('it is tried again', async () => (await value('delivery_retries_total')) === 1);
    expect(await value('mails_under_way')).toBe(1);
    expect(await value('oldest_unsettled_mail_age_seconds')).toBeGreaterThan(0);
    expect(await value('ready', { part: 'helpdesk' })).toBe(0);
    await rig.filed('Processed', 'Twice?');
    expect(await value('duplicates_prevented_total')).toBe(1);
    expect(rig.helpdesk.tickets().filter(({ subject }) => subject === 'Twice?')).toHaveLength(1);
    expect(await value('ready', { part: 'helpdesk' })).toBe(1);
  });

  it('counts a lost connection to the mailbox', async () => {
    await rig.dovecot.restart();
    await until('it is counted', async () => (await value('imap_reconnects_total', { cause: 'connection' })) !== 0);
    await until('it works again', async () => (await value('ready', { part: 'mailbox' })) === 1);
  });

  it('names each mail by its id on every line that concerns it', () => {
    const lines = service.log.filter(({ action }) => action?.startsWith('mail.'));
    expect(lines.every(({ mail }) => /^[0-9a-f]{64}$/.test(String(mail)))).toBe(true);
    const one = lines.find(({ action }) => action === 'mail.replied')?.mail;
    expect(lines.filter(({ mail }) => mail === one).map(({ action }) => action)).toEqual([
      'mail.queued',
      'mail.replied',
      'mail.filed',
    ]);
  });

  it('never shows a secret or the text of a mail, in success or failure', async () => {
    const body = 'the-words-of-the-customer';
    const secrets = [TOKEN, PASSWORD, body, 'a-revoked-token', 'a-wrong-password', 'the-password-of-the-queue'];
    await rig.deliver(mail({ subject: 'Success', body }));
    await rig.filed('Processed', 'Success');
    rig.helpdesk.fault({ kind: 'status', status: 200, body: refusal, endpoint: 'tickets_create.php' });
    await rig.deliver(mail({ subject: 'Refused', body }));
    await rig.filed('Failed', 'Refused');
    // A server that repeats what it was sent, under a status that means trouble.
    const echo = `{"success":false,"message":"Fatal: ${TOKEN} ${body}"}`;
    rig.helpdesk.fault({ kind: 'status', status: 500, body: echo, endpoint: 'tickets_create.php' });
    await rig.deliver(mail({ subject: 'Trouble', body }));
    await rig.filed('Processed', 'Trouble');
    const seen: unknown[] = [
      service.log,
      await (await fetch(`${url}/readyz`)).text(),
      await (await fetch(`${url}/metrics`)).text(),
    ];
    await service.stop();

    const revoked = await rig.start({ HELPDESK_TOKEN: 'a-revoked-token' });
    await rig.deliver(mail({ subject: 'Waits', body }));
    await until('it waits', () => revoked.log.some(({ action }) => action === 'helpdesk.waiting'));
    seen.push(revoked.log, JSON.stringify(revoked.health.parts));
    const locked = await rig.launch({ IMAP_PASSWORD: 'a-wrong-password' });
    await until('it is refused', () => locked.log.some(({ action }) => action === 'mailbox.down'));
    seen.push(locked.log, JSON.stringify(locked.health.parts));
    const queueUrl = `redis://:the-password-of-the-queue@127.0.0.1:${await freePort()}`;
    const lines: string[] = [];
    const ending = new AbortController();
    const log = createLogger('debug', { write: (line) => void lines.push(line) });
    const starting = startService(loadConfig(rig.environment({ QUEUE_URL: queueUrl })), log, ending.signal).catch(
      () => {},
    );
    await until('it waits for the queue', () => lines.some((line) => line.includes('queue.unavailable')));
    ending.abort();
    await starting;
    seen.push(lines);

    const text = JSON.stringify(seen);
    for (const secret of secrets) expect(text).not.toContain(secret);
  });
});

it('answers a scrape while Redis is away, without the depth of the queue', async () => {
  const redis = await startRedis();
  const rig = await startRig(redis.url);
  try {
    const port = await freePort();
    await rig.start({ HTTP_PORT: String(port) });
    const scrape = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(await scrape()).toContain('mail2ticket_queue_jobs{state="waiting"} 0');
    await redis.kill('SIGKILL');
    const text = await until('the depth is gone', async () => {
      const answer = await scrape();
      return answer.includes('mail2ticket_queue_jobs{') ? null : answer;
    });
    expect(text).toContain('mail2ticket_build_info');
    parseExposition(text);
  } finally {
    await rig.close();
    await redis.stop();
  }
});
