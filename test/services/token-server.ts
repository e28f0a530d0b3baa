import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What the authorization server knows of the application. All secrets end alike, so that a test can look for any of them. */
export const CLIENT = { id: 'the-client', secret: 'client-secret-of-the-tests' };
export const REFRESH_TOKEN = 'refresh-0-of-the-tests';
/** Matches every secret and token that goes about. */
export const SECRETS = /[\w-]+-of-the-tests/;

type Form = Readonly<Record<string, string>>;

export interface TokenServer {
  readonly url: string;
  /** Where a mail server asks whether a token is good (RFC 7662). */
  readonly introspectionUrl: string;
  /** The forms that came to the token endpoint, in their order. */
  readonly asked: Form[];
  /** Seconds, in every answer from now on; null: left out. */
  expiresIn: number | null;
  /** Whether each answer brings a new refresh token and makes the old one void. */
  rotates: boolean;
  /** Instead of an answer of the token endpoint. */
  failure: { readonly status: number; readonly body: unknown } | null;
  /** Whose mailbox tokens are for. */
  user: string;
  /** Whether the person has entered the device's code. */
  approved: boolean;
  /** Whether an access token is out and its time not over. */
  isGood(accessToken: string): boolean;
  /** Makes every access token void that is out, as if its time were over. */
  expireAll(): void;
  /** The code that a browser brings back from the authorization endpoint, for this challenge. */
  authorize(challenge: string, redirectUri: string): string;
  stop(): Promise<void>;
}

/** A real authorization server on the loopback, as far as RFC 6749, 7636, 7662 and 8628 are needed. */
export async function startTokenServer(): Promise<TokenServer> {
  const asked: Form[] = [];
  const access = new Set<string>();
  const codes = new Map<string, { challenge: string; redirectUri: string }>();
  let refresh = REFRESH_TOKEN;
  let serial = 0;

  const server = createServer(async (request, response) => {
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    const answer = (status: number, body: unknown) => {
      const json = typeof body !== 'string';
      response.writeHead(status, { 'content-type': json ? 'application/json' : 'text/html' });
      response.end(json ? JSON.stringify(body) : body);
    };
    if (request.url === '/introspect') {
      const active = state.isGood(form.token ?? '');
      answer(200, active ? { active, username: state.user } : { active });
    } else if (request.url === '/device') {
      const verification = { verification_uri: `${state.url}enter`, expires_in: 600, interval: 0.05 };
      answer(200, { device_code: 'device-of-the-tests', user_code: 'WDJB-MJHT', ...verification });
    } else if (request.url === '/token') {
      asked.push(form);
      const { status, body } = state.failure ?? (await grant(form));
      answer(status, body);
    } else answer(404, 'not here');
  });

  const no = (error: string, error_description = '') => ({ status: 400, body: { error, error_description } });

  async function grant(form: Form): Promise<{ status: number; body: unknown }> {
    if (form.client_id !== CLIENT.id || (form.client_secret ?? CLIENT.secret) !== CLIENT.secret)
      return { ...no('invalid_client', `not ${form.client_secret}`), status: 401 };
    const bringsRefreshToken = form.grant_type !== 'client_credentials';
    if (form.grant_type === 'client_credentials' && !form.client_secret) return no('invalid_client');
    if (form.grant_type === 'refresh_token' && form.refresh_token !== refresh)
      return no('invalid_grant', `Token ${form.refresh_token} has been expired or revoked.`);
    if (form.grant_type?.endsWith(':device_code') && !state.approved) return no('authorization_pending');
    if (form.grant_type === 'authorization_code') {
      const code = codes.get(form.code ?? '');
      const digest = await crypto.subtle.digest('SHA-256', Buffer.from(form.code_verifier ?? ''));
      if (code?.challenge !== Buffer.from(digest).toString('base64url') || code.redirectUri !== form.redirect_uri)
        return no('invalid_grant', 'bad code');
    }
    serial += 1;
    const accessToken = `access-${serial}-of-the-tests`;
    access.add(accessToken);
    if (state.rotates) refresh = `refresh-${serial}-of-the-tests`;
    return {
      status: 200,
      body: {
        access_token: accessToken,
        token_type: 'Bearer',
        ...(state.expiresIn !== null && { expires_in: state.expiresIn }),
        ...(bringsRefreshToken && (state.rotates || form.grant_type !== 'refresh_token') && { refresh_token: refresh }),
      },
    };
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const state: TokenServer = {
    url,
    introspectionUrl: `${url}introspect`,
    asked,
    expiresIn: 3600,
    rotates: false,
    failure: null,
    user: 'support@acme.test',
    approved: true,
    isGood: (accessToken) => access.has(accessToken),
    expireAll: () => access.clear(),
    authorize(challenge, redirectUri) {
      serial += 1;
      const code = `code-${serial}-of-the-tests`;
      codes.set(code, { challenge, redirectUri });
      return code;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return state;
}

/** The settings of a service that gets its tokens here. */
export function oauthSettingsOf({ url }: TokenServer): Record<string, string> {
  return {
    IMAP_AUTH: 'oauth2',
    OAUTH_TOKEN_URL: `${url}token`,
    OAUTH_CLIENT_ID: CLIENT.id,
    OAUTH_CLIENT_SECRET: CLIENT.secret,
    OAUTH_REFRESH_TOKEN: REFRESH_TOKEN,
  };
}
