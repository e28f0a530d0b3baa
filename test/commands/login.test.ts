import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli, startCli } from '../services/cli.js';
import { CLIENT, REFRESH_TOKEN, SECRETS, startTokenServer, type TokenServer } from '../services/token-server.js';
import { until } from '../services/until.js';

let server: TokenServer;
beforeEach(async () => {
  server = await startTokenServer();
});
afterEach(() => server.stop());

const client = () => ({
  IMAP_USER: 'support@acme.test',
  OAUTH_TOKEN_URL: `${server.url}token`,
  OAUTH_CLIENT_ID: CLIENT.id,
  OAUTH_CLIENT_SECRET: CLIENT.secret,
  OAUTH_SCOPE: 'mail offline_access',
});
const device = () => ({ ...client(), OAUTH_DEVICE_URL: `${server.url}device` });
const browser = () => ({ ...client(), OAUTH_AUTHORIZATION_URL: `${server.url}authorize?audience=mail` });

/** The command while it waits for a person; its standard input stays open, as a terminal does. */
function login(environment: Record<string, string>, ...args: string[]) {
  const child = startCli(['login', ...args], environment);
  let told = '';
  child.stderr.on('data', (chunk) => {
    told += chunk;
  });
  const out = text(child.stdout);
  return {
    type: (line: string) => child.stdin.write(`${line}\n`),
    told: (pattern: RegExp) => until(`${pattern} is told`, () => pattern.exec(told)),
    async end() {
      const [code] = await once(child, 'close');
      return { code, out: await out, told };
    },
  };
}

/** The address that the person is asked to open, and the one that the provider sends the browser back to. */
async function opened({ told }: ReturnType<typeof login>) {
  const [, address = ''] = await told(/^(http\S+authorize\S+)$/m);
  const asked = new URL(address).searchParams;
  const redirectUri = asked.get('redirect_uri') ?? '';
  const back = new URL(redirectUri);
  back.searchParams.set('state', asked.get('state') ?? '');
  const allowed = new URL(back);
  allowed.searchParams.set('code', server.authorize(asked.get('code_challenge') ?? '', redirectUri));
  allowed.searchParams.set('iss', 'https://accounts.example');
  return { asked: Object.fromEntries(asked), back, allowed };
}

describe('mail2ticket login with a code for another device', () => {
  it('shows what to do, waits for the person, and prints nothing but the token on standard output', async () => {
    server.approved = false;
    const command = login(device());
    await command.told(
      /Open http\S+enter in a browser on any device, enter the code WDJB-MJHT\s+and log in as support@acme.test/,
    );
    await until('it asks whether the code was entered', () => server.asked.length > 1);
    server.approved = true;
    const { code, out, told } = await command.end();
    expect({ code, out }).toEqual({ code: 0, out: `${REFRESH_TOKEN}\n` });
    expect(told).toContain('set OAUTH_REFRESH_TOKEN to it');
    expect(told).not.toMatch(SECRETS);
  });

  it('may be written into the file that the token is to be read from, which a shell empties before', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mail2ticket-login-'));
    const OAUTH_REFRESH_TOKEN_FILE = join(folder, 'refresh');
    writeFileSync(OAUTH_REFRESH_TOKEN_FILE, '');
    expect(await login({ ...device(), OAUTH_REFRESH_TOKEN_FILE }).end()).toMatchObject({ code: 0 });
    rmSync(OAUTH_REFRESH_TOKEN_FILE);
    expect(await login({ ...device(), OAUTH_REFRESH_TOKEN_FILE }).end()).toMatchObject({ code: 0 });
    rmSync(folder, { recursive: true });
  });

  it('of one of several mailboxes names the setting of that one', async () => {
    const { code, told } = await login({ ...device(), MAILBOXES: 'support,Billing' }, 'billing').end();
    expect({ code, told }).toEqual({ code: 0, told: expect.stringContaining('set BILLING_OAUTH_REFRESH_TOKEN to it') });
  });

  it('says so where no refresh token is given', async () => {
    server.failure = { status: 200, body: { access_token: 'access-of-the-tests', token_type: 'bearer' } };
    const { code, out, told } = await login(device()).end();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(told).toMatch(/gave no refresh token; see OAUTH_SCOPE/);
    expect(told).not.toMatch(SECRETS);
  });

  it('says so where the application is not known', async () => {
    const { code, told } = await login({ ...device(), OAUTH_CLIENT_SECRET: 'other-of-the-tests' }).end();
    expect({ code, told }).toEqual({
      code: 1,
      told: expect.stringContaining('see OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET'),
    });
    expect(told).not.toMatch(SECRETS);
  });
});

