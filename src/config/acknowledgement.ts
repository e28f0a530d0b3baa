import type { SmtpServer } from '../acknowledge/smtp.js';
import { readTemplates, type Templates } from '../acknowledge/templates.js';
import { ConfigError, type ConfigProblem } from '../errors.js';
import { isLoopback } from '../loopback.js';
import type { Address } from '../mail/message.js';
import { type AuthConfig, readGrant } from './auth.js';
import { variablesOf } from './mailboxes.js';
import type { Environment, Values } from './setting-values.js';
import type { mailSettings, serviceSettings } from './settings.js';

/** What acknowledgements are sent with. */
export interface AcknowledgementConfig {
  readonly smtp: SmtpConfig;
  readonly from: Address;
  readonly templates: Templates;
}

/** Where acknowledgements are handed in, and with what. */
export interface SmtpConfig extends Omit<SmtpServer, 'login'> {
  readonly login: { readonly user: string; readonly auth: AuthConfig } | null;
}

/**
 * How acknowledgements are sent; null where none are, or something is wrong.
 * @param problems gets what is wrong, and holds what is known to be
 */
export function acknowledgementConfig(
  values: Values<typeof serviceSettings & typeof mailSettings>,
  environment: Environment,
  problems: ConfigProblem[],
): AcknowledgementConfig | null {
  const { SMTP_URL: smtp, ACK_FROM: from, ACK_TEMPLATES: folder } = values;
  if (problems.some(({ variable }) => /^(SMTP_URL|ACK_FROM)/.test(variable)) || !(smtp || from || folder)) return null;
  if (!smtp) problems.push({ variable: 'SMTP_URL', message: 'is not set; acknowledgements need it beside ACK_FROM' });
  if (!from) problems.push({ variable: 'ACK_FROM', message: 'is not set; acknowledgements need it beside SMTP_URL' });
  if (!smtp || !from) return null;
  const { host, port, isImplicit } = smtp;
  const login = smtpLogin(values, environment, problems);
  const tls = isImplicit ? 'implicit' : isLoopback(host) ? 'none' : login ? 'required' : 'offered';
  try {
    return { smtp: { host, port, tls, login }, from, templates: readTemplates(folder ?? null) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
    return null;
  }
}

/** SMTP has its OAuth settings as a mailbox of this name would: SMTP_OAUTH_REFRESH_TOKEN, or else OAUTH_REFRESH_TOKEN. */
const SMTP = 'smtp';

function smtpLogin(
  { SMTP_URL: smtp, SMTP_AUTH: kind }: Values<typeof serviceSettings>,
  environment: Environment,
  problems: ConfigProblem[],
): SmtpConfig['login'] {
  if (kind !== 'oauth2')
    return smtp?.login ? { user: smtp.login.user, auth: { kind: 'password', password: smtp.login.password } } : null;
  if (!smtp?.login) {
    problems.push({
      variable: 'SMTP_URL',
      message: 'needs the name of the user with SMTP_AUTH=oauth2: smtp://USER@HOST',
    });
    return null;
  }
  const grant = readGrant(environment, variablesOf(SMTP, environment), problems);
  return grant && { user: smtp.login.user, auth: { kind, grant } };
}
