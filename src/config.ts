import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { parse as parseDotenv } from 'dotenv';
import { RE2JS } from 're2js';
import { z } from 'zod';
import { ConfigError, type ConfigProblem } from './errors.js';
import { defaultPolicy, type FieldSource, type MailPolicy } from './mail/policy.js';

/** How the service is set up: one frozen value, made once at the edge. Each part gets only its own slice. */
export interface Config {
  readonly helpdesk: HelpdeskConfig;
  readonly imap: ImapConfig;
  readonly queue: QueueConfig;
  readonly http: HttpConfig;
  readonly logLevel: LogLevel;
  readonly mail: MailPolicy;
}

export interface HelpdeskConfig {
  /** The API's folder, with a slash at the end. */
  readonly url: string;
  readonly token: string;
}

export interface ImapConfig {
  readonly host: string;
  readonly port: number;
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly user: string;
  readonly password: string;
  readonly folder: string;
  /** What becomes of the mail that stands in the folder at the first start. */
  readonly backlog: 'skip' | 'import';
  readonly pollMs: number;
}

export interface QueueConfig {
  readonly url: string;
  /** Jobs in delivery at one time, and connections to the helpdesk. */
  readonly concurrency: number;
  /** How long the ledger keeps what became of a mail. */
  readonly ledgerDays: number;
  /** How long a mail is tried again before it ends in Failed. */
  readonly retryDays: number;
}

export interface HttpConfig {
  readonly host: string;
  /** Null: no health page. */
  readonly port: number | null;
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

type Environment = Readonly<Record<string, string | undefined>>;

const text = z.string();

const yesOrNo = z
  .string()
  .transform((value) => value.trim().toLowerCase())
  .pipe(z.enum(['true', 'false'], 'accepted: true or false'))
  .transform((value) => value === 'true');

const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, `accepted: ${values.join(', ')}`);

/** Strict on purpose: `Number('')` is 0 and `parseInt('5m')` is 5, and neither is what the operator meant. */
const wholeNumber = (least: number, most: number, unit = '') =>
  z
    .string()
    .regex(/^\d{1,10}$/, `accepted: a whole number from ${least} to ${most}${unit}`)
    .transform(Number)
    .refine((n) => n >= least && n <= most, `accepted: a whole number from ${least} to ${most}${unit}`);

const addressList = z.string().transform((value) =>
  value
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map((address) => address.toLowerCase()),
);

const addresses = addressList.refine(
  (list) => list.every((address) => /^[^@]+@[^@]+$/.test(address)),
  'accepted: addresses, separated by commas',
);

const addressesAndDomains = addressList.refine(
  (list) => list.every((address) => /^[^@]*@[^@]+$/.test(address)),
  'accepted: addresses and @domains, separated by commas',
);

const helpdeskUrl = z.string().transform((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username) {
    context.addIssue("accepted: the API's folder as a plain URL, as https://help.acme.test/api/");
    return z.NEVER;
  }
  if (/\.php$/.test(url.pathname)) {
    context.addIssue("accepted: the API's folder, as https://help.acme.test/api/, not one of its files");
    return z.NEVER;
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url.href;
});

const queueUrl = z
  .string()
  .refine(
    (value) => /^embedded:.+/.test(value) || (/^(rediss?|postgres(ql)?):\/\//.test(value) && URL.canParse(value)),
    'accepted: redis://…, rediss://…, postgres://… or embedded:DIR',
  );

const fieldSource = z.string().transform((value, context): FieldSource['from'] => {
  const [, kind = '', rest = ''] = /^(header|text):(.+)$/s.exec(value) ?? [];
  if (kind === 'header') return { kind, name: rest.trim().toLowerCase() };
  if (kind === 'text') return { kind, value: rest };
  if (value === 'from' || value === 'to' || value === 'message-id') return { kind: value };
  context.addIssue(`"${value}" is none of header:NAME, text:VALUE, from, to, message-id`);
  return z.NEVER;
});

const re2Pattern = z.string().superRefine((pattern, context) => {
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    context.addIssue(`pattern is not RE2 syntax: ${error instanceof Error ? error.message : String(error)}`);
  }
});

const customField = z.union(
  [
    fieldSource.transform((from): FieldSource => ({ from })),
    z.strictObject({ source: fieldSource, pattern: re2Pattern.optional(), default: z.string().optional() }).transform(
      ({ source, pattern, default: fallback }): FieldSource => ({
        from: source,
        ...(pattern !== undefined && { pattern }),
        ...(fallback !== undefined && { default: fallback }),
      }),
    ),
  ],
  'accepted: a source, or an object of source, pattern and default',
);

