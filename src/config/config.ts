import { ConfigError, type ConfigProblem } from '../errors.js';
import { isLoopback } from '../loopback.js';
import { loopIdOf, mailboxName } from '../mail/identity.js';
import { defaultPolicy, type MailPolicy } from '../mail/policy.js';
import { type AcknowledgementConfig, acknowledgementConfig } from './acknowledgement.js';
import { oauthSettings } from './auth.js';
import { type ImapConfig, type MailboxValues, readMailboxes } from './mailboxes.js';
import { type Environment, readSettings, type Values } from './setting-values.js';
import { imapSettings, type LogLevel, mailboxSettings, mailSettings, serviceSettings } from './settings.js';

/** How the service is set up: one frozen value, made once at the edge. Each part gets only its own slice. */
export interface Config {
  readonly helpdesk: HelpdeskConfig;
  /** One at least. */
  readonly mailboxes: readonly MailboxConfig[];
  readonly queue: QueueConfig;
  /** Null: none are sent. */
  readonly acknowledgement: AcknowledgementConfig | null;
  readonly http: HttpConfig;
  readonly logLevel: LogLevel;
}

export interface HelpdeskConfig {
  /** The API's folder, with a slash at the end. */
  readonly url: string;
  readonly token: string;
  /** How long the helpdesk may go on with a request whose answer was lost; what it leaves is not looked for before. */
  readonly settleMs: number;
}

/** A watched mailbox, and how its mail is judged. */
export interface MailboxConfig {
  readonly imap: ImapConfig;
  readonly mail: MailPolicy;
}

export interface QueueConfig {
  readonly url: string;
  /** Jobs in delivery at one time, and connections to the helpdesk. */
  readonly concurrency: number;
  /** How long the ledger keeps what became of a mail. */
  readonly ledgerDays: number;
  /** How long a mail is tried again before it ends in Failed. */
  readonly retryDays: number;
  /** New tickets of one sender within an hour; 0: any number. */
  readonly floodLimit: number;
}

export interface HttpConfig {
  readonly host: string;
  /** Null: nothing is served. */
  readonly port: number | null;
  /** Who may see the page; null: no page is served, only health and metrics. */
  readonly dashboard: DashboardConfig | null;
}

export interface DashboardConfig {
  readonly user: string;
  readonly password: string;
}

/** Every setting by name, for the check that .env.example leaves none out. */
export const settingNames: readonly string[] = Object.keys({
  ...serviceSettings,
  ...imapSettings,
  ...oauthSettings,
  ...mailboxSettings,
  ...mailSettings,
});

/**
 * The whole configuration of the service.
 * @throws ConfigError with every problem there is, not just the first
 */
export function loadConfig(environment: Environment): Config {
  const { values, problems } = readSettings({ ...serviceSettings, ...mailSettings }, environment);
  const mailboxes = readMailboxes(values.MAILBOXES ?? [], environment, problems);
  problems.push(...clearTextProblems(values));
  problems.push(...senderAuthProblems(values), ...replyToProblems(values));
  const acknowledgement = acknowledgementConfig(values, environment, problems);
  problems.push(...dashboardProblems(values, problems));
  if (problems.length > 0) throw new ConfigError(problems);
  const v = values as Required<typeof values>;
  return freeze({
    helpdesk: helpdeskOf(v),
    mailboxes: mailboxes.map((mailbox) => ({
      imap: mailbox.imap,
      mail: policyOf(v, mailbox.mail, mailbox.imap, mailboxes),
    })),
    queue: {
      url: v.QUEUE_URL,
      concurrency: v.WORKER_CONCURRENCY,
      ledgerDays: v.LEDGER_DAYS,
      retryDays: v.RETRY_DAYS,
      floodLimit: v.FLOOD_LIMIT,
    },
    acknowledgement,
    http: httpOf(values),
    logLevel: v.LOG_LEVEL,
  });
}

/**
 * The part of the configuration that judging mail needs, every setting with a default; for work without a mailbox.
 * @throws ConfigError with every problem there is
 */
