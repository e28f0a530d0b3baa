import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from './services/cli.js';
import { PASSWORD } from './services/dovecot.js';
import { freePort } from './services/private-server.js';
import { startRedis, type TestRedis } from './services/redis.js';
import { mail, type Rig, startRig } from './services/rig.js';
import { startSmtp, type TestSmtp } from './services/smtp.js';
import { until } from './services/until.js';

const secrets = {
  token: 'secret-of-the-helpdesk',
  imap: PASSWORD,
  redis: 'secret-of-redis',
  smtp: 'secret-of-smtp',
  dashboard: 'secret-of-the-page',
};
const body = 'words-of-the-customer';

/** What a helpdesk may do with what it is sent: repeat it, headers and all. */
const FAULTS = [
  { status: 500, answer: (said: string) => said },
  { status: 200, answer: (said: string) => said },
  { status: 400, answer: (said: string) => JSON.stringify({ success: false, message: `Not understood: ${said}` }) },
  { status: 200, answer: (said: string) => JSON.stringify({ success: true, ticket_id: { said } }) },
  { status: 403, answer: (said: string) => said },
  { status: 302, answer: (said: string) => said },
] as const;

let redis: TestRedis;
let rig: Rig;
let smtp: TestSmtp;
let settings: Record<string, string>;
let faults = 0;

const helpdesk = createServer(async (request, response) => {
  let posted = '';
  for await (const chunk of request) posted += chunk;
  const said = `${request.headers.authorization} ${posted}`;
  const fault = request.method === 'POST' ? FAULTS[faults++] : undefined;
  response.statusCode = fault?.status ?? 200;
  if (fault?.status === 302) response.setHeader('location', `https://evil.example/?${encodeURIComponent(said)}`);
  response.end(fault?.answer(said) ?? JSON.stringify({ success: true, ticket_id: '12', tickets: [] }));
});

beforeAll(async () => {
  redis = await startRedis({ more: { user: `app on >${secrets.redis} ~* &* +@all` } });
  rig = await startRig(`redis://app:${secrets.redis}@127.0.0.1:${redis.port}`);
  smtp = await startSmtp();
  const port = await freePort();
  await new Promise<void>((resolve) => helpdesk.listen(port, '127.0.0.1', resolve));
  settings = {
    HELPDESK_URL: `http://127.0.0.1:${port}/api/`,
    HELPDESK_TOKEN: secrets.token,
    HTTP_PORT: String(await freePort()),
    DASHBOARD_USER: 'operator',
    DASHBOARD_PASSWORD: secrets.dashboard,
    // Refused there.
    SMTP_URL: `smtp://nobody:${secrets.smtp}@127.0.0.1:${smtp.port}`,
    ACK_FROM: 'support@acme.test',
  };
});

afterAll(async () => {
  await rig?.close();
  await smtp?.stop();
  helpdesk.close();
  await redis?.stop();
});

/** Everything that stands in Redis, as it stands there. */
async function stored(): Promise<string> {
  const client = new Redis(redis.url, { lazyConnect: true });
  await client.connect();
  const values: unknown[] = [];
  for (const key of await client.keys('*')) {
    const type = await client.type(key);
    if (type === 'hash') values.push(key, await client.hgetall(key));
    else if (type === 'stream') values.push(key, await client.xrange(key, '-', '+'));
    else if (type === 'zset') values.push(key, await client.zrange(key, '0', '-1'));
    else if (type === 'list') values.push(key, await client.lrange(key, 0, -1));
    else values.push(key, await client.get(key).catch(() => type));
  }
  client.disconnect();
  return JSON.stringify(values);
}

it('shows no secret and no word of a mail in logs, answers, the command line and the queue, whatever a helpdesk repeats', async () => {
  const service = await rig.start(settings);
  const subjects = FAULTS.map((_, i) => `Mail ${i}`);
  for (const subject of subjects) await rig.deliver(mail({ subject, body }));
  await until('each fault has been met', () => faults >= FAULTS.length);
  await until('the acknowledgement is refused', () =>
    service.log.some(({ action }) => action?.startsWith('mail.acknowledgement.')),
  );
  const url = `http://127.0.0.1:${settings.HTTP_PORT}`;
  const authorization = `Basic ${Buffer.from(`operator:${secrets.dashboard}`).toString('base64')}`;
  const seen: unknown[] = [service.log];
  for (const path of ['/readyz', '/metrics', '/', '/api/mails', '/queues/', '/api/nothing']) {
    seen.push(await (await fetch(url + path, { headers: { authorization } })).text());
  }
  const commands = [['check'], ['check', '--json'], ['health'], ['mail', 'list'], ['tickets', 'list', 'a@b.test']];
  for (const command of commands) seen.push(await runCli(command, rig.environment(settings)));
  const misplaced = { HELPDESK_URL: `https://u:${secrets.token}@help.acme.test/api/`, IMAP_PORT: 'x' };
  seen.push(await runCli(['check'], rig.environment(misplaced)));
  const shown = JSON.stringify(seen);
  for (const secret of [...Object.values(secrets), body]) expect(shown).not.toContain(secret);

  const kept = await stored();
  for (const secret of Object.values(secrets)) expect(kept).not.toContain(secret);
  await until('all is settled and filed', async () => (await rig.subjects('INBOX')).length === 0);
  await until('the queue has let go of the texts', async () => !(await stored()).includes(body));
});