const customFields = z
  .string()
  .transform((value, context): unknown => {
    try {
      return JSON.parse(value);
    } catch (error) {
      context.addIssue(`is not JSON (${error instanceof Error ? error.message : String(error)})`);
      return z.NEVER;
    }
  })
  .pipe(
    z.record(
      z.string().regex(/^\d{1,10}$/, 'each key is the id of a custom field, a number'),
      customField,
      'accepted: a JSON object of field id to source, as {"7":"header:X-Order-Id"}',
    ),
  );

const subjectTag = z
  .string()
  .refine(
    (value) => value.split('{id}').length === 2 && value.replace('{id}', '').trim() !== '',
    'accepted: a text with {id} once and a mark around it, as [#{id}] or [acme #{id}]',
  );

/** What judging mail needs: these have defaults, so that `explain` runs without any configuration. */
const mailSettings = {
  SUBJECT_TAG: subjectTag.default(defaultPolicy.subjectTag),
  REPLY_MARKER: text.default(defaultPolicy.replyMarker),
  CATEGORY_ID: wholeNumber(0, 2_147_483_647).optional(),
  CUSTOM_FIELDS: customFields.default({}),
  OWN_ADDRESSES: addresses.default([]),
  STAFF_ADDRESSES: addressesAndDomains.default([]),
  FORWARDS: oneOf(['requester', 'forwarder']).default('requester'),
};

const serviceSettings = {
  HELPDESK_URL: helpdeskUrl,
  HELPDESK_TOKEN: text,
  HELPDESK_ALLOW_HTTP: yesOrNo.default(false),
  IMAP_HOST: text,
  IMAP_PORT: wholeNumber(1, 65_535).optional(),
  IMAP_TLS: oneOf(['implicit', 'starttls', 'none']).default('implicit'),
  IMAP_USER: text,
  IMAP_PASSWORD: text,
  IMAP_FOLDER: text.default('INBOX'),
  IMAP_BACKLOG: oneOf(['skip', 'import']).default('skip'),
  IMAP_POLL_SECONDS: wholeNumber(1, 3600, ' seconds').default(60),
  QUEUE_URL: queueUrl.default('embedded:./data'),
  WORKER_CONCURRENCY: wholeNumber(1, 256).default(8),
  LEDGER_DAYS: wholeNumber(1, 3650, ' days').default(30),
  RETRY_DAYS: wholeNumber(0, 60, ' days').default(5),
  HTTP_HOST: text.default('127.0.0.1'),
  HTTP_PORT: wholeNumber(1, 65_535).optional(),
  LOG_LEVEL: oneOf(logLevels).default('info'),
};

/** Settings whose value is never shown. A URL may hold a password, so QUEUE_URL is one of them. */
const secrets = new Set(['HELPDESK_TOKEN', 'IMAP_PASSWORD', 'QUEUE_URL']);

/** Every setting by name, for the check that .env.example and the README leave none out. */
export const settingNames: readonly string[] = Object.keys({ ...serviceSettings, ...mailSettings });
export const secretNames: ReadonlySet<string> = secrets;

/**
 * The process environment over the `.env` file of a folder: what is set in the environment wins.
 * @param dotenvPath a file that need not be there
 */
export function readEnvironment(environment: Environment, dotenvPath: string): Environment {
  let file: Record<string, string> = {};
  try {
    file = parseDotenv(readFileSync(dotenvPath));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new ConfigError([{ variable: dotenvPath, message: `cannot be read: ${(error as Error).message}` }]);
    }
  }
  return { ...file, ...environment };
}

/**
 * The whole configuration of the service.
 * @throws ConfigError with every problem there is, not just the first
 */
