import type { ConfigProblem } from '../errors.js';
import { mailboxName } from '../mail/identity.js';
import { type AuthConfig, readGrant } from './auth.js';
import { type Environment, readSettings, type Values } from './setting-values.js';
import { imapSettings, mailboxSettings } from './settings.js';

/** How one mailbox is watched. */
export interface ImapConfig {
  /** One of MAILBOXES; '' where that is not set and there is only one. */
  readonly name: string;
  /** The mailbox in every identity: see identity.ts. */
  readonly mailbox: string;
  readonly host: string;
  readonly port: number;
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly user: string;
  readonly auth: AuthConfig;
  readonly folder: string;
  /** What becomes of the mail that stands in the folder at the first start. */
  readonly backlog: 'skip' | 'import';
  readonly pollMs: number;
}

/** A mailbox's own settings, as they were read. */
export interface MailboxValues {
  readonly imap: ImapConfig;
  readonly mail: Required<Values<typeof mailboxSettings>>;
}

/**
 * The settings of each mailbox. A setting of one mailbox has its name in capitals after `IMAP_` (IMAP_BILLING_USER), or before
 * the name of what is no IMAP setting (BILLING_CATEGORY_ID); where it is not set, the one without the name counts.
 * @param names MAILBOXES; none where there is only one, without a name
 * @param problems gets what is wrong; then those mailboxes are left out
 */
export function readMailboxes(
  names: readonly string[],
  environment: Environment,
  problems: ConfigProblem[],
): MailboxValues[] {
  problems.push(...strangers(names, environment));
  const mailboxes = (names.length > 0 ? names : ['']).flatMap((name) => {
    const variableOf = variablesOf(name, environment);
    const { values, problems: found } = readSettings({ ...imapSettings, ...mailboxSettings }, environment, variableOf);
    const auth = readAuth(values, environment, variableOf, found);
    problems.push(...found);
    if (found.length > 0 || auth === null) return [];
    const v = values as Required<typeof values>;
    const imap: ImapConfig = {
      name,
      mailbox: mailboxName({ user: v.IMAP_USER, host: v.IMAP_HOST }, v.IMAP_FOLDER),
      host: v.IMAP_HOST,
      port: values.IMAP_PORT ?? (v.IMAP_TLS === 'implicit' ? 993 : 143),
      tls: v.IMAP_TLS,
      user: v.IMAP_USER,
      auth,
      folder: v.IMAP_FOLDER,
      backlog: v.IMAP_BACKLOG,
      pollMs: v.IMAP_POLL_SECONDS * 1000,
    };
    return [{ imap, mail: v }];
  });
  for (const [i, { imap }] of mailboxes.entries()) {
    const twin = mailboxes.slice(0, i).find((other) => other.imap.mailbox === imap.mailbox);
    if (twin)
      problems.push({ variable: 'MAILBOXES', message: `${twin.imap.name} and ${imap.name} are the same mailbox` });
  }
  return mailboxes;
}

/** @param found gets what is wrong; then null is returned */
function readAuth(
  { IMAP_AUTH: kind, IMAP_PASSWORD: password }: Values<typeof imapSettings>,
  environment: Environment,
  variableOf: (setting: string) => string,
  found: ConfigProblem[],
): AuthConfig | null {
  if (kind === 'oauth2') {
    const grant = readGrant(environment, variableOf, found);
    return grant && { kind, grant };
  }
  if (password !== undefined) return { kind: 'password', password };
  const variable = variableOf('IMAP_PASSWORD');
  // Of a file that cannot be read it is known already.
  if (!found.some((problem) => problem.variable.replace(/_FILE$/, '') === variable))
    found.push({ variable, message: 'is required and not set; accepted without it: IMAP_AUTH=oauth2' });
  return null;
}

/** The variables that a mailbox's settings stand in: its own where that is set or where nothing is, else the common one. */
export function variablesOf(name: string, environment: Environment): (setting: string) => string {
  const isSet = (variable: string) => Boolean(environment[variable] || environment[`${variable}_FILE`]);
  return (setting) => {
    const own = ownVariable(setting, name);
    return isSet(own) || !isSet(setting) ? own : setting;
  };
}

/** The variable of a setting that a mailbox, or SMTP, has to itself. */
export function ownVariable(setting: string, name: string): string {
  if (name === '') return setting;
  const upper = name.toUpperCase();
  return setting.startsWith('IMAP_') ? setting.replace('IMAP_', `IMAP_${upper}_`) : `${upper}_${setting}`;
}

/** Settings of a mailbox that MAILBOXES does not name: a mistyped name would go unnoticed, and its mail unread. */
function strangers(names: readonly string[], environment: Environment): ConfigProblem[] {
  const known = new Set(names.map((name) => name.toUpperCase()));
  const suffixes = Object.keys(imapSettings).map((setting) => setting.replace('IMAP_', ''));
  const own = new RegExp(`^IMAP_([A-Z][A-Z0-9]*)_(?:${suffixes.join('|')})(?:_FILE)?$`);
  return Object.keys(environment).flatMap((variable) => {
    const name = own.exec(variable)?.[1];
    if (name === undefined || known.has(name) || !environment[variable]) return [];
    return [{ variable, message: `belongs to a mailbox ${name.toLowerCase()}, which MAILBOXES does not name` }];
  });
}
