import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCli } from '../services/cli.js';
import { startRedis, type TestRedis } from '../services/redis.js';
import { mail, type Rig, startRig } from '../services/rig.js';
import { until } from '../services/until.js';

let redis: TestRedis;
let rig: Rig;

beforeEach(async () => {
  redis = await startRedis();
  rig = await startRig(redis.url, { fields: [{ id: '8', name: 'Mail', type: 'text', required: false }] });
});
afterEach(async () => {
  await rig?.close();
  await redis?.stop();
});

const settings = { IMAP_POLL_SECONDS: '1' };
const byMessageId = { CUSTOM_FIELDS: '{"8":"message-id"}' };

async function empty(): Promise<void> {
  const client = new Redis(redis.url);
  await client.flushall();
  client.disconnect();
}

const made = () =>
  rig.helpdesk
    .tickets()
    .map(({ subject }) => subject)
    .sort();
const isAtWork = () => rig.helpdesk.calls().some(({ endpoint }) => endpoint === 'tickets_create.php');
const numbered = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `Mail ${from + i}`);
const deliver = async (subjects: readonly string[]) => {
  // In the same words, so that they can be told apart only by who holds which ticket.
  for (const subject of subjects) await rig.deliver(mail({ subject }));
};

it('while Redis is away the service says so, waits, and goes on by itself when it is back', async () => {
  const service = await rig.start(settings);
  await deliver(numbered(1, 3));
  await rig.filed('Processed', ...numbered(1, 3));

  await redis.kill('SIGKILL');
  await until('it is not ready', () => !service.health.ready);
  expect(service.health.parts.queue).toMatchObject({ ok: false, reason: expect.stringContaining(redis.url.slice(8)) });
  await deliver(numbered(4, 6));
  await until('the log says it', () => service.log.find(({ action }) => action === 'queue.error'));

  await redis.restart();
  await rig.filed('Processed', ...numbered(1, 6));
  expect(made()).toEqual(numbered(1, 6));
  await until('it is ready', () => service.health.ready);
  expect(service.log.filter(({ action }) => action === 'mail.failed')).toEqual([]);
});

it.each([
  ['by the words of the ticket', {}],
  ['by the custom field that holds the Message-ID', byMessageId],
])(
  'where Redis is emptied in the middle of the work every mail still makes one ticket, known again %s',
  async (_, known) => {
    await rig.start({ ...settings, ...known });
    // Tickets are made whose answers are lost, so that some jobs are delayed when the queue is emptied.
    rig.helpdesk.fault({ kind: 'status', status: 500, carriedOut: true, endpoint: 'tickets_create.php', times: 3 });
    await deliver(numbered(1, 6));
    await until('some tickets are made', () => rig.helpdesk.tickets().length >= 4);
    await empty();
    await deliver(numbered(7, 9));
    await rig.filed('Processed', ...numbered(1, 9));
    expect(made()).toEqual(numbered(1, 9));
  },
);

it('where Redis is emptied while the helpdesk is slowly making a ticket, that ticket stays the only one', async () => {
  const service = await rig.start(settings);
  rig.helpdesk.fault({ kind: 'slow', forMs: 4000, endpoint: 'tickets_create.php' });
  await deliver(['Slow']);
  await until('the helpdesk is at work', isAtWork);
  await empty();
  await rig.filed('Processed', 'Slow');
  // Waits for what is still under way.
  await service.stop();
  expect(made()).toEqual(['Slow']);
});

it('where Redis is emptied and the process is killed while the helpdesk is slowly making a ticket, that ticket stays the only one', async () => {
  const slow = { ...settings, HELPDESK_SETTLE_SECONDS: '6' };
  const child = startCli(['start'], { ...rig.environment(slow) });
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  await until('it watches', () => output.includes('mailbox.watched'));
  rig.helpdesk.fault({ kind: 'slow', forMs: 5000, endpoint: 'tickets_create.php' });
  await deliver(['Slow']);
  await until('the helpdesk is at work', isAtWork);
  child.kill('SIGKILL');
  await empty();
  await rig.start(slow);
  await rig.filed('Processed', 'Slow');
  // Surely over by then.
  await sleep(5500);
  expect(made()).toEqual(['Slow']);
});