describe('mail2ticket login with a browser', () => {
  it('is answered by the browser that comes back, and by nobody else', async () => {
    const command = login(browser());
    const { asked, back, allowed } = await opened(command);
    expect(asked).toMatchObject({
      audience: 'mail',
      response_type: 'code',
      client_id: CLIENT.id,
      scope: 'mail offline_access',
      code_challenge_method: 'S256',
      login_hint: 'support@acme.test',
      redirect_uri: expect.stringMatching(/^http:\/\/localhost:\d+$/),
    });
    expect((await fetch(`${back.origin}/favicon.ico`)).status).toBe(404);
    expect((await fetch(`${back.origin}/?code=stolen&state=guessed`)).status).toBe(404);
    // As browsers do, in case they need one more.
    const spare = connect(Number(back.port), '127.0.0.1');
    spare.on('error', () => {});
    await once(spare, 'connect');
    expect((await fetch(allowed)).status).toBe(200);
    const { code, out, told } = await command.end();
    expect({ code, out }).toEqual({ code: 0, out: `${REFRESH_TOKEN}\n` });
    expect(told).not.toMatch(SECRETS);
  });

  it('on another machine is answered by the pasted address', async () => {
    const command = login({ ...browser(), OAUTH_DEVICE_URL: `${server.url}device` }, '--browser');
    const { allowed } = await opened(command);
    command.type('4/0AbCdEf');
    await command.told(/That is not the address/);
    command.type(` ${allowed} `);
    expect(await command.end()).toMatchObject({ code: 0, out: `${REFRESH_TOKEN}\n` });
  });

  it('ends where the person does not allow it', async () => {
    const command = login(browser());
    const { back } = await opened(command);
    await fetch(`${back}&error=access_denied`);
    const { code, out, told } = await command.end();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(told).toMatch(/access_denied; mail2ticket login/);
  });
});

describe('mail2ticket login', () => {
  it.each<[string, string[], Record<string, string>, RegExp]>([
    [
      'without the mailbox, of several',
      [],
      { MAILBOXES: 'a,b' },
      /login a, mail2ticket login b, mail2ticket login smtp/,
    ],
    ['for a mailbox that is not there', ['c'], { MAILBOXES: 'a,b' }, /MAILBOXES: names several/],
    ['for a mailbox where there is one without a name', ['c'], {}, /MAILBOXES: names no mailboxes/],
    ['without a provider', ['smtp'], {}, /SMTP_OAUTH_PROVIDER: is required/],
    [
      'without a place to log in',
      [],
      { OAUTH_TOKEN_URL: 'https://a.test/', OAUTH_CLIENT_ID: 'x' },
      /OAUTH_AUTHORIZATION_URL: is required without OAUTH_PROVIDER/,
    ],
  ])('%s says what is missing', async (_, args, environment, words) => {
    const { code, err } = await runCli(['login', ...args], environment);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(words) });
  });

  it('--help says what it needs and where the token goes', async () => {
    const { out } = await runCli(['login', '--help']);
    expect(out).toMatch(/OAUTH_CLIENT_ID[\s\S]*device flow[\s\S]*standard output/);
  });
});
