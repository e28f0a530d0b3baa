import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/check/finding.js';
import type { CredentialSource } from '../../src/credentials.js';
import { MailboxRefusedError, MailboxUnavailableError } from '../../src/errors.js';
import { connectImap, type ImapLogin } from '../../src/imap/connection.js';
import { probeMailbox } from '../../src/imap/probe.js';
import { createLogger } from '../../src/log/logger.js';
import { TokenSource } from '../../src/oauth/token-source.js';
import { startDovecot, type TestDovecot } from '../services/dovecot.js';
import { CLIENT, REFRESH_TOKEN, SECRETS, startTokenServer, type TokenServer } from '../services/token-server.js';

const user = 'support@acme.test';
const log = createLogger('silent');

describe('logging in to an IMAP server with an access token', () => {
  let tokens: TokenServer;
  let dovecot: TestDovecot;
  let login: ImapLogin;
  beforeAll(async () => {
    tokens = await startTokenServer();
    dovecot = await startDovecot({ introspectionUrl: tokens.introspectionUrl });
  });
  beforeEach(() => {
    login = { host: dovecot.host, port: dovecot.port, tls: 'none', user, credentials: credentials() };
  });
  afterEach(() => {
    tokens.asked.splice(0);
    tokens.failure = null;
    tokens.user = user;
  });
  afterAll(async () => {
    await dovecot.stop();
    await tokens.stop();
  });

  function credentials(refreshToken = REFRESH_TOKEN): CredentialSource {
    const client = { tokenUrl: `${tokens.url}token`, clientId: CLIENT.id, clientSecret: CLIENT.secret };
    const source = new TokenSource(
      { kind: 'refresh_token', ...client, refreshToken, refreshTokenFile: null, scope: null },
      log,
    );
    return async (refused) => ({ kind: 'oauth2', accessToken: await source.accessToken(refused) });
  }

  async function failure(connecting: Promise<unknown>): Promise<MailboxRefusedError> {
    const error = await connecting.then(
      () => expect.fail('nothing was thrown'),
      (thrown) => thrown,
    );
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toMatch(SECRETS);
    return error;
  }

  async function logInFinding(): Promise<Finding | undefined> {
    const findings: Finding[] = [];
    const probe = { login, folder: 'INBOX', backlog: 'skip', pollMs: 60_000, log, timeoutMs: 5000 } as const;
    await probeMailbox(probe, (finding) => findings.push(finding), new AbortController().signal);
    expect(JSON.stringify(findings)).not.toMatch(SECRETS);
    return findings.find(({ about }) => about === 'imap log-in');
  }

  it('works, and the next one uses the same token', async () => {
    for (const _ of [1, 2]) {
      const imap = await connectImap(login, log);
      expect(imap.authenticated).toBeTruthy();
      await imap.logout();
    }
    expect(tokens.asked).toHaveLength(1);
    expect(await logInFinding()).toMatchObject({ level: 'ok' });
  });

  it('gets another one where the token has become void', async () => {
    await (await connectImap(login, log)).logout();
    tokens.expireAll();
    await (await connectImap(login, log)).logout();
    expect(tokens.asked).toHaveLength(2);
  });

  it('tries one other token, and then names IMAP_USER, where tokens are for somebody else', async () => {
    tokens.user = 'admin@acme.test';
    const refused = await failure(connectImap(login, log));
    expect(refused).toBeInstanceOf(MailboxRefusedError);
    expect(refused).toMatchObject({ setting: 'IMAP_USER', message: expect.stringContaining('see IMAP_USER') });
    expect(tokens.asked).toHaveLength(2);
    expect(await logInFinding()).toMatchObject({ level: 'problem', cure: expect.stringContaining('IMAP_USER') });
  });

  it('is refused for good where the refresh token is, and says how to get a new one', async () => {
    login = { ...login, credentials: credentials('old-of-the-tests') };
    const refused = await failure(connectImap(login, log));
    expect(refused).toBeInstanceOf(MailboxRefusedError);
    expect(refused).toMatchObject({
      setting: 'OAUTH_REFRESH_TOKEN',
      message: expect.stringContaining('mail2ticket login gives a new OAUTH_REFRESH_TOKEN'),
    });
    expect(await logInFinding()).toMatchObject({
      level: 'problem',
      found: expect.stringContaining('invalid_grant'),
      cure: 'mail2ticket login gives a new OAUTH_REFRESH_TOKEN',
    });
  });

  it('is to be tried again where the authorization server is in trouble', async () => {
    tokens.failure = { status: 503, body: 'Service Unavailable' };
    expect(await failure(connectImap(login, log))).toBeInstanceOf(MailboxUnavailableError);
    expect(await logInFinding()).toMatchObject({ level: 'problem', cure: expect.stringContaining('OAUTH_TOKEN_URL') });
  });

  it('names IMAP_AUTH where the server takes no tokens', async () => {
    const plain = await startDovecot();
    login = { ...login, port: plain.port };
    expect(await failure(connectImap(login, log))).toMatchObject({ code: 'MAILBOX_REFUSED', setting: 'IMAP_AUTH' });
    expect(tokens.asked).toHaveLength(1);
    expect(await logInFinding()).toMatchObject({ cure: expect.stringContaining('IMAP_AUTH=password') });
    await plain.stop();
  });
});
