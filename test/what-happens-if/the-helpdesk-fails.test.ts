import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../demo/helpdesk/faults.js';
import { type Backend, type BackendQueue, openBackend } from '../../src/queue/backend.js';
import { type MailJob, QUEUE_NAME } from '../../src/queue/job.js';
import { startRedis, type TestRedis } from '../services/redis.js';
import { mail, type Rig, type RunningService, startRig } from '../services/rig.js';
import { until } from '../services/until.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

let redis: TestRedis;
let rig: Rig;
let backend: Backend;
let queue: BackendQueue<MailJob, never>;
let service: RunningService;

beforeAll(async () => {
  redis = await startRedis();
  rig = await startRig(redis.url);
  backend = await openBackend(redis.url, { log: quiet });
  queue = await backend.queue(QUEUE_NAME);
});
afterEach(async () => {
  await service?.stop();
  rig.helpdesk.clearFaults();
});
afterAll(async () => {
  await backend?.close();
  await rig?.close();
  await redis?.stop();
});

const start = async (settings = {}) => {
  service = await rig.start({ HELPDESK_SETTLE_SECONDS: '0', ...settings });
};
const ticketsOf = (subject: string) => rig.helpdesk.tickets().filter((ticket) => ticket.subject === subject).length;
const logged = (action: string) => service.log.filter((line) => line.action === action);

/** Filed in the end; whoever waits for its next attempt gets it now, as by an operator who is impatient. */
async function filed(folder: 'Processed' | 'Failed', ...subjects: string[]): Promise<void> {
  let waiting = true;
  const hurry = (async () => {
    while (waiting) {
      await queue.promoteJobs();
      await sleep(100);
    }
  })();
  await rig.filed(folder, ...subjects).finally(() => {
    waiting = false;
  });
  await hurry;
}

describe('an outage is waited for', () => {
  const outages: [string, Fault, RegExp, { HELPDESK_TIMEOUT?: string }?][] = [
    ['it refuses connections', { kind: 'refuse', forMs: 2000 }, /cannot be reached/],
    ['it answers with 503', { kind: 'status', status: 503 }, /status 503.*in trouble/],
    ['it answers with 500 and nothing', { kind: 'status', status: 500 }, /status 500.*in trouble/],
    ['it answers with a page', { kind: 'html' }, /in trouble/],
    ['it makes the ticket and the answer is lost', { kind: 'drop' }, /no complete answer.*first looks/],
    ['it makes the ticket and the answer is cut off', { kind: 'truncate' }, /no complete answer.*first looks/],
    [
      'it makes the ticket and a gateway gives up',
      { kind: 'status', status: 504, carriedOut: true },
      /status 504.*in trouble/,
    ],
  ];

  it.each(outages)('%s: the mail waits, log and health say so, and one ticket is made', async (what, fault, said) => {
    await start();
    rig.helpdesk.fault(fault);
    await rig.deliver(mail({ subject: what }));
    const [retry] = await until('it is logged', () => logged('mail.retry').length > 0 && logged('mail.retry'));
    expect(retry).toMatchObject({ level: 'warn', reason: expect.stringMatching(said), mail: expect.any(String) });
    expect(service.health.parts.helpdesk).toMatchObject({ ok: false, reason: expect.stringMatching(said) });
    await filed('Processed', what);
    expect(ticketsOf(what)).toBe(1);
    expect(logged('mail.failed')).toEqual([]);
    expect(service.health.ready).toBe(true);
  });

  it('of many mails none is lost or given up, and each makes one ticket when it is over', async () => {
    await start();
    const subjects = Array.from({ length: 15 }, (_, i) => `Outage ${i}`);
    rig.helpdesk.fault({ kind: 'refuse', forMs: 3000 });
    rig.helpdesk.fault({ kind: 'status', status: 502, times: 10 });
    rig.helpdesk.fault({ kind: 'drop', endpoint: 'tickets_create.php', times: 5 });
    for (const subject of subjects) await rig.deliver(mail({ subject }));
    await filed('Processed', ...subjects);
    expect(subjects.map(ticketsOf)).toEqual(subjects.map(() => 1));
    expect(logged('mail.failed')).toEqual([]);
  });
});

