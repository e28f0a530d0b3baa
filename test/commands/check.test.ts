import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Finding } from '../../src/check/finding.js';
import { selfSigned } from '../services/certificate.js';
import { runCli } from '../services/cli.js';
import { startDovecot } from '../services/dovecot.js';
import { freePort } from '../services/private-server.js';
import { startRedis, type TestRedis } from '../services/redis.js';
import { mail, type Rig, startRig } from '../services/rig.js';

let redis: TestRedis;
let rig: Rig;
beforeAll(async () => {
  redis = await startRedis();
  rig = await startRig(redis.url);
});
afterAll(async () => {
  await rig?.close();
  await redis?.stop();
});

async function check(settings: Record<string, string> = {}) {
  const { out, err, code } = await runCli(['check', '--json'], rig.environment(settings));
  expect(err).toBe('');
  const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: Finding[] };
  return { ok, code, findings, problems: findings.filter(({ level }) => level === 'problem') };
}

it('finds nothing wrong where nothing is, and the service that is started then begins as it would have without', async () => {
  await rig.deliver(mail({ subject: 'Older than the service' }));
  expect(await check()).toMatchObject({ ok: true, code: 0, problems: [] });
  const { out, code } = await runCli(['check'], rig.environment());
  expect(code).toBe(0);
  // A busy machine may get a warning of a slow answer.
  for (const line of out.trimEnd().split('\n').slice(0, -2)) expect(line).toMatch(/^([✓–]|! queue latency) /);
  expect(out.trimEnd().split('\n').at(-1)).toMatch(/^(Everything is in order|no problems, 1 warning)\./);

  const port = String(await freePort());
  const service = await rig.start({ HTTP_PORT: port });
  await rig.deliver(mail({ subject: 'New' }));
  await rig.filed('Processed', 'New');
  expect(await rig.subjects('INBOX')).toEqual(['Older than the service']);

  // Beside the running service: nothing in its folders changes, and the port that it has is no problem.
  const beside = await check({ HTTP_PORT: port });
  expect(beside).toMatchObject({ code: 0, problems: [] });
  expect(beside.findings.find(({ about }) => about === 'http')?.found).toContain('the running service answers');
  expect(await rig.subjects('Processed')).toEqual(['New']);
  const imap = await rig.dovecot.client('support@acme.test');
  expect((await imap.list()).filter(({ path }) => path.includes('Check'))).toEqual([]);
  await imap.logout();
  await service.stop();
  expect(rig.helpdesk.tickets()).toHaveLength(1);
});

it('looks at every part, whatever fails in another', async () => {
  const { problems, code } = await check({
    IMAP_HOST: 'mail.nowhere.invalid',
    QUEUE_URL: `redis://127.0.0.1:${await freePort()}`,
    HELPDESK_TOKEN: 'wrong',
    CATEGORY_ID: '9',
    SMTP_URL: `smtp://127.0.0.1:${await freePort()}`,
    ACK_FROM: 'support@acme.test',
    HTTP_PORT: String(redis.port),
  });
  expect(code).toBe(1);
  const cures = Object.fromEntries(problems.map(({ about, cure }) => [about, cure]));
  expect(cures).toMatchObject({
    'imap dns': expect.stringContaining('IMAP_HOST'),
    queue: expect.stringContaining('QUEUE_URL'),
    'helpdesk api': expect.stringContaining('HELPDESK_TOKEN'),
    category: expect.stringContaining('CATEGORY_ID'),
    smtp: expect.stringContaining('SMTP_URL'),
    http: expect.stringContaining('HTTP_PORT'),
  });
});

it('exits with 2 where the configuration cannot be used, and looks at what its rest allows', async () => {
  const { findings, problems, code } = await check({ IMAP_TLS: 'ssl', CUSTOM_FIELDS: '{', HELPDESK_TOKEN: '' });
  expect(code).toBe(2);
  expect(problems.map(({ about, found }) => `${about}: ${found.split(' ')[0]}`)).toEqual([
    'configuration: HELPDESK_TOKEN',
    'configuration: IMAP_TLS',
    'configuration: CUSTOM_FIELDS',
  ]);
  const levels = Object.fromEntries(findings.map(({ about, level }) => [about, level]));
  expect(levels).toMatchObject({ imap: 'skipped', helpdesk: 'skipped', queue: 'ok', 'queue persistence': 'ok' });
});

