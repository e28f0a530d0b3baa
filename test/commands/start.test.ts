import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ownVersion } from '../../src/version.js';
import { runCli, startCli } from '../services/cli.js';
import { freePort } from '../services/private-server.js';
import { startRedis } from '../services/redis.js';
import { mail, startRig } from '../services/rig.js';
import { until } from '../services/until.js';

const settings = {
  HELPDESK_URL: 'https://help.acme.test/api/',
  HELPDESK_TOKEN: 'token',
  IMAP_HOST: 'imap.acme.test',
  IMAP_USER: 'support@acme.test',
  IMAP_PASSWORD: 'hunter2',
};

it('ends with 1, to be started again, while another program has HTTP_PORT', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { code, err } = await runCli(['start'], { ...settings, HTTP_PORT: String(port) });
  other.close();
  expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(`HTTP_PORT "${port}".*EADDRINUSE`) });
});

it('begins with what runs, with which settings, and where it is served, and nothing secret', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mail2ticket-start-'));
  writeFileSync(join(folder, '.env'), 'IMAP_FOLDER=Help\n');
  const port = await freePort();
  const queue = `redis://user:hunter3@127.0.0.1:${await freePort()}/2`;
  const page = { HTTP_PORT: String(port), DASHBOARD_USER: 'operator', DASHBOARD_PASSWORD: 'hunter4 hunter4' };
  const child = startCli(['start'], { ...settings, ...page, QUEUE_URL: queue }, folder);
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  try {
    await until('it listens', () => output.includes('status.listening'));
    expect(JSON.parse(output.split('\n')[0] ?? '')).toMatchObject({
      action: 'service.starting',
      version: ownVersion(),
      role: 'all',
      mailboxes: ['imap://support%40acme.test@imap.acme.test/Help'],
      helpdesk: 'https://help.acme.test/api/',
      queue: queue.replace('redis://user:hunter3@', '').replace('/2', ''),
      port,
      dotenv: join(folder, '.env'),
    });
    expect(JSON.parse(output.split('\n')[1] ?? '')).toMatchObject({
      action: 'status.listening',
      url: `http://127.0.0.1:${port}`,
      page: true,
    });
    expect(output).not.toMatch(/hunter/);
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
});

it.each([
  ['idle', false, 'SIGKILL'],
  ['at work', true, 'SIGKILL'],
  ['looking at mail, and Redis only does not answer', false, 'SIGSTOP'],
] as const)(
  'ends by itself within ten seconds and with exit code 0 on SIGTERM while Redis is away: %s',
  async (_, atWork, signal) => {
    const redis = await startRedis();
    const rig = await startRig(redis.url);
    const child = startCli(['start'], rig.environment());
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        output += data;
      });
    }
    try {
      await until('it watches', () => output.includes('mailbox.watched'));
      if (atWork) {
        rig.helpdesk.fault({ kind: 'hang', carriedOut: true, endpoint: 'tickets_create.php' });
        await rig.deliver(mail({ subject: 'Under way' }));
        await until('the ticket is made', () => rig.helpdesk.tickets().length > 0);
      }
      await redis.kill(signal);
      if (signal === 'SIGKILL') await until('it notices', () => output.includes('ECONNREFUSED'));
      else {
        await rig.deliver(mail({ subject: 'New' }));
        // It asks the ledger about the new mail by then.
        await sleep(500);
      }
      const asked = Date.now();
      child.kill('SIGTERM');
      const exit = await Promise.race([once(child, 'close'), sleep(12_000, ['late'])]);
      expect(exit[0], output.split('\n').slice(-12).join('\n')).toBe(0);
      expect(Date.now() - asked).toBeLessThan(10_000);
      expect(output.split('\n').filter((line) => !line.startsWith('{"level":'))).toEqual(['']);
    } finally {
      child.kill('SIGKILL');
      await rig.close();
      await redis.stop();
    }
  },
);

it('tells of an error that nobody expected where it arose, and nothing of what hangs on it', async () => {
  const crash = `process.once('SIGUSR2', () => {
    const secret = process.env.IMAP_PASSWORD;
    throw Object.assign(new Error(secret), { command: { args: [secret] }, code: 'EODD' });
  })`;
  const child = startCli(['start'], {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(crash)}`,
    ...settings,
    QUEUE_URL: `redis://127.0.0.1:${await freePort()}`,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data;
    });
  }
  try {
    await until('it has begun', () => output.includes('service.starting'));
    child.kill('SIGUSR2');
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    const last = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ level: 'error', action: 'service.crashed', reason: 'Error EODD' });
    expect(last.at[0]).toContain('at process.');
    expect(output).not.toContain('hunter2');
  } finally {
    child.kill('SIGKILL');
  }
});

it('warns of what is odd in .env, by name and without the value, and says which file it was', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mail2ticket-start-'));
  writeFileSync(join(folder, '.env'), 'IMAP_PASSWORD=s3cret#x\nIMAP_FLODER=s3cret\n');
  const { IMAP_PASSWORD: _, ...rest } = settings;
  const child = startCli(['start'], { ...rest, QUEUE_URL: `redis://127.0.0.1:${await freePort()}` }, folder);
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  try {
    await until('it has begun', () => output.includes('service.starting'));
    const lines = output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { level: 'warn', action: 'config.warning', setting: 'IMAP_PASSWORD', msg: expect.stringContaining('#') },
      { level: 'warn', action: 'config.warning', setting: 'IMAP_FLODER', msg: expect.stringContaining('IMAP_FOLDER') },
      { action: 'service.starting', dotenv: join(realpathSync(folder), '.env') },
    ]);
    expect(output).not.toContain('s3cret');
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
});

it('says as an error, and with the setting to look at, that Redis wants another password', async () => {
  const redis = await startRedis();
  const child = startCli(['start'], { ...settings, QUEUE_URL: redis.url.replace('redis://', 'redis://nobody:wrong@') });
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  try {
    const line = await until('it says so', () => output.split('\n').find((each) => each.includes('queue.unavailable')));
    expect(JSON.parse(line)).toMatchObject({ level: 'error', reason: expect.stringMatching(/see QUEUE_URL$/) });
    expect(line).not.toContain('wrong@');
  } finally {
    child.kill('SIGKILL');
    await redis.stop();
  }
});
