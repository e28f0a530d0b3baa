import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_MAILS_UNDER_WAY } from '../../src/limits.js';
import { createLogger } from '../../src/log/logger.js';
import { openBackend } from '../../src/queue/backend.js';
import { runCli, startCli } from '../services/cli.js';
import { mail, type Rig, type RunningService, startRig } from '../services/rig.js';
import { until } from '../services/until.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mail2ticket-ingest-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function run(args: string[], settings: Record<string, string>, input = '') {
  const child = startCli(['ingest', ...args], settings);
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { out, err, code };
}

async function file(name: string, content: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

/** Mails with senders and words of their own, so that none has to wait for another. */
function mbox(name: string, count: number): Promise<string> {
  const one = (i: number) =>
    `From ann@example.com Tue Nov 24 08:00:00 2026\n${mail({ subject: `${name} ${i}`, from: `ann${i}@example.com`, body: `The words of ${i}\n` })}\n`;
  return file(`${name}.mbox`, Array.from({ length: count }, (_, i) => one(i)).join(''));
}

const refusal = {
  kind: 'status',
  status: 400,
  body: '{"success":false,"message":"Order number is required"}',
  endpoint: 'tickets_create.php',
} as const;

describe('ingest', () => {
  let rig: Rig;
  let service: RunningService;
  let redis: Redis;

  beforeAll(async () => {
    rig = await startRig('redis');
    service = await rig.start();
    redis = new Redis(rig.environment().QUEUE_URL ?? '');
  });
  afterAll(async () => {
    redis?.disconnect();
    await rig?.close();
  });

  const tickets = (subject: string) => rig.helpdesk.tickets().filter((ticket) => ticket.subject.startsWith(subject));
  const ingest = (args: string[], input?: string) => run(args, rig.environment(), input);

  it('makes a ticket of each mail of an mbox, though it is killed half-way and run again', async () => {
    const path = await mbox('Killed', 300);
    const killed = startCli(['ingest', path], rig.environment());
    await until('some mails are queued', () => tickets('Killed').length > 0);
    killed.kill('SIGKILL');
    await once(killed, 'close');
    const { out, code } = await ingest([path, '--json']);
    const { mails, queued, known } = JSON.parse(out);
    expect({ code, mails, sum: queued + known }).toEqual({ code: 0, mails: 300, sum: 300 });
    expect(known).toBeGreaterThan(0);
    await until('all are tickets', () => tickets('Killed').length >= 300);
    expect(JSON.parse((await ingest([path, '--json'])).out)).toMatchObject({ queued: 0, known: 300 });
    expect(new Set(tickets('Killed').map(({ subject }) => subject)).size).toBe(300);
    expect(tickets('Killed')).toHaveLength(300);
  });

  it('makes one ticket of a mail that stands in the mailbox as well, in whichever order', async () => {
    const [first, second] = [mail({ subject: 'Both ways 1' }), mail({ subject: 'Both ways 2' })];
    expect(await ingest(['-'], first)).toEqual({ out: '', err: '', code: 0 });
    await rig.deliver(first);
    await rig.filed('Processed', 'Both ways 1');
    await rig.deliver(second);
    await rig.filed('Processed', 'Both ways 2');
    expect(JSON.parse((await ingest(['-', '--json'], second)).out)).toMatchObject({ queued: 0, known: 1 });
    expect(tickets('Both ways')).toHaveLength(2);
    // Both bear the keyword by which they are known where the queue is lost.
    const imap = await rig.dovecot.client('support@acme.test');
    await imap.mailboxOpen('Mail2Ticket/Processed');
    const uids = await imap.search({ keyword: '$Mail2TicketQueued', subject: 'Both ways' });
    await imap.logout();
    expect(uids).toHaveLength(2);
  });

  it('tells mails with one Message-ID apart, and takes a mail once that is there twice', async () => {
    const scan = (subject: string) => mail({ subject, headers: ['Message-ID: <scanner@acme.test>'] });
    const path = await file('scans.mbox', ['Scan 1', 'Scan 2', 'Scan 1'].map((s) => `From a\n${scan(s)}\n`).join(''));
    expect(JSON.parse((await ingest([path, '--json'])).out)).toMatchObject({ queued: 2, known: 1 });
    await until('both are tickets', () => tickets('Scan').length === 2);
  });

  it('keeps the text of a mail only until it has become a ticket', async () => {
    const body = 'words that only the customer knows';
    expect((await ingest(['-'], mail({ subject: 'Secret', from: 'secret@example.com', body }))).code).toBe(0);
    const settled = () =>
      service.log.find(({ action, from }) => action === 'mail.created' && from === 'secret@example.com');
    const { mail: id } = await until('it is a ticket', settled);
    const stored = await redis.hgetall(`mail2ticket:mail:${id}`);
    expect(stored.data).toContain('settledWith');
    expect(JSON.stringify(stored)).not.toContain(body);
    expect((await runCli(['mail', 'show', String(id)], rig.environment())).out).toMatch(
      /lies in +no folder: it was ingested/,
    );
  });

  it('keeps the text of a mail that failed, which can be tried again from there or by ingesting it again', async () => {
    const raw = mail({ subject: 'Refused', from: 'refused@example.com' });
    const failed = () =>
      service.log.filter(({ action, from }) => action === 'mail.failed' && from === 'refused@example.com');
    rig.helpdesk.fault({ ...refusal, times: 2 });
    expect((await ingest(['-'], raw)).code).toBe(0);
    const [{ mail: id } = {}] = await until('it has failed', () => (failed().length === 1 ? failed() : null));
    expect(JSON.parse((await ingest(['-', '--json'], raw)).out)).toMatchObject({ queued: 0, again: 1 });
    await until('it has failed again', () => failed().length === 2);
    expect(await runCli(['mail', 'retry', String(id)], rig.environment())).toMatchObject({
      out: expect.stringContaining('1 mail put into the queue again'),
      code: 0,
    });
    await until('it is a ticket', () => tickets('Refused').length === 1);
  });

  it('files a mail that failed where it stands in the mailbox too, and a person can have it tried again there', async () => {
    const raw = mail({ subject: 'Refused both ways', from: 'both@example.com' });
    rig.helpdesk.fault({ ...refusal, times: 1 });
    expect((await ingest(['-'], raw)).code).toBe(0);
    await until('it has failed', () =>
      service.log.find(({ action, from }) => action === 'mail.failed' && from === 'both@example.com'),
    );
    await rig.deliver(raw);
    await rig.filed('Failed', 'Refused both ways');
    expect((await runCli(['mail', 'retry', '--all'], rig.environment())).out).toMatch(/1 mail moved back/);
    await rig.filed('Processed', 'Refused both ways');
    expect(tickets('Refused both ways')).toHaveLength(1);
  });

  it('looks first whether a mail is at the helpdesk that an emptied queue may have known', async () => {
    const old = mail({ subject: 'Known before', from: 'old@example.com' });
    expect((await ingest(['-'], old)).code).toBe(0);
    await until('it is a ticket', () => tickets('Known before').length === 1);
    await redis.flushall();
    expect((await ingest(['-'], old)).code).toBe(0);
    const adopted = () =>
      service.log.find(
        ({ action, from, adopted }) => action === 'mail.created' && from === 'old@example.com' && adopted,
      );
    await until('it is adopted', adopted);
    expect(tickets('Known before')).toHaveLength(1);
  });
});

describe('ingest for an MTA', () => {
  const settings = {
    HELPDESK_URL: 'https://help.acme.test/api/',
    HELPDESK_TOKEN: 'token',
    IMAP_HOST: 'mail.acme.test',
    IMAP_USER: 'support@acme.test',
    IMAP_PASSWORD: 'password',
  };
  const raw = mail({ subject: 'Hello' });

  it.each<[string, string[], Record<string, string>, RegExp]>([
    ['the queue is away', ['-'], { ...settings, QUEUE_URL: 'redis://127.0.0.1:1' }, /ECONNREFUSED/],
    ['the configuration cannot be used', ['-'], { ...settings, HELPDESK_TOKEN: '' }, /HELPDESK_TOKEN: is required/],
    ['it is called wrongly', ['-', '--mailboxes', 'x'], settings, /unknown option/],
    ['there is no such mailbox', ['-', '--mailbox', 'sales'], settings, /--mailbox: "sales": accepted: none/],
    ['something stands beside the dash', ['-', 'archive.mbox'], settings, /stands alone/],
  ])('ends with 75 where %s, so that the mail is kept and tried again', async (_why, args, environment, words) => {
    const { err, out, code } = await run(args, environment, raw);
    expect({ code, out }).toEqual({ code: 75, out: '' });
    expect(err).toMatch(words);
  });

  it('ends with 75 while the service has the embedded queue, and says what to do', async () => {
    const environment = { ...settings, QUEUE_URL: `embedded:${join(directory, 'queue')}` };
    const backend = await openBackend(environment.QUEUE_URL, { log: createLogger('silent') });
    try {
      const { err, code } = await run(['-'], environment, raw);
      expect({ err, code }).toEqual({
        err: expect.stringMatching(/in use by process.*set QUEUE_URL to redis/),
        code: 75,
      });
    } finally {
      await backend.close();
    }
  });

  it('takes no more than the queue may hold, and leaves the rest where it is', async () => {
    const environment = { ...settings, QUEUE_URL: `embedded:${join(directory, 'full')}` };
    const full = await mbox('Full', MAX_MAILS_UNDER_WAY + 50);
    const { err, code } = await run([full], environment);
    expect({ err, code }).toEqual({ err: expect.stringMatching(/1000 mails are under way/), code: 1 });
    expect(await run(['-'], environment, raw)).toMatchObject({ err: expect.stringContaining('1000 mails'), code: 75 });
    const [first = ''] = (await readFile(full, 'utf8')).split(/^From .*\n/m).slice(1);
    const known = await run([await file('known.eml', first)], environment);
    expect(known).toMatchObject({ out: expect.stringContaining('1 known already'), code: 0 });
  });

  it('ends with 75 where no mail comes', async () => {
    expect((await run(['-'], settings)).code).toBe(75);
  });

  it('reads a mail of any size to its end, and takes it', async () => {
    const large = `${raw}${'x'.repeat(1000)}\n`.padEnd(50 * 1024 * 1024, 'large mail\n');
    const { err, out, code } = await run(['-', '--dry-run', '--json'], settings, large);
    expect({ err, code }).toEqual({ err: '', code: 0 });
    expect(JSON.parse(out)).toMatchObject({ mails: 1, outcomes: { create: { 'new ticket': 1 } } });
  });
});

describe('ingest --dry-run', () => {
  const settings = {
    HELPDESK_URL: 'https://help.acme.test/api/',
    HELPDESK_TOKEN: 'token',
    MAILBOXES: 'support,billing',
    IMAP_HOST: 'mail.acme.test',
    IMAP_PASSWORD: 'password',
    IMAP_SUPPORT_USER: 'support@acme.test',
    IMAP_BILLING_USER: 'billing@acme.test',
    BILLING_SUBJECT_TAG: '[bill {id}]',
    // Nothing listens there.
    QUEUE_URL: 'redis://127.0.0.1:1',
  };

  it('says by rule what would become of the mails of a mailbox, without a queue', async () => {
    const answer = mail({ subject: 'Re: [bill 12] Invoice', from: 'eve@example.com' });
    const path = await file(
      'dry.mbox',
      [answer, mail({ subject: 'Away', headers: ['Auto-Submitted: auto-replied'] }), mail({ subject: 'Help' }), answer]
        .map((raw) => `From a\n${raw}\n`)
        .join(''),
    );
    const counts = async (...mailbox: string[]) =>
      JSON.parse((await run([path, '--dry-run', '--json', ...mailbox], settings)).out);
    expect(await counts()).toEqual({
      mails: 4,
      queued: 3,
      again: 0,
      known: 1,
      outcomes: { create: { 'new ticket': 2 }, ignore: { 'automatic reply': 1 } },
      named: [
        { outcome: 'create', rule: 'new ticket', from: 'eve@example.com', subject: 'Re: [bill 12] Invoice' },
        { outcome: 'ignore', rule: 'automatic reply', from: 'ann@example.com', subject: 'Away' },
        { outcome: 'create', rule: 'new ticket', from: 'ann@example.com', subject: 'Help' },
      ].map((told) => ({ ...told, messageId: expect.stringMatching(/^<.*@example\.com>$/) })),
    });
    expect(await counts('--mailbox', 'billing')).toMatchObject({
      outcomes: { create: { 'new ticket': 1 }, reply: {} },
    });
    const { out, err, code } = await run([path, '--dry-run'], settings);
    expect(out).toMatch(/ignored.*automatic reply.*1/);
    expect(out).toMatch(/ignored.*automatic reply.*ann@example\.com.*Away/);
    expect(out).toMatch(/4 read: 3 would be queued, 1 are there more than once\. Nothing was done\./);
    expect(err).toMatch(/100 % {2}3 would be queued, 1 known/);
    expect(code).toBe(0);
  });

  it.each([
    [['no-such.mbox', '--dry-run'], /^mail2ticket: no-such\.mbox: there is no such file\n$/],
    [['/dev', '--dry-run'], /^mail2ticket: \/dev: is a folder without \.eml files/],
    [[process.execPath, '--dry-run'], /^mail2ticket: \S+: is no mail/],
    [[], /missing required argument/],
  ])('ends with 2 for a wrong call: %j', async (args, words) => {
    const { err, code } = await run(args, settings);
    expect({ err, code }).toEqual({ err: expect.stringMatching(words), code: 2 });
  });
});
