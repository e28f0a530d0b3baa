import { isIP } from 'node:net';
import addressparser from 'nodemailer/lib/addressparser';
import { RE2JS } from 're2js';
import { z } from 'zod';
import { defaultPolicy, type FieldSource } from '../mail/policy.js';
import { isUsable } from '../mail/sender.js';
import { redisAddress } from '../queue/redis-address.js';

/*
 * Every setting: what is accepted, what it becomes and its default. The messages say what is accepted; config.ts puts the variable and,
 * unless it is a secret, the value before them.
 */

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const text = z.string();

const upper = (name: string) => name.toUpperCase();

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

/** As Node connects to it: a URL or a name with its port would be looked up as a name, and not be found. */
const host = z
  .string()
  .refine(
    (value) => isIP(value) !== 0 || /^[^\s:/@[\]]+$/.test(value),
    'accepted: the name or address of the server alone, as mail.acme.test; the port is IMAP_PORT',
  );

/** Names of hosts, or with a dot before it of all hosts below a domain. */
const hosts = z
  .string()
  .transform((value) =>
    value
      .toLowerCase()
      .split(/[\s,;]+/)
      .filter(Boolean),
  )
  .refine(
    (list) => list.every((host) => /^\.?\w(?:[\w.-]*\w)?$/.test(host)),
    'accepted: names of hosts, or .domain for all hosts below it, separated by commas',
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
    (value) =>
      /^embedded:.+/.test(value) ||
      (/^postgres(ql)?:\/\//.test(value) && URL.canParse(value)) ||
      redisAddress(value) !== null,
    'accepted: redis://HOST or redis://HOST/NUMBER of a database, redis-sentinel://HOST,HOST/NAME, redis-cluster://HOST,HOST (or rediss…), postgres://… or embedded:DIR',
  );

/** `Support <support@acme.test>` or the address alone. */
const mailbox = z.string().transform((value, context) => {
  const [address, ...others] = addressparser(value, { flatten: true });
  if (address && others.length === 0 && isUsable(address.address)) return address;
  context.addIssue('accepted: one address, as support@acme.test or Acme Support <support@acme.test>');
  return z.NEVER;
});

const smtpUrl = z.string().transform((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : null;
  try {
    if (url && /^smtps?:$/.test(url.protocol) && url.hostname && /^\/?$/.test(url.pathname + url.search + url.hash)) {
      const isImplicit = url.protocol === 'smtps:';
      return {
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: Number(url.port) || (isImplicit ? 465 : 587),
        isImplicit,
        login: url.username
          ? { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
          : null,
      };
    }
  } catch {
    // A percent sign that encodes nothing; what is accepted is said below.
  }
  context.addIssue('accepted: smtp://HOST:PORT or smtps://HOST:PORT, with USER:PASSWORD@ before HOST, percent-encoded');
  return z.NEVER;
});

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

const categoryId = wholeNumber(0, 2_147_483_647);

const json = z.string().transform((value, context): unknown => {
  try {
    return JSON.parse(value);
  } catch (error) {
    context.addIssue(`is not JSON (${error instanceof Error ? error.message : String(error)})`);
    return z.NEVER;
  }
});

const customFields = json.pipe(
  z.record(
    z.string().regex(/^\d{1,10}$/, 'each key is the id of a custom field, a number'),
    customField,
    'accepted: a JSON object of field id to source, as {"7":"header:X-Order-Id"}',
  ),
);

const categoryByRecipient = json.pipe(
  z.record(
    z
      .string()
      .regex(/^[^@\s]+@[^@\s]+$/, 'each key is an address')
      .transform((address) => address.toLowerCase()),
    z.int('each value is the id of a category, a number').min(0).max(2_147_483_647),
    'accepted: a JSON object of address to category id, as {"billing@acme.test":2}',
  ),
);

/** They become part of variable names. */
const mailboxNames = z
  .string()
  .transform((value) => value.split(/[\s,;]+/).filter(Boolean))
  .refine(
    (names) => names.every((name) => /^[a-z][a-z0-9]*$/i.test(name)) && new Set(names.map(upper)).size === names.length,
    'accepted: names of letters and digits, each once, separated by commas, as support,billing',
  );

const subjectTag = z
  .string()
  .refine(
    (value) => value.split('{id}').length === 2 && value.replace('{id}', '').trim() !== '',
    'accepted: a text with {id} once and a mark around it, as [#{id}] or [acme #{id}]',
  );

/** What judging the mail of one mailbox needs beside mailSettings; with defaults as well. */
export const mailboxSettings = {
  SUBJECT_TAG: subjectTag.default(defaultPolicy.subjectTag),
  CATEGORY_ID: categoryId.optional(),
  CUSTOM_FIELDS: customFields.default({}),
};

/** What judging mail needs: these have defaults, so that `explain` runs without any configuration. */
export const mailSettings = {
  REPLY_MARKER: text.default(defaultPolicy.replyMarker),
  CATEGORY_BY_RECIPIENT: categoryByRecipient.default({}),
  OWN_ADDRESSES: addresses.default([]),
  STAFF_ADDRESSES: addressesAndDomains.default([]),
  ACK_FROM: mailbox.optional(),
  FORWARDS: oneOf(['requester', 'forwarder']).default('requester'),
  TRUSTED_AUTHSERV_ID: hosts.default([]),
  TRUSTED_RELAYS: hosts.default([]),
  SENDER_AUTH: oneOf(['off', 'mark', 'require-for-replies', 'require']).optional(),
  SENDER_AUTH_CHECK: oneOf(['off', 'dns']).default('off'),
  REPLY_POLICY: oneOf(['owner', 'participants']).default('owner'),
  REPLY_TO: oneOf(['ignore', 'use']).default('ignore'),
  REPLY_TO_FORMS: addresses.default([]),
  BLOCKED_SENDERS: addressesAndDomains.default([]),
};

const authKinds = ['password', 'oauth2'] as const;

/** How one mailbox is watched. */
export const imapSettings = {
  IMAP_HOST: host,
  IMAP_PORT: wholeNumber(1, 65_535).optional(),
  IMAP_TLS: oneOf(['implicit', 'starttls', 'none']).default('implicit'),
  IMAP_USER: text,
  IMAP_AUTH: oneOf(authKinds).default('password'),
  IMAP_PASSWORD: text.optional(),
  IMAP_FOLDER: text.default('INBOX'),
  IMAP_BACKLOG: oneOf(['skip', 'import']).default('skip'),
  IMAP_POLL_SECONDS: wholeNumber(1, 3600, ' seconds').default(60),
};

export const serviceSettings = {
  HELPDESK_URL: helpdeskUrl,
  HELPDESK_TOKEN: text,
  HELPDESK_ALLOW_HTTP: yesOrNo.default(false),
  HELPDESK_SETTLE_SECONDS: wholeNumber(0, 3600, ' seconds').default(60),
  MAILBOXES: mailboxNames.default([]),
  QUEUE_URL: queueUrl.default('embedded:./data'),
  WORKER_CONCURRENCY: wholeNumber(1, 256).default(8),
  FLOOD_LIMIT: wholeNumber(0, 10_000, ' new tickets an hour').default(30),
  SMTP_URL: smtpUrl.optional(),
  SMTP_AUTH: oneOf(authKinds).default('password'),
  ACK_TEMPLATES: text.optional(),
  LEDGER_DAYS: wholeNumber(1, 3650, ' days').default(30),
  RETRY_DAYS: wholeNumber(0, 60, ' days').default(5),
  HTTP_HOST: text.default('127.0.0.1'),
  HTTP_PORT: wholeNumber(1, 65_535).optional(),
  DASHBOARD_USER: text.regex(/^[^:]+$/, 'accepted: a name without a colon').optional(),
  DASHBOARD_PASSWORD: text.min(8, 'accepted: at least 8 characters').optional(),
  LOG_LEVEL: oneOf(logLevels).default('info'),
};

/** Settings whose value is never shown. A URL may hold a password, so QUEUE_URL and SMTP_URL are among them. */
export const secretNames: ReadonlySet<string> = new Set([
  'HELPDESK_TOKEN',
  'IMAP_PASSWORD',
  'OAUTH_CLIENT_SECRET',
  'OAUTH_REFRESH_TOKEN',
  'QUEUE_URL',
  'SMTP_URL',
  'DASHBOARD_PASSWORD',
]);