it('where Redis is emptied, an answer without a tag that was just written into its ticket stays the only one', async () => {
  await rig.start(settings);
  await rig.deliver(mail({ subject: 'Printer', headers: ['Message-ID: <printer@example.com>'] }));
  await rig.filed('Processed', 'Printer');
  rig.helpdesk.fault({ kind: 'drop', endpoint: 'ticket_reply.php' });
  await rig.deliver(mail({ subject: 'Re: Printer', headers: ['In-Reply-To: <printer@example.com>'] }));
  await until('the reply is made', () => rig.helpdesk.tickets()[0]?.replies.length === 1);
  // With it goes all that tells to which ticket the mail belongs.
  await empty();
  await rig.filed('Processed', 'Re: Printer');
  expect(rig.helpdesk.tickets()).toMatchObject([{ subject: 'Printer', replies: [{}] }]);
});

describe('where Redis is emptied and the process killed between two mails in the same words', () => {
  /** What the customer writes twice, and the endpoint that the second time fails at. */
  const writings = {
    answer: { subject: 'Re: [#1] Printer', endpoint: 'ticket_reply.php' },
    request: { subject: 'It still burns', endpoint: 'tickets_create.php' },
  };
  /** Of the second mail: whether it has come to the helpdesk when all is lost. */
  const lost = {
    'was not posted': { kind: 'status', status: 503, carriedOut: false },
    'was posted': { kind: 'drop' },
  } as const;
  const saying = (words: string) =>
    rig.helpdesk
      .tickets()
      .flatMap(({ message, replies }) => [message, ...replies.map((reply) => reply.message)])
      .filter((message) => message.includes(words)).length;

  it.each([
    ['answer', 'was not posted'],
    ['answer', 'was posted'],
    ['request', 'was not posted'],
    ['request', 'was posted'],
  ] as const)('each %s stands there once, though the second one %s', async (writing, fate) => {
    const { subject, endpoint } = writings[writing];
    const child = startCli(['start'], rig.environment(settings));
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    await until('it watches', () => output.includes('mailbox.watched'));
    await deliver(['Printer']);
    await rig.filed('Processed', 'Printer');
    await rig.deliver(mail({ subject, body: 'The same words as ever.\n' }));
    await rig.filed('Processed', subject);
    rig.helpdesk.fault({ ...lost[fate], endpoint });
    await rig.deliver(mail({ subject, body: 'The same words as ever.\n' }));
    await until('the second one has failed', () => output.includes('mail.retry'));
    child.kill('SIGKILL');
    await until('the process is gone', () => child.signalCode !== null);
    await empty();
    expect(saying('The same words as ever.')).toBe(fate === 'was posted' ? 2 : 1);

    await rig.start(settings);
    await until('both are filed', async () => (await rig.subjects('Processed')).length === 3);
    expect(saying('The same words as ever.')).toBe(2);
  });
});

describe('on a mail server that keeps no keywords', () => {
  beforeEach(async () => {
    await rig.close();
    // Without `w` only the flags of RFC 3501 can be set.
    rig = await startRig(redis.url, {}, { acl: ['INBOX owner lrstie'] });
  });

  /** A ticket is made whose answer is lost, so that its job waits. */
  async function loseAnswer(): Promise<void> {
    rig.helpdesk.fault({ kind: 'drop', endpoint: 'tickets_create.php' });
    await deliver(['Lost']);
    await until('the ticket is made', () => rig.helpdesk.tickets().length === 1);
  }

  it('where Redis is emptied, a mail that has just come still makes one ticket', async () => {
    await rig.start(settings);
    await loseAnswer();
    await empty();
    await rig.filed('Processed', 'Lost');
    expect(made()).toEqual(['Lost']);
  });

  it('where Redis comes back empty after some seconds, a mail that has just come still makes one ticket', async () => {
    const service = await rig.start(settings);
    await loseAnswer();
    await empty();
    await redis.kill('SIGKILL');
    await until('the mailbox is down', () => service.log.find(({ action }) => action === 'mailbox.down'));
    await redis.restart();
    await empty();
    await rig.filed('Processed', 'Lost');
    expect(made()).toEqual(['Lost']);
  });

  it('where Redis is emptied and the process starts anew, a mail that has just come still makes one ticket', async () => {
    const service = await rig.start(settings);
    await loseAnswer();
    await service.stop();
    await empty();
    await rig.start(settings);
    await rig.filed('Processed', 'Lost');
    expect(made()).toEqual(['Lost']);
  });
});