export function loadMailPolicy(environment: Environment): MailPolicy {
  const { values, problems } = readSettings({ ...mailSettings, ...mailboxSettings }, environment);
  problems.push(...senderAuthProblems(values), ...replyToProblems(values));
  if (problems.length > 0) throw new ConfigError(problems);
  const v = values as Required<typeof values>;
  const { IMAP_USER: user, IMAP_HOST: host, IMAP_FOLDER: folder } = environment;
  const mailbox = user && host ? mailboxName({ user, host }, folder || 'INBOX') : '';
  return freeze(policyOf(v, v, { mailbox }, user ? [{ imap: { user } }] : []));
}

/**
 * The helpdesk alone, for asking it without a mailbox or a queue.
 * @throws ConfigError with every problem there is
 */
export function loadHelpdeskConfig(environment: Environment): HelpdeskConfig {
  const { HELPDESK_URL, HELPDESK_TOKEN, HELPDESK_ALLOW_HTTP, HELPDESK_SETTLE_SECONDS } = serviceSettings;
  const settings = { HELPDESK_URL, HELPDESK_TOKEN, HELPDESK_ALLOW_HTTP, HELPDESK_SETTLE_SECONDS };
  const { values, problems } = readSettings(settings, environment);
  problems.push(...clearTextProblems(values));
  if (problems.length > 0) throw new ConfigError(problems);
  const v = values as Required<typeof values>;
  return freeze(helpdeskOf(v));
}

function helpdeskOf(
  v: Required<Values<Pick<typeof serviceSettings, 'HELPDESK_URL' | 'HELPDESK_TOKEN' | 'HELPDESK_SETTLE_SECONDS'>>>,
): HelpdeskConfig {
  return { url: v.HELPDESK_URL, token: v.HELPDESK_TOKEN, settleMs: v.HELPDESK_SETTLE_SECONDS * 1000 };
}

/**
 * Where the health page is, for asking a running service.
 * @throws ConfigError with every problem there is
 */
export function loadHttpConfig(environment: Environment): HttpConfig {
  const { HTTP_HOST, HTTP_PORT, DASHBOARD_USER, DASHBOARD_PASSWORD } = serviceSettings;
  const settings = { HTTP_HOST, HTTP_PORT, DASHBOARD_USER, DASHBOARD_PASSWORD };
  const { values, problems } = readSettings(settings, environment);
  problems.push(...dashboardProblems(values, problems));
  if (problems.length > 0) throw new ConfigError(problems);
  return freeze(httpOf(values));
}

interface HttpValues {
  HTTP_HOST?: string;
  HTTP_PORT?: number | undefined;
  DASHBOARD_USER?: string | undefined;
  DASHBOARD_PASSWORD?: string | undefined;
}

function httpOf({ HTTP_HOST = '127.0.0.1', HTTP_PORT, DASHBOARD_USER, DASHBOARD_PASSWORD }: HttpValues): HttpConfig {
  const dashboard =
    DASHBOARD_USER !== undefined && DASHBOARD_PASSWORD !== undefined
      ? { user: DASHBOARD_USER, password: DASHBOARD_PASSWORD }
      : null;
  return { host: HTTP_HOST, port: HTTP_PORT ?? null, dashboard };
}

/**
 * A page that is half set up must not be served to everybody, nor be missing without a word.
 * @param known a half that is wrong is set all the same
 */
function dashboardProblems(
  { DASHBOARD_USER, DASHBOARD_PASSWORD }: HttpValues,
  known: readonly ConfigProblem[],
): ConfigProblem[] {
  if (known.some(({ variable }) => variable.startsWith('DASHBOARD_'))) return [];
  if ((DASHBOARD_USER === undefined) === (DASHBOARD_PASSWORD === undefined)) return [];
  const [missing, other] =
    DASHBOARD_USER === undefined
      ? (['DASHBOARD_USER', 'DASHBOARD_PASSWORD'] as const)
      : (['DASHBOARD_PASSWORD', 'DASHBOARD_USER'] as const);
  return [{ variable: missing, message: `is not set, but ${other} is; accepted: both, or neither for no page` }];
}

