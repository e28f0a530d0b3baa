import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../src/log/logger.js';
import type { OAuthGrant } from '../../src/oauth/grant.js';
import { TokenSource } from '../../src/oauth/token-source.js';
import { CLIENT, REFRESH_TOKEN, SECRETS, startTokenServer, type TokenServer } from '../services/token-server.js';

let server: TokenServer;
const logged: string[] = [];
const log = createLogger('debug', { write: (line) => void logged.push(line) });
beforeEach(async () => {
  server = await startTokenServer();
  logged.length = 0;
});
afterEach(async () => {
  vi.useRealTimers();
  await server.stop();
});

type Changes = Partial<Extract<OAuthGrant, { kind: 'refresh_token' }>>;

function source(changes: Changes = {}): TokenSource {
  const client = { tokenUrl: `${server.url}token`, clientId: CLIENT.id, clientSecret: CLIENT.secret };
  return new TokenSource(
    { kind: 'refresh_token', ...client, refreshToken: REFRESH_TOKEN, refreshTokenFile: null, scope: null, ...changes },
    log,
  );
}

/** What was thrown, with everything that a careless log would show of it. */
async function failure(asking: Promise<unknown>): Promise<{ code: string; setting?: string; message: string }> {
  const error = await asking.then(
    () => expect.fail('nothing was thrown'),
    (thrown) => thrown,
  );
  expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toMatch(SECRETS);
  return error;
}

describe('access tokens', () => {
  it('are got by the refresh token and kept for as long as they are good', async () => {
    const tokens = source();
    expect(await tokens.accessToken()).toBe('access-1-of-the-tests');
    expect(await tokens.accessToken()).toBe('access-1-of-the-tests');
    expect(server.asked).toEqual([
      {
        grant_type: 'refresh_token',
        refresh_token: REFRESH_TOKEN,
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
      },
    ]);
  });

  it('are renewed two minutes before they end', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const tokens = source();
    await tokens.accessToken();
    vi.setSystemTime(Date.now() + 3479_000);
    expect(await tokens.accessToken()).toBe('access-1-of-the-tests');
    vi.setSystemTime(Date.now() + 2000);
    expect(await tokens.accessToken()).toBe('access-2-of-the-tests');
  });

  it('are good for this once where the server does not say for how long', async () => {
    server.expiresIn = null;
    const tokens = source();
    expect([await tokens.accessToken(), await tokens.accessToken()]).toEqual([
      'access-1-of-the-tests',
      'access-2-of-the-tests',
    ]);
  });

  it('are renewed at once when one is refused, and one time for all who were refused it', async () => {
    const tokens = source();
    const refused = await tokens.accessToken();
    const renewed = await Promise.all([tokens.accessToken(refused), tokens.accessToken(refused)]);
    expect([...renewed, await tokens.accessToken(refused)]).toEqual(Array(3).fill('access-2-of-the-tests'));
  });

  it('are got by the newest refresh token, and the log says that it is another one, but not which', async () => {
    server.rotates = true;
    server.expiresIn = 0;
    const tokens = source();
    await tokens.accessToken();
    await tokens.accessToken();
    await tokens.accessToken();
    expect(server.asked.map(({ refresh_token }) => refresh_token)).toEqual([
      REFRESH_TOKEN,
      'refresh-1-of-the-tests',
      'refresh-2-of-the-tests',
    ]);
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([
      { action: 'oauth.rotated', level: 'warn', stored: false, reason: 'OAUTH_REFRESH_TOKEN_FILE is not set' },
      { action: 'oauth.rotated', level: 'info', stored: false },
      { action: 'oauth.rotated', level: 'info', stored: false },
    ]);
    expect(logged.join()).not.toMatch(SECRETS);
  });

  it('leave the newest refresh token in the file that the first one came from, under the same owner and mode', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'mail2ticket-token-'));
    const path = join(directory, 'refresh');
    await writeFile(path, `${REFRESH_TOKEN}-that-is-longer-than-the-next-one\n`, { mode: 0o640 });
    server.rotates = true;
    await source({ refreshTokenFile: path }).accessToken();
    expect(await readFile(path, 'utf8')).toBe('refresh-1-of-the-tests\n');
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({ action: 'oauth.rotated', level: 'info', stored: true });
    await rm(directory, { recursive: true });
  });

  it('are got all the same where that file cannot be written, and the log says why', async () => {
    server.rotates = true;
    expect(await source({ refreshTokenFile: '/nowhere/refresh' }).accessToken()).toBe('access-1-of-the-tests');
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({ level: 'warn', reason: expect.stringContaining('ENOENT') });
  });

  it('are got by the application itself where there is no refresh token', async () => {
    const client = { tokenUrl: `${server.url}token`, clientId: CLIENT.id, clientSecret: CLIENT.secret };
    const tokens = new TokenSource({ kind: 'client_credentials', ...client, scope: 'mail/.default' }, log);
    expect(await tokens.accessToken()).toBe('access-1-of-the-tests');
    expect(server.asked).toMatchObject([{ grant_type: 'client_credentials', scope: 'mail/.default' }]);
  });

  it('of a public client are got without a secret', async () => {
    await source({ clientSecret: null }).accessToken();
    expect(server.asked[0]).not.toHaveProperty('client_secret');
  });
});

