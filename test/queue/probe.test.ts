import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/check/finding.js';
import { lockDirectory } from '../../src/queue/directory-lock.js';
import { judgeRedis, parseInfo } from '../../src/queue/probe/redis.js';
import { probeQueue } from '../../src/queue/probe.js';
import { selfSigned } from '../services/certificate.js';
import { postgresPrograms, startPostgres } from '../services/postgres.js';
import { freePort } from '../services/private-server.js';
import { startRedis } from '../services/redis.js';

async function findings(url: string, timeoutMs = 5000): Promise<Record<string, Finding>> {
  const found: Record<string, Finding> = {};
  await probeQueue(url, timeoutMs, (finding) => {
    found[finding.about] = finding;
  });
  return found;
}

describe('a Redis', () => {
  it('that keeps all it is given is fine', async () => {
    const redis = await startRedis();
    expect(await findings(redis.url)).toMatchObject({
      queue: { level: 'ok', found: expect.stringMatching(/^Redis \d/) },
      'queue eviction': { level: 'ok' },
      'queue persistence': { level: 'ok', found: 'append-only file' },
      'queue latency': { found: expect.stringMatching(/ms$/) },
    });
    await redis.stop();
  });

  it('that throws out jobs and keeps nothing on disk is warned of, with what to set', async () => {
    const redis = await startRedis({ appendonly: false, policy: 'allkeys-lru' });
    expect(await findings(redis.url)).toMatchObject({
      'queue eviction': { level: 'warning', cure: expect.stringContaining('maxmemory-policy noeviction') },
      'queue persistence': { level: 'warning', cure: expect.stringContaining('appendonly yes') },
    });
    await redis.stop();
  });

  it('that forbids CONFIG, as managed ones do, still tells what INFO has', async () => {
    const redis = await startRedis({ appendonly: false, policy: 'allkeys-lru' });
    const admin = new Redis(redis.url);
    await admin.call('ACL', 'SETUSER', 'default', '-config');
    const found = await findings(redis.url);
    admin.disconnect();
    expect(found['queue eviction']).toMatchObject({ level: 'warning' });
    expect(found['queue persistence']).toMatchObject({ level: 'skipped' });
    await redis.stop();
  });

  it('that wants another password says so without repeating ours', async () => {
    const redis = await startRedis();
    const admin = new Redis(redis.url);
    await admin.config('SET', 'requirepass', 'right');
    const found = await findings(redis.url.replace('://', '://:hunter2@'));
    admin.disconnect();
    expect(found.queue).toMatchObject({ level: 'problem', cure: 'check user and password in QUEUE_URL' });
    expect(JSON.stringify(found)).not.toContain('hunter2');
    await redis.stop();
  });

  it('that speaks no TLS, where QUEUE_URL begins with rediss, is told as that', async () => {
    const redis = await startRedis();
    const { queue } = await findings(redis.url.replace('redis:', 'rediss:'), 500);
    expect(queue).toMatchObject({
      level: 'problem',
      found: expect.stringMatching(/^127.0.0.1:\d+ cannot be used: takes the connection, but speaks no TLS$/),
      cure: 'let QUEUE_URL begin with redis://, or name the port on which Redis speaks TLS',
    });
    await redis.stop();
  });

  it('that speaks TLS alone, where QUEUE_URL begins with redis, is told as that', async () => {
    const { key, cert } = selfSigned('DNS:localhost', 7);
    const port = await freePort();
    const redis = await startRedis({
      more: { 'tls-port': String(port), 'tls-cert-file': cert, 'tls-key-file': key, 'tls-auth-clients': 'no' },
    });
    expect((await findings(`redis://127.0.0.1:${port}`)).queue).toMatchObject({
      level: 'problem',
      cure: 'perhaps Redis speaks TLS there: let QUEUE_URL begin with rediss://',
    });
    await redis.stop();
  });

  it('that has no database of this number is a problem of QUEUE_URL', async () => {
    const redis = await startRedis();
    const { queue } = await findings(`${redis.url}/99`);
    expect(queue).toMatchObject({
      level: 'problem',
      found: expect.stringContaining('DB index is out of range'),
      cure: 'let QUEUE_URL end in the number of a database that Redis has: 0 to 15, unless redis.conf has more',
    });
    await redis.stop();
  });

  it('that is not there is named with host and port', async () => {
    const port = await freePort();
    expect((await findings(`redis://:hunter2@127.0.0.1:${port}`)).queue).toMatchObject({
      level: 'problem',
      found: expect.stringContaining(`127.0.0.1:${port}`),
      cure: expect.stringContaining('QUEUE_URL'),
    });
  });

  it.each([
    ['is too old', 'redis_version:4.0.9', 'queue', 'problem'],
    ['is older than advised', 'redis_version:6.0.16', 'queue', 'warning'],
    ['counts its versions in its own way', 'redis_version:2.0\r\nvalkey_version:8.1.0', 'queue', 'ok'],
    ['is a replica', 'redis_version:7.2.0\r\nrole:slave', 'queue', 'problem'],
    ['cannot write to its disk', 'aof_enabled:1\r\naof_last_write_status:err', 'queue persistence', 'problem'],
    ['is nearly full', 'used_memory:95\r\nmaxmemory:100', 'queue memory', 'warning'],
    ['has room', 'used_memory:89\r\nmaxmemory:100', 'queue memory', undefined],
  ])('that %s is judged by what INFO says', (_, info, about, level) => {
    const found = judgeRedis(parseInfo(`# Server\r\n${info}\r\n`), '3600 1');
    expect(found.find((finding) => finding.about === about)?.level).toBe(level);
  });
});