function clearTextProblems({
  HELPDESK_URL,
  HELPDESK_ALLOW_HTTP,
}: {
  HELPDESK_URL?: string;
  HELPDESK_ALLOW_HTTP?: boolean;
}): ConfigProblem[] {
  if (!HELPDESK_URL || HELPDESK_ALLOW_HTTP) return [];
  const { protocol, hostname } = new URL(HELPDESK_URL);
  if (protocol !== 'http:' || isLoopback(hostname)) return [];
  const message = `"${HELPDESK_URL}" would send the token in clear text; accepted: https, or HELPDESK_ALLOW_HTTP=true`;
  return [{ variable: 'HELPDESK_URL', message }];
}

/** To require what nobody can give would make a new ticket of every reply. */
function senderAuthProblems(values: Values<typeof mailSettings>): ConfigProblem[] {
  const { SENDER_AUTH, TRUSTED_AUTHSERV_ID, SENDER_AUTH_CHECK } = values;
  if (SENDER_AUTH === undefined || SENDER_AUTH === 'off') return [];
  if (TRUSTED_AUTHSERV_ID?.length !== 0 || SENDER_AUTH_CHECK === 'dns') return [];
  const message = `"${SENDER_AUTH}" needs TRUSTED_AUTHSERV_ID, the name that your mail server gives itself in Authentication-Results, or SENDER_AUTH_CHECK=dns; accepted without: off`;
  return [{ variable: 'SENDER_AUTH', message }];
}

/** Without the forms' addresses anybody's Reply-To would choose whose ticket it is. */
function replyToProblems({ REPLY_TO, REPLY_TO_FORMS }: Values<typeof mailSettings>): ConfigProblem[] {
  if (REPLY_TO !== 'use' || REPLY_TO_FORMS?.length !== 0) return [];
  const message =
    '"use" needs REPLY_TO_FORMS, the addresses that your own web forms write from; accepted without it: ignore';
  return [{ variable: 'REPLY_TO', message }];
}

/** @param all the mailboxes that are watched: mail from any of them is ours, whether or not the operator thought of listing it */
function policyOf(
  v: Required<Values<typeof mailSettings>>,
  own: MailboxValues['mail'],
  { mailbox }: Pick<ImapConfig, 'mailbox'>,
  all: readonly { readonly imap: Pick<ImapConfig, 'user'> }[],
): MailPolicy {
  const self = all.map(({ imap }) => imap.user.toLowerCase()).filter((user) => user.includes('@'));
  if (v.ACK_FROM) self.push(v.ACK_FROM.address.toLowerCase());
  return {
    ...defaultPolicy,
    ownAddresses: [...new Set([...self, ...v.OWN_ADDRESSES])],
    loopId: mailbox === '' ? '' : loopIdOf(mailbox),
    subjectTag: own.SUBJECT_TAG,
    categoryId: own.CATEGORY_ID ?? null,
    categoryByRecipient: v.CATEGORY_BY_RECIPIENT,
    customFields: own.CUSTOM_FIELDS,
    staffAddresses: v.STAFF_ADDRESSES,
    forwards: v.FORWARDS,
    replyPolicy: v.REPLY_POLICY,
    replyToForms: v.REPLY_TO === 'use' ? v.REPLY_TO_FORMS : [],
    blockedSenders: v.BLOCKED_SENDERS,
    replyMarker: v.REPLY_MARKER,
    trust: { authservIds: v.TRUSTED_AUTHSERV_ID, relays: v.TRUSTED_RELAYS },
    senderAuth:
      v.SENDER_AUTH ??
      (v.TRUSTED_AUTHSERV_ID.length > 0 || v.SENDER_AUTH_CHECK === 'dns' ? 'require-for-replies' : 'off'),
    senderAuthCheck: v.SENDER_AUTH_CHECK,
  };
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}