describe('a refusal of the authorization server', () => {
  it('of the refresh token names OAUTH_REFRESH_TOKEN and mail2ticket login', async () => {
    expect(await failure(source({ refreshToken: 'old-of-the-tests' }).accessToken())).toMatchObject({
      code: 'TOKEN_REFUSED',
      setting: 'OAUTH_REFRESH_TOKEN',
      message: expect.stringMatching(
        /invalid_grant: Token … has been.*; mail2ticket login gives a new OAUTH_REFRESH_TOKEN$/,
      ),
    });
  });

  it('of the application names its id and secret', async () => {
    expect(await failure(source({ clientSecret: 'other-of-the-tests' }).accessToken())).toMatchObject({
      code: 'TOKEN_REFUSED',
      setting: 'OAUTH_CLIENT_SECRET',
      message: expect.stringContaining('see OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET'),
    });
  });

  it.each([
    ['invalid_scope', 'OAUTH_SCOPE'],
    ['unauthorized_client', 'OAUTH_CLIENT_ID'],
    ['interaction_required', 'OAUTH_REFRESH_TOKEN'],
    ['invalid_request', 'OAUTH_TOKEN_URL'],
  ])('%s names %s', async (error, setting) => {
    server.failure = { status: 400, body: { error } };
    expect(await failure(source().accessToken())).toMatchObject({ code: 'TOKEN_REFUSED', setting });
  });
});

describe('an authorization server that gives no answer', () => {
  it.each<[string, number, unknown, string]>([
    ['is in trouble', 503, 'Service Unavailable', 'HTTP status 503'],
    ['asks to come later', 429, { error: 'slow_down' }, 'slow_down'],
    ['is down for now', 400, { error: 'temporarily_unavailable' }, 'temporarily_unavailable'],
    ['is a page to log in to the network', 200, '<html>Welcome</html>', 'its answer is none of a token endpoint'],
    ['says nothing of a token', 200, { refresh_token: 'secret-of-the-tests' }, 'its answer is none'],
    ['sends no end of words', 200, 'x'.repeat(70_000), 'more than 65536 bytes'],
  ])('since it %s, is asked again', async (_, status, body, words) => {
    server.failure = { status, body };
    const tokens = source();
    expect(await failure(tokens.accessToken())).toMatchObject({
      code: 'TOKEN_UNAVAILABLE',
      message: expect.stringMatching(`${new URL(server.url).host} .*${words}`),
    });
    server.failure = null;
    expect(await tokens.accessToken()).toBe('access-1-of-the-tests');
  });

  it('since nothing listens there, says so', async () => {
    const tokens = source();
    await server.stop();
    expect(await failure(tokens.accessToken())).toMatchObject({
      code: 'TOKEN_UNAVAILABLE',
      message: expect.stringMatching(/ECONNREFUSED.*; check OAUTH_TOKEN_URL/),
    });
    server = await startTokenServer();
  });
});