export function loadConfig(environment: Environment): Config {
  const { values, problems } = read({ ...serviceSettings, ...mailSettings }, environment);
  if (values.HELPDESK_URL && !values.HELPDESK_ALLOW_HTTP) {
    const url = new URL(values.HELPDESK_URL);
    if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
      problems.push({
        variable: 'HELPDESK_URL',
        message: `"${values.HELPDESK_URL}" would send the token in clear text; accepted: https, or HELPDESK_ALLOW_HTTP=true`,
      });
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const v = values as Required<typeof values>;
  return freeze({
    helpdesk: { url: v.HELPDESK_URL, token: v.HELPDESK_TOKEN },
    imap: {
      host: v.IMAP_HOST,
      port: values.IMAP_PORT ?? (v.IMAP_TLS === 'implicit' ? 993 : 143),
      tls: v.IMAP_TLS,
      user: v.IMAP_USER,
      password: v.IMAP_PASSWORD,
      folder: v.IMAP_FOLDER,
      backlog: v.IMAP_BACKLOG,
      pollMs: v.IMAP_POLL_SECONDS * 1000,
    },
    queue: {
      url: v.QUEUE_URL,
      concurrency: v.WORKER_CONCURRENCY,
      ledgerDays: v.LEDGER_DAYS,
      retryDays: v.RETRY_DAYS,
    },
    http: { host: v.HTTP_HOST, port: values.HTTP_PORT ?? null },
    logLevel: v.LOG_LEVEL,
    mail: policyOf(v, v.IMAP_USER),
  });
}

/**
 * The part of the configuration that judging mail needs, every setting with a default; for work without a mailbox.
 * @throws ConfigError with every problem there is
 */
export function loadMailPolicy(environment: Environment): MailPolicy {
  const { values, problems } = read(mailSettings, environment);
  if (problems.length > 0) throw new ConfigError(problems);
  return freeze(policyOf(values as Required<typeof values>, environment.IMAP_USER));
}

/**
 * Where the health page is, for asking a running service.
 * @throws ConfigError with every problem there is
 */
export function loadHttpConfig(environment: Environment): HttpConfig {
  const { HTTP_HOST, HTTP_PORT } = serviceSettings;
  const { values, problems } = read({ HTTP_HOST, HTTP_PORT }, environment);
  if (problems.length > 0) throw new ConfigError(problems);
  return { host: values.HTTP_HOST ?? '127.0.0.1', port: values.HTTP_PORT ?? null };
}

type Values<S extends Record<string, z.ZodType>> = { [K in keyof S]?: z.output<S[K]> };

function read<S extends Record<string, z.ZodType>>(
  settings: S,
  environment: Environment,
): { values: Values<S>; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const values: Values<S> = {};
  for (const [name, schema] of Object.entries(settings)) {
    const raw = rawValue(name, environment, problems);
    if (raw === null) continue;
    const result = schema.safeParse(raw);
    if (result.success) values[name as keyof S] = result.data as z.output<S[keyof S]>;
    else if (raw === undefined) problems.push({ variable: name, message: 'is required and not set' });
    else {
      const shown = secrets.has(name) ? 'its value (not shown)' : `"${raw}"`;
      for (const issue of flatten(result.error.issues))
        problems.push({ variable: name, message: `${shown}: ${issue}` });
    }
  }
  return { values, problems };
}

/** The variable's text; undefined where it is unset or empty (as `NAME=` in a compose file), null where a problem was found. */
function rawValue(name: string, environment: Environment, problems: ConfigProblem[]): string | undefined | null {
  const value = environment[name] || undefined;
  const path = secrets.has(name) ? environment[`${name}_FILE`] || undefined : undefined;
  if (path === undefined) return value;
  if (value !== undefined) {
    problems.push({ variable: name, message: `is set, and ${name}_FILE too; accepted: one of them` });
    return null;
  }
  try {
    // An editor's last line end is not part of the secret.
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '') || undefined;
  } catch (error) {
    problems.push({ variable: `${name}_FILE`, message: `"${path}": ${(error as Error).message}` });
    return null;
  }
}

/** zod keeps what each branch of a union said inside one issue; the path says which custom field it was. */
function flatten(issues: readonly z.core.$ZodIssue[]): string[] {
  return issues.flatMap((issue) => {
    const inner =
      issue.code === 'invalid_union' ? (issue.errors.find((branch) => branch[0]?.code !== 'invalid_type') ?? []) : [];
    const at = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
    return inner.length > 0 ? flatten(inner).map((message) => at + message) : [at + issue.message];
  });
}

function policyOf(v: Required<Values<typeof mailSettings>>, imapUser: string | undefined): MailPolicy {
  // A mail from the watched mailbox itself is ours, whether or not the operator thought of listing it.
  const self = imapUser?.includes('@') ? [imapUser.toLowerCase()] : [];
  return {
    ...defaultPolicy,
    ownAddresses: [...new Set([...self, ...v.OWN_ADDRESSES])],
    subjectTag: v.SUBJECT_TAG,
    categoryId: v.CATEGORY_ID ?? null,
    customFields: v.CUSTOM_FIELDS,
    staffAddresses: v.STAFF_ADDRESSES,
    forwards: v.FORWARDS,
    replyMarker: v.REPLY_MARKER,
  };
}

/** Whether a host name of a URL is this machine (RFC 6761 section 6.3 for localhost). */
function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return /(^|\.)localhost$/.test(host) || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}
