import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Outcome } from '../src/mail/outcome.js';
import { openBackend } from '../src/queue/backend.js';
import { attemptRecord, type MailJob, QUEUE_NAME } from '../src/queue/job.js';
import { mail, type Rig, startRig } from './services/rig.js';
import { until } from './services/until.js';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig('redis');
});

afterEach(() => rig?.close());

it('lets the tickets of a flooding sender wait, not those of others, and makes each of them once the limit allows', async () => {
  const subjects = Array.from({ length: 35 }, (_, i) => `Alert ${i}`);
  const backend = await openBackend(rig.environment().QUEUE_URL ?? '', { log: pino({ level: 'silent' }) });
  const queue = await backend.queue<MailJob, Outcome>(QUEUE_NAME);
  const made = () => rig.helpdesk.tickets().filter(({ email }) => email === 'monitor@example.com').length;
  const waiting = async (count: number) =>
    until(`${count} wait`, async () => {
      const jobs = await queue.getJobs(['delayed']);
      return jobs.length === count ? jobs : null;
    });

  const first = await rig.start({ FLOOD_LIMIT: '3' });
  for (const subject of subjects) await rig.deliver(mail({ subject, from: 'monitor@example.com' }));
  // A tag that opens nothing makes a new ticket as well.
  await rig.deliver(mail({ subject: '[#4711] Alert 35', from: 'monitor@example.com' }));
  await rig.deliver(mail({ subject: 'Printer on fire' }));
  await rig.filed('Processed', 'Printer on fire');
  for (const { progress, attemptsMade } of await waiting(33)) {
    expect(attemptRecord(progress).postponed).toMatch(/monitor@example.com has had 3 new tickets.*FLOOD_LIMIT is 3/);
    expect(attemptsMade).toBe(0);
  }
  expect(made()).toBe(3);
  expect(await rig.subjects('INBOX')).toHaveLength(33);
  expect(first.health.ready).toBe(true);
  await first.stop();

  const second = await rig.start({ FLOOD_LIMIT: '3' });
  await queue.promoteJobs();
  await until('they wait again', () => second.log.filter(({ action }) => action === 'mail.postponed').length === 33);
  await waiting(33);
  expect(made()).toBe(3);
  await second.stop();

  await rig.start({ FLOOD_LIMIT: '0' });
  await queue.promoteJobs();
  await rig.filed('Processed', ...subjects, '[#4711] Alert 35');
  expect(made()).toBe(36);
  await backend.close();
});