it('says where the settings come from, which names are none, and first of all that there is no .env where it looks', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mail2ticket-check-'));
  const checkIn = async (environment: Record<string, string>) => {
    const { out, code } = await runCli(['check', '--json'], environment, folder);
    const { findings } = JSON.parse(out) as { findings: Finding[] };
    return { code, of: findings.filter(({ about }) => about === 'configuration') };
  };
  const missing = await checkIn({});
  expect(missing.code).toBe(2);
  expect(missing.of[0]).toMatchObject({ level: 'warning', found: `.env is not in ${realpathSync(folder)}` });
  expect(missing.of.filter(({ level }) => level === 'problem').map(({ cure }) => cure)).toContain(
    'set HELPDESK_URL; .env.example explains it',
  );

  const file = Object.entries(rig.environment()).map(([name, value]) => `${name}='${value}'`);
  writeFileSync(join(folder, '.env'), [...file, 'IMAP_FLODER=Support'].join('\n'));
  expect(await checkIn({ LOG_LEVEL: '' })).toMatchObject({
    code: 0,
    of: [
      { level: 'warning', found: 'IMAP_FLODER is no setting, and does nothing' },
      { level: 'ok', found: `every setting of ${realpathSync(folder)}/.env and the environment can be used` },
    ],
  });
  rmSync(folder, { recursive: true });
});

it.each<[string, Record<string, string>, string[]]>([
  ['half of the page', { DASHBOARD_USER: 'ann' }, ['DASHBOARD_PASSWORD']],
  ['the other half of the page', { DASHBOARD_PASSWORD: 'abc' }, ['DASHBOARD_PASSWORD']],
  ['half of the acknowledgements', { ACK_FROM: 'a@acme.test' }, ['SMTP_URL']],
])('looks at what does not need it where %s is wrong', async (_, settings, wrong) => {
  const { code, findings, problems } = await check(settings);
  expect(code).toBe(2);
  expect(problems.map(({ found }) => found.split(' ')[0])).toEqual(wrong);
  expect(findings.map(({ about }) => about)).toEqual(expect.arrayContaining(['queue', 'helpdesk api']));
});

it.each<[string, Record<string, string>, string[]]>([
  ['all log-ins', { IMAP_AUTH: 'oauth2', OAUTH_PROVIDER: 'yahoo' }, ['imap', 'smtp']],
  ['one mailbox', { IMAP_AUTH: 'oauth2', MAILBOXES: 'a', A_OAUTH_PROVIDER: 'microsoft' }, ['imap']],
  [
    'SMTP',
    {
      SMTP_AUTH: 'oauth2',
      SMTP_URL: 'smtp://a@mail.acme.test',
      ACK_FROM: 'a@acme.test',
      SMTP_OAUTH_PROVIDER: 'google',
    },
    ['smtp'],
  ],
])('leaves out no more than it has to where the OAuth settings of %s are wrong', async (_, settings, left) => {
  const { code, findings } = await check(settings);
  expect(code).toBe(2);
  const notLookedAt = findings.filter(({ found }) => /^not looked at, since .*OAUTH_/.test(found));
  expect(notLookedAt.map(({ about }) => about)).toEqual(left);
  expect(findings.map(({ about }) => about)).toEqual(expect.arrayContaining(['queue', 'helpdesk api']));
});

it('trusts a certificate that NODE_EXTRA_CA_CERTS names, and warns before its end', async () => {
  const certificate = selfSigned('DNS:localhost', 7);
  const dovecot = await startDovecot({ certificate });
  const settings = {
    ...dovecot.settings('support@acme.test'),
    IMAP_HOST: 'localhost',
    IMAP_PORT: String(dovecot.tlsPort),
    IMAP_TLS: 'implicit',
  };
  expect((await check(settings)).problems).toMatchObject([
    { about: 'imap tls', found: expect.stringContaining('SELF_SIGNED') },
  ]);
  const trusting = await check({ ...settings, NODE_EXTRA_CA_CERTS: certificate.cert });
  expect(trusting).toMatchObject({ code: 0, problems: [] });
  expect(trusting.findings.find(({ about }) => about === 'imap tls')).toMatchObject({
    level: 'warning',
    found: expect.stringMatching(/valid for [67] more days/),
  });
  await dovecot.stop();
});

it('keeps what servers say off the terminal', async () => {
  const server = createServer((_, response) => response.end('{"success":false,"error":"\\u001b[2Jgone"}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
  const { out, code } = await runCli(['check'], rig.environment({ HELPDESK_URL: url }));
  server.closeAllConnections();
  server.close();
  expect(code).toBe(1);
  expect(out).toContain('gone');
  expect(out).not.toContain('\u001b');
});