describe.skipIf(postgresPrograms === null)('a PostgreSQL', () => {
  it('is fine where we may make our tables, and a problem where not', async () => {
    const postgres = await startPostgres();
    expect(await findings(postgres.url)).toMatchObject({
      queue: { level: 'ok', found: expect.stringMatching(/^PostgreSQL \d/) },
      'queue rights': { level: 'ok' },
      'queue persistence': { level: 'ok' },
      'queue latency': { found: expect.stringMatching(/ms$/) },
    });
    const { Client } = (await import('pg')).default;
    const admin = new Client({ connectionString: postgres.url });
    await admin.connect();
    await admin.query('CREATE USER guest');
    await admin.end();
    expect((await findings(postgres.url.replace('tester@', 'guest@')))['queue rights']).toMatchObject({
      level: 'problem',
      cure: expect.stringContaining('GRANT CREATE'),
    });
    expect((await findings(`${postgres.url}x`)).queue).toMatchObject({ cure: expect.stringContaining('database') });
    await postgres.stop();
  });
});

describe('an embedded queue', () => {
  it('that does not stand yet can be made, and nothing is made by asking', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'mail2ticket-probe-'));
    const found = await findings(`embedded:${parent}/data`);
    expect(found.queue).toMatchObject({ level: 'ok', found: expect.stringContaining('first start') });
    rmSync(parent, { recursive: true });
  });

  it('in use by a running service is no problem', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'mail2ticket-probe-'));
    const unlock = lockDirectory(directory);
    expect((await findings(`embedded:${directory}`)).queue).toMatchObject({ level: 'ok' });
    if (typeof unlock === 'function') unlock();
    rmSync(directory, { recursive: true });
  });

  it('that is a file is told as that', async () => {
    const path = resolve('package.json');
    expect((await findings(`embedded:${path}`)).queue).toMatchObject({
      level: 'problem',
      found: `${path} is a file, not a directory`,
      cure: 'let QUEUE_URL name a directory: embedded:DIR',
    });
  });

  it('in a place where no directory can be made is a problem', async () => {
    expect((await findings(`embedded:${resolve('package.json')}/data`)).queue).toMatchObject({
      level: 'problem',
      cure: expect.stringContaining('embedded:DIR'),
    });
  });
});
