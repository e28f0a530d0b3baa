import { z } from 'zod';
import type { ConfigProblem } from '../errors.js';
import { isLoopback } from '../loopback.js';
import type { OAuthClient, OAuthGrant, OAuthLogin } from '../oauth/grant.js';
import { type Provider, providerOf } from '../oauth/providers.js';
import { type Environment, readSettings, type Values } from './setting-values.js';

/** What to log in to a mail server with. */
export type AuthConfig =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'oauth2'; readonly grant: OAuthGrant };

const endpoint = z.string().transform((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url && !url.username && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))))
    return url.href;
  context.addIssue('accepted: an https URL, as https://login.acme.test/oauth2/token');
  return z.NEVER;
});

/** Where access tokens come from, for a mailbox or for SMTP. */
export const oauthSettings = {
  OAUTH_PROVIDER: z.enum(['google', 'microsoft'], 'accepted: google, microsoft').optional(),
  OAUTH_TENANT: z
    .string()
    .regex(/^[\w.-]+$/, "accepted: the directory's id, one of its domains, or common, organizations, consumers")
    .optional(),
  OAUTH_TOKEN_URL: endpoint.optional(),
  OAUTH_AUTHORIZATION_URL: endpoint.optional(),
  OAUTH_DEVICE_URL: endpoint.optional(),
  OAUTH_SCOPE: z.string().optional(),
  OAUTH_CLIENT_ID: z.string().optional(),
  OAUTH_CLIENT_SECRET: z.string().optional(),
  OAUTH_REFRESH_TOKEN: z.string().optional(),
};

type OAuthValues = Values<typeof oauthSettings>;

/** The variable that a setting is read from. */
type VariableOf = (setting: string) => string;

/**
 * By what access tokens are got: by the refresh token where there is one, else as the application itself.
 * @param problems gets what is wrong
 * @returns null where something is
 */
export function readGrant(
  environment: Environment,
  variableOf: VariableOf,
  problems: ConfigProblem[],
): OAuthGrant | null {
  const known = problems.length;
  const { values, provider, client, isBad } = readClient(environment, variableOf, problems);
  const { OAUTH_REFRESH_TOKEN: refreshToken, OAUTH_CLIENT_SECRET: clientSecret, OAUTH_SCOPE: scope = null } = values;
  const variable = variableOf('OAUTH_REFRESH_TOKEN');
  const needsPerson = provider?.appScope === null;
  if (refreshToken === undefined && (clientSecret === undefined || needsPerson) && !isBad('OAUTH_REFRESH_TOKEN')) {
    const alone = needsPerson ? '' : ', or OAUTH_CLIENT_SECRET for an application of its own';
    problems.push({ variable, message: `is required and not set; accepted: what mail2ticket login prints${alone}` });
  }
  if (client === null || problems.length > known) return null;
  const refreshTokenFile = environment[`${variable}_FILE`] || null;
  if (refreshToken !== undefined) return { kind: 'refresh_token', ...client, refreshToken, refreshTokenFile, scope };
  if (clientSecret === undefined) return null;
  return { kind: 'client_credentials', ...client, clientSecret, scope: scope ?? provider?.appScope ?? null };
}

/**
 * How a person lets the application in, so that there is a refresh token.
 * @param problems gets what is wrong
 * @returns null where something is
 */
export function readLogin(
  environment: Environment,
  variableOf: VariableOf,
  problems: ConfigProblem[],
): OAuthLogin | null {
  const known = problems.length;
  // The token that is to be got is not read: `login > FILE` has emptied its file by now, or it is not there yet.
  const rest = { ...environment, [`${variableOf('OAUTH_REFRESH_TOKEN')}_FILE`]: undefined };
  const { values, provider, client } = readClient(rest, variableOf, problems);
  const required = (setting: 'OAUTH_SCOPE' | 'OAUTH_AUTHORIZATION_URL', value: string | null | undefined) => {
    if (!value) problems.push({ variable: variableOf(setting), message: 'is required without OAUTH_PROVIDER' });
  };
  const scope = values.OAUTH_SCOPE ?? provider?.scope ?? '';
  const authorizationUrl = values.OAUTH_AUTHORIZATION_URL ?? provider?.authorizationUrl ?? null;
  const deviceUrl = values.OAUTH_DEVICE_URL ?? provider?.deviceUrl ?? null;
  required('OAUTH_SCOPE', scope);
  if (deviceUrl === null) required('OAUTH_AUTHORIZATION_URL', authorizationUrl);
  if (client === null || problems.length > known) return null;
  return { ...client, scope, authorizationUrl, deviceUrl, parameters: provider?.parameters ?? {} };
}

function readClient(
  environment: Environment,
  variableOf: VariableOf,
  problems: ConfigProblem[],
): {
  values: OAuthValues;
  provider: Provider | null;
  client: OAuthClient | null;
  isBad: (setting: string) => boolean;
} {
  const { values, problems: found } = readSettings(oauthSettings, environment, variableOf);
  problems.push(...found);
  const isBad = (setting: string) => found.some(({ variable }) => variable.startsWith(variableOf(setting)));
  const missing = (setting: string, why: string) => {
    if (!isBad(setting)) problems.push({ variable: variableOf(setting), message: `is required ${why} and not set` });
  };
  const { OAUTH_PROVIDER: name, OAUTH_TENANT: tenant, OAUTH_CLIENT_ID: clientId } = values;
  if (name === 'microsoft' && tenant === undefined) missing('OAUTH_TENANT', 'with OAUTH_PROVIDER=microsoft');
  const provider = name === undefined ? null : providerOf(name, tenant ?? '');
  const tokenUrl = values.OAUTH_TOKEN_URL ?? provider?.tokenUrl;
  if (tokenUrl === undefined && !isBad('OAUTH_TOKEN_URL'))
    missing('OAUTH_PROVIDER', 'for IMAP_AUTH=oauth2 or SMTP_AUTH=oauth2, or OAUTH_TOKEN_URL,');
  if (clientId === undefined) missing('OAUTH_CLIENT_ID', 'for IMAP_AUTH=oauth2 or SMTP_AUTH=oauth2');
  if (tokenUrl === undefined || clientId === undefined) return { values, provider, client: null, isBad };
  return { values, provider, isBad, client: { tokenUrl, clientId, clientSecret: values.OAUTH_CLIENT_SECRET ?? null } };
}