it('of mails in the same words each makes a ticket of its own, though one looks for its ticket while another one is being made', async () => {
  await start();
  rig.helpdesk.fault({ kind: 'status', status: 500, endpoint: 'tickets_create.php', times: 4 });
  rig.helpdesk.fault({ kind: 'late', forMs: 1500, endpoint: 'tickets_create.php', times: 4 });
  for (let i = 0; i < 4; i++) await rig.deliver(mail({ subject: 'Disk full', from: 'monitor@example.com' }));
  await until('all are filed', async () => {
    for (const job of await queue.getDelayed()) await job.promote().catch(() => {});
    return (await rig.subjects('Processed')).filter((subject) => subject === 'Disk full').length === 4;
  });
  expect(ticketsOf('Disk full')).toBe(4);
});

it('a pause that the helpdesk asks for holds the whole queue, and ends by itself', async () => {
  await start();
  rig.helpdesk.fault({ kind: 'status', status: 429, retryAfter: '2' });
  await rig.deliver(mail({ subject: 'Paused' }));
  const [waiting] = await until(
    'it is logged',
    () => logged('helpdesk.waiting').length > 0 && logged('helpdesk.waiting'),
  );
  expect(waiting).toMatchObject({ reason: expect.stringContaining('429'), forMs: 2000 });
  expect(service.health.parts.helpdesk).toMatchObject({ ok: false, reason: expect.stringContaining('429') });
  await rig.filed('Processed', 'Paused');
  expect(ticketsOf('Paused')).toBe(1);
  expect(service.health.ready).toBe(true);
});

it.each([
  ['the token is revoked', { HELPDESK_TOKEN: 'a-secret-of-before' }, 'HELPDESK_TOKEN'],
  ['the API is somewhere else', { HELPDESK_URL: 'elsewhere' }, 'HELPDESK_URL'],
])(
  'where %s everything waits and nothing is given up, the log names the setting, and a start with the right one delivers at once',
  async (what, wrong, setting) => {
    const url = 'HELPDESK_URL' in wrong ? { HELPDESK_URL: `${rig.helpdesk.url}elsewhere/` } : {};
    await start({ ...wrong, ...url });
    const subjects = [`${what} 1`, `${what} 2`];
    for (const subject of subjects) await rig.deliver(mail({ subject }));
    const [waiting] = await until(
      'it is logged',
      () => logged('helpdesk.waiting').length > 0 && logged('helpdesk.waiting'),
    );
    expect(waiting).toMatchObject({ level: 'error', setting, reason: expect.stringContaining('Nothing is lost') });
    expect(service.health.ready).toBe(false);
    expect(service.health.parts.helpdesk?.reason).toContain(setting);
    expect(await rig.subjects('INBOX')).toEqual(subjects);
    expect(JSON.stringify(service.log)).not.toContain('a-secret-of-before');
    await service.stop();
    expect(logged('mail.failed')).toEqual([]);

    await start();
    await rig.filed('Processed', ...subjects);
    expect(subjects.map(ticketsOf)).toEqual([1, 1]);
  },
);

it('a mail that the helpdesk refuses goes to Failed at once with its words, and holds up no other', async () => {
  await start();
  rig.helpdesk.fault({ kind: 'status', status: 200, body: '{"success":false,"error":"Ticket category is closed"}' });
  await rig.deliver(mail({ subject: 'Refused' }));
  await rig.filed('Failed', 'Refused');
  await rig.deliver(mail({ subject: 'Not refused' }));
  await rig.filed('Processed', 'Not refused');
  expect(logged('mail.failed')).toMatchObject([
    { level: 'error', reason: expect.stringContaining('category is closed') },
  ]);
  expect(service.health.ready).toBe(true);
});

it.each([429, 404])(
  'a mail that is answered with %i again after everything has waited for it holds up no other, and is not given up',
  async (status) => {
    await start({ WORKER_CONCURRENCY: '1' });
    rig.helpdesk.fault({ kind: 'status', status, retryAfter: '1', times: 2, endpoint: 'tickets_create.php' });
    const [provoking, harmless] = [`Provokes ${status}`, `Beside ${status}`];
    await rig.deliver(mail({ from: `provoking-${status}@example.com`, subject: provoking }));
    await until('everything waits', () => logged('helpdesk.waiting').length === 1);
    await rig.deliver(mail({ from: `beside-${status}@example.com`, subject: harmless }));
    await until('it waits alone', async () => {
      // Which is what lets everything wait, in a minute at the latest.
      await queue.removeRateLimitKey();
      return logged('mail.retry').length > 0;
    });
    await rig.filed('Processed', harmless);
    expect(ticketsOf(provoking)).toBe(0);
    await filed('Processed', provoking);
    expect([ticketsOf(provoking), ticketsOf(harmless)]).toEqual([1, 1]);
    expect(logged('helpdesk.waiting')).toHaveLength(1);
  },
);
