import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.js';
import { createLogger } from '../../src/log/logger.js';
import { credentialSources } from '../../src/service/credential-sources.js';
import { oauthSettingsOf, startTokenServer, type TokenServer } from '../services/token-server.js';

let server: TokenServer;
beforeAll(async () => {
  server = await startTokenServer();
});
afterAll(() => server.stop());

it('log-ins with the same grant share its tokens, so that a refresh token is used once, and others do not', async () => {
  const { mailboxes } = loadConfig({
    HELPDESK_URL: 'https://help.acme.test/api/',
    HELPDESK_TOKEN: 'x',
    IMAP_HOST: 'mail.acme.test',
    ...oauthSettingsOf(server),
    MAILBOXES: 'a,b,c',
    IMAP_A_USER: 'a@acme.test',
    IMAP_B_USER: 'b@acme.test',
    IMAP_C_USER: 'c@acme.test',
    C_OAUTH_SCOPE: 'other',
  });
  const sources = credentialSources(createLogger('silent'));
  const given = await Promise.all(mailboxes.map(({ imap }) => sources(imap.auth)()));
  expect(server.asked.map(({ scope }) => scope).sort()).toEqual(['other', undefined]);
  expect(given[0]).toEqual(given[1]);
  expect(given[0]).not.toEqual(given[2]);
});
