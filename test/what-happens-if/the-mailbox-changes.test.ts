import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../services/redis.js';
import { mail, type Rig, startRig } from '../services/rig.js';
import { until } from '../services/until.js';

const user = 'support@acme.test';

let redis: TestRedis;
let rig: Rig;

beforeEach(async () => {
  redis = await startRedis();
  rig = await startRig(redis.url);
});
afterEach(async () => {
  await rig?.close();
  await redis?.stop();
});

const made = () =>
  rig.helpdesk
    .tickets()
    .map(({ subject }) => subject)
    .sort();

async function withMailbox<T>(work: (imap: Awaited<ReturnType<Rig['dovecot']['client']>>) => Promise<T>): Promise<T> {
  const imap = await rig.dovecot.client(user);
  const result = await work(imap);
  await imap.logout();
  return result;
}

/** As a person who presses "copy", or a restored backup: the copies keep INTERNALDATE and keywords. */
const copyBack = (from: string) =>
  withMailbox(async (imap) => {
    await imap.mailboxOpen(from);
    await imap.messageCopy('1:*', 'INBOX');
  });

const emptied = () => until('the inbox is empty', async () => (await rig.subjects('INBOX')).length === 0);

it('finds new mail without a restart of its own after the IMAP server was restarted, and says so meanwhile', async () => {
  const service = await rig.start();
  await rig.dovecot.kill('SIGTERM');
  await until('it is not ready', () => !service.health.ready);
  expect(service.health.parts.mailbox).toMatchObject({ ok: false, reason: expect.stringContaining('127.0.0.1') });
  const down = service.log.find(({ action }) => action === 'mailbox.down');
  expect(down).toMatchObject({ reason: expect.any(String), retryInMs: expect.any(Number) });
  await rig.dovecot.restart();
  await rig.deliver(mail({ subject: 'After the restart' }));
  await rig.filed('Processed', 'After the restart');
  await until('it is ready', () => service.health.ready);
});

