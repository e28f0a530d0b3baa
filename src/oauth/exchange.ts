import * as oauth from 'oauth4webapi';
import { codeOf } from '../check/cure.js';
import { TokenRefusedError, TokenUnavailableError } from '../errors.js';
import { MAX_API_MESSAGE_CHARACTERS, MAX_TOKEN_RESPONSE_BYTES } from '../limits.js';
import { clampCharacters } from '../mail/clamp.js';
import { cleanLine } from '../mail/clean.js';
import type { OAuthClient } from './grant.js';

/** Milliseconds until an authorization server must have answered: less than what is left to the service for stopping. */
const ANSWER_MS = 8000;

/** What each request to an authorization server is made with. */
export interface Exchange {
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly authentication: oauth.ClientAuth;
  /** A new one for each request, since it holds the time by which the answer must have come. */
  options(): oauth.TokenEndpointRequestOptions;
}

/** @param endpoints others than that for tokens, where they are needed */
export function exchangeWith(
  { tokenUrl, clientId, clientSecret }: OAuthClient,
  endpoints: Pick<oauth.AuthorizationServer, 'device_authorization_endpoint'> = {},
): Exchange {
  return {
    // The issuer is compared with that of ID tokens, of which we get none.
    server: { issuer: new URL(tokenUrl).origin, token_endpoint: tokenUrl, ...endpoints },
    client: { client_id: clientId },
    authentication: clientSecret === null ? oauth.None() : oauth.ClientSecretPost(clientSecret),
    options: () => ({
      signal: AbortSignal.timeout(ANSWER_MS),
      [oauth.customFetch]: boundedFetch,
      // The configuration takes http for this machine alone.
      [oauth.allowInsecureRequests]: tokenUrl.startsWith('http:'),
    }),
  };
}

/** fetch whose answer is read to its end, within MAX_TOKEN_RESPONSE_BYTES, and without an ID token: who somebody is is not asked. */
async function boundedFetch(url: string, init: oauth.CustomFetchOptions<'POST', URLSearchParams>): Promise<Response> {
  const { status, headers, body } = await fetch(url, init as RequestInit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_TOKEN_RESPONSE_BYTES) throw new Error(`the answer has more than ${MAX_TOKEN_RESPONSE_BYTES} bytes`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return new Response(text === '' ? null : withoutIdToken(text), { status, headers });
}

function withoutIdToken(text: string): string {
  try {
    const { id_token: _, ...rest } = JSON.parse(text);
    return JSON.stringify(rest);
  } catch {
    return text;
  }
}

const LOG_IN = { setting: 'OAUTH_REFRESH_TOKEN', advice: 'mail2ticket login gives a new OAUTH_REFRESH_TOKEN' };

/** The setting to look at for each error code of RFC 6749 section 5.2 and RFC 8628 section 3.5, and what to do. */
const REFUSALS: Readonly<Record<string, { readonly setting: string; readonly advice: string }>> = {
  invalid_grant: LOG_IN,
  // Microsoft's, where a rule of the tenant wants the person once more.
  interaction_required: LOG_IN,
  consent_required: LOG_IN,
  access_denied: LOG_IN,
  expired_token: LOG_IN,
  invalid_client: { setting: 'OAUTH_CLIENT_SECRET', advice: 'see OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET' },
  unauthorized_client: { setting: 'OAUTH_CLIENT_ID', advice: 'see OAUTH_CLIENT_ID and OAUTH_TENANT' },
  invalid_scope: { setting: 'OAUTH_SCOPE', advice: 'see OAUTH_SCOPE' },
};

const OTHER_REFUSAL = { setting: 'OAUTH_TOKEN_URL', advice: 'see OAUTH_TENANT, OAUTH_TOKEN_URL and OAUTH_CLIENT_ID' };

const UNREACHED = 'check OAUTH_TOKEN_URL, and whether this machine gets there';

/** Error codes with which a server says that it cannot answer now. */
const TRANSIENT = new Set(['temporarily_unavailable', 'server_error', 'slow_down']);

/**
 * Carries out a request, and says in our words what went wrong. The library's errors go no further: they hold the whole answer,
 * tokens and all.
 * @param secrets what must not be shown, in case the server repeats it
 * @throws TokenRefusedError where the server said no
 * @throws TokenUnavailableError where it said nothing that can be used
 */
export async function carryOut<T>(
  { tokenUrl }: OAuthClient,
  secrets: readonly (string | null)[],
  request: () => Promise<T>,
): Promise<T> {
  try {
    return await request();
  } catch (error) {
    const where = new URL(tokenUrl).host;
    if (error instanceof TokenRefusedError) throw error;
    if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError) {
      const said = [error.error, error.error_description ?? ''].filter(Boolean).join(': ');
      throw refusal(where, error.error, hide(said, secrets));
    }
    if (error instanceof oauth.WWWAuthenticateChallengeError)
      throw refusal(where, 'invalid_client', `HTTP status ${error.status}`);
    throw new TokenUnavailableError(`${where} gives no access token: ${hide(reasonOf(error), secrets)}; ${UNREACHED}`);
  }
}

function refusal(where: string, code: string, words: string): TokenRefusedError | TokenUnavailableError {
  if (TRANSIENT.has(code))
    return new TokenUnavailableError(`${where} gives no access token now: ${words}; it is asked again by itself`);
  const { setting, advice } = REFUSALS[code] ?? OTHER_REFUSAL;
  return new TokenRefusedError(`${where} refuses an access token: ${words}; ${advice}`, setting);
}

/** undici says only "fetch failed", and what failed in the cause; the library's own words are about the form of an answer. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof oauth.OperationProcessingError) {
    const status = error.cause instanceof Response ? ` (HTTP status ${error.cause.status})` : '';
    return `its answer is none of a token endpoint${status}`;
  }
  const { cause } = error;
  return cause instanceof Error ? cause.message || codeOf(cause) : error.message;
}

function hide(words: string, secrets: readonly (string | null)[]): string {
  let text = words;
  for (const secret of secrets) if (secret) text = text.replaceAll(secret, '…');
  return clampCharacters(cleanLine(text), MAX_API_MESSAGE_CHARACTERS);
}