it('waits before each new connection where the server ends each one as soon as it is there', async () => {
  const before = await rig.start();
  await before.stop();
  let connections = 0;
  const server = createServer((near) => {
    connections += 1;
    const far = connect(rig.dovecot.port, '127.0.0.1');
    for (const end of [near, far]) end.on('error', () => {});
    far.pipe(near);
    near.on('data', (data) => (data.includes('SELECT') ? [near, far].map((end) => end.destroy()) : far.write(data)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const service = await rig.launch({ IMAP_PORT: String(port) });
  const downs = await until('it has tried three times', () => {
    const lines = service.log.filter(({ action }) => action === 'mailbox.down');
    return lines.length >= 3 && lines;
  });
  const times = downs.map(({ time }) => Number(new Date(time as string)));
  const waits = downs.map(({ retryInMs }) => Number(retryInMs));
  for (const [i, wait] of waits.slice(0, -1).entries()) {
    expect((times[i + 1] ?? 0) - (times[i] ?? 0)).toBeGreaterThanOrEqual(wait - 5);
  }
  expect(connections).toBe(downs.length);
  await service.stop();
  server.close();
});

it.each([
  ['IMAP_PASSWORD', 'wrong'],
  ['IMAP_FOLDER', 'No such folder'],
])('names the setting where the server refuses what %s says, and is not ready', async (setting, value) => {
  const service = await rig.launch({ [setting]: value });
  const down = await until('it is logged', () => service.log.find(({ action }) => action === 'mailbox.down'));
  expect(down).toMatchObject({ level: 'error', reason: expect.stringContaining(setting) });
  expect(service.health.parts.mailbox).toMatchObject({ ok: false, reason: expect.stringContaining(setting) });
});

describe('mail that is copied back into the inbox from Processed', () => {
  it('is only filed again', async () => {
    await rig.start();
    for (const subject of ['One', 'Two']) await rig.deliver(mail({ subject }));
    await rig.filed('Processed', 'One', 'Two');
    await copyBack('Mail2Ticket/Processed');
    await until('the copies are filed', async () => (await rig.subjects('Processed')).length === 4);
    expect(made()).toEqual(['One', 'Two']);
  });

  it('is only filed again though the ledger has forgotten it', async () => {
    await rig.start();
    for (const subject of ['One', 'Two']) await rig.deliver(mail({ subject }));
    await rig.filed('Processed', 'One', 'Two');
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
    await copyBack('Mail2Ticket/Processed');
    await until('the copies are filed', async () => (await rig.subjects('Processed')).length === 4);
    expect(made()).toEqual(['One', 'Two']);
  });
});

it.each([
  ['in a row', false],
  ['with the ledger lost at the same time', true],
])(
  'makes no ticket twice, and none of old mail, where the folder is made anew with another UIDVALIDITY: %s',
  async (_, ledgerLost) => {
    const settings = { IMAP_FOLDER: 'Support', IMAP_POLL_SECONDS: '1' };
    const deliver = (subject: string) => rig.dovecot.deliver(user, mail({ subject }), 'Support');
    const standing = async (folder = 'Support') => (await rig.dovecot.list(user, folder)).map(({ subject }) => subject);
    const processed = 'Mail2Ticket/Support/Processed';
    const filed = (...subjects: string[]) =>
      until(`${subjects.join(', ')} in ${processed}`, async () => {
        const there = await standing(processed);
        return subjects.every((subject) => there.includes(subject));
      });
    await withMailbox((imap) => imap.mailboxCreate('Support'));
    await deliver('Older than the service');
    const uidValidity = () => withMailbox(async (imap) => await imap.status('Support', { uidValidity: true }));
    const before = await uidValidity();
    // INTERNALDATE has seconds: the mark must lie in a later one than the old mail.
    await until('a second later', () => Date.now() % 1000 > 900);
    await until('a second later', () => Date.now() % 1000 < 100);

    const service = await rig.start(settings);
    await deliver('Settled');
    await filed('Settled');
    // Tickets are made, the answers are lost: the mails are under way when the folder goes.
    rig.helpdesk.fault({ kind: 'status', status: 500, carriedOut: true, endpoint: 'tickets_create.php', times: 2 });
    await deliver('Under way 1');
    await deliver('Under way 2');
    await until('both are made', () => rig.helpdesk.tickets().length === 3);
    await withMailbox(async (imap) => {
      await imap.mailboxRename('Support', 'Before');
      await imap.mailboxCreate('Support');
      await imap.mailboxOpen('Before');
      await imap.messageCopy('1:*', 'Support');
      await imap.mailboxOpen(processed);
      await imap.messageCopy('1:*', 'Support');
    });
    if (ledgerLost) {
      const client = new Redis(redis.url);
      await client.flushall();
      client.disconnect();
    }
    expect(await uidValidity()).not.toEqual(before);
    await deliver('New');
    await filed('Settled', 'Under way 1', 'Under way 2', 'New');
    await until('the folder holds only what is old', async () => (await standing()).length === 1);
    expect(await standing()).toEqual(['Older than the service']);
    expect(made()).toEqual(['New', 'Settled', 'Under way 1', 'Under way 2']);
    await service.stop();
  },
);

it('makes one ticket of each mail where two services watch one mailbox', async () => {
  const services = [await rig.start({ IMAP_POLL_SECONDS: '1' }), await rig.start({ IMAP_POLL_SECONDS: '1' })];
  const subjects = Array.from({ length: 20 }, (_, i) => `Mail ${String(i).padStart(2, '0')}`);
  await Promise.all(subjects.map((subject) => rig.deliver(mail({ subject }))));
  await rig.filed('Processed', ...subjects);
  await emptied();
  expect(made()).toEqual(subjects);
  expect(services.flatMap(({ log }) => log.filter(({ action }) => action === 'mail.failed'))).toEqual([]);
});

it('says so where a second service watches one mailbox with a queue of its own: each would make its ticket', async () => {
  await rig.start();
  await rig.deliver(mail({ subject: 'Served before' }));
  await rig.filed('Processed', 'Served before');
  const other = await startRedis();
  try {
    const second = await rig.start({ QUEUE_URL: other.url });
    await until('it is logged', () => second.log.find(({ action }) => action === 'mailbox.unaccounted'));
    await second.stop();
  } finally {
    await other.stop();
  }
});
