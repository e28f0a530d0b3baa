import { oauthSettings } from './auth.js';
import { settingNames } from './config.js';
import type { ConfigWarning } from './config-warning.js';
import { ownVariable } from './mailboxes.js';
import type { Environment } from './setting-values.js';
import { imapSettings, mailboxSettings, secretNames } from './settings.js';

/** What others call our settings. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  REDIS_URL: 'QUEUE_URL',
  DATABASE_URL: 'QUEUE_URL',
  POSTGRES_URL: 'QUEUE_URL',
  HELPDESK_API_URL: 'HELPDESK_URL',
  HELPDESK_API_TOKEN: 'HELPDESK_TOKEN',
  HELPDESK_API_KEY: 'HELPDESK_TOKEN',
  IMAP_SERVER: 'IMAP_HOST',
  IMAP_URL: 'IMAP_HOST',
  IMAP_USERNAME: 'IMAP_USER',
  IMAP_LOGIN: 'IMAP_USER',
  IMAP_PASS: 'IMAP_PASSWORD',
  IMAP_MAILBOX: 'IMAP_FOLDER',
  IMAP_SSL: 'IMAP_TLS',
  IMAP_SECURE: 'IMAP_TLS',
  SMTP_HOST: 'SMTP_URL',
  SMTP_PORT: 'SMTP_URL',
  SMTP_USER: 'SMTP_URL',
  SMTP_PASS: 'SMTP_URL',
  SMTP_PASSWORD: 'SMTP_URL',
  SMTP_FROM: 'ACK_FROM',
  PORT: 'HTTP_PORT',
};

/** Those among them by which a whole queue is kept elsewhere than was meant. */
const STORES = /^(REDIS|DATABASE|POSTGRES)_URL$/;

/** Names that a `.env` file holds for others: Compose, Node, the system. */
const OF_OTHERS =
  /^(COMPOSE_|DOCKER_|NODE_|NPM_|UV_|PG[A-Z]|LC_)|^(TZ|LANG|PATH|HOME|USER|SHELL|UID|GID|PUID|PGID|UMASK|DEBUG|(NO|FORCE)_COLOR)$|_PROXY$/i;

/** Names that Kubernetes gives a pod for each service of its namespace, which may well be called imap or smtp. */
const OF_KUBERNETES = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP)(_\w+)?)$/;

/** Node reads these as it begins, long before we read a file. */
const TOO_LATE = /^NODE_(EXTRA_CA_CERTS|OPTIONS)$/;

/** Letters that a misspelled name may be off; of the environment, most of whose names are not meant for us, fewer. */
const MAX_OFF = { file: 2, environment: 1 };

/**
 * Names that look like settings and are none: misspelled, one keeps its default without a word. In the file that is every name that
 * is not known to be another program's; in the environment those that begin as ours do, or that are nearly or commonly one of ours.
 * @param file what the `.env` file sets
 * @param environment what the process environment sets
 */
export function strangeNames(file: Environment, environment: Environment): ConfigWarning[] {
  const known = knownNames(file, environment);
  const isSet = (name: string) => [name, `${name}_FILE`].some((each) => each in environment || each in file);
  const inFile = Object.keys(file).flatMap((name) => {
    if (TOO_LATE.test(name)) return name in environment ? [] : [tooLate(name)];
    return known.has(name) || OF_OTHERS.test(name) ? [] : [strange(name, meant(name, known, MAX_OFF.file))];
  });
  const inEnvironment = Object.entries(environment).flatMap(([name, value]) => {
    if (known.has(name) || name in file || OF_OTHERS.test(name)) return [];
    if (OF_KUBERNETES.test(name) || value?.startsWith('tcp://')) return [];
    if (STORES.test(name)) return isSet('QUEUE_URL') ? [] : [strange(name, 'QUEUE_URL')];
    if (FAMILIES.test(name)) return [strange(name, meant(name, known, MAX_OFF.file))];
    const near = nearest(name, known, MAX_OFF.environment);
    return near === null ? [] : [strange(name, near)];
  });
  return [...inFile, ...inEnvironment];
}

function strange(variable: string, instead: string | null): ConfigWarning {
  const cure = instead === null ? 'remove it, or correct its name' : `perhaps ${instead} is meant`;
  return { variable, found: 'is no setting, and does nothing', cure: `${cure}: .env.example has every setting` };
}

function tooLate(variable: string): ConfigWarning {
  const found = 'does nothing in .env, which is read when Node has long begun';
  return { variable, found, cure: 'set it in the environment of the process, as docs/install.md shows' };
}

/** Beginnings that several settings share, as IMAP_. One that a single setting has (LOG_) is as likely another program's. */
const FAMILIES = new RegExp(
  `^(${[...new Set(settingNames.map(firstWord))]
    .filter((word) => settingNames.filter((name) => firstWord(name) === word).length > 1)
    .join('|')})_`,
  'i',
);

function firstWord(name: string): string {
  return name.split('_', 1)[0] ?? '';
}

/** Every name that is read, with those of the mailboxes that MAILBOXES names and those of files. */
function knownNames(file: Environment, environment: Environment): ReadonlySet<string> {
  const { MAILBOXES: list = '' } = { ...file, ...environment };
  const ofMailbox = Object.keys({ ...imapSettings, ...oauthSettings, ...mailboxSettings });
  const names = [
    ...settingNames.map((setting) => ({ setting, variable: setting })),
    ...Object.keys(oauthSettings).map((setting) => ({ setting, variable: ownVariable(setting, 'smtp') })),
    ...list
      .split(/[\s,;]+/)
      .filter(Boolean)
      .flatMap((mailbox) => ofMailbox.map((setting) => ({ setting, variable: ownVariable(setting, mailbox) }))),
  ];
  return new Set(
    names.flatMap(({ setting, variable }) => (secretNames.has(setting) ? [variable, `${variable}_FILE`] : [variable])),
  );
}

/** The setting that was probably meant; null where none is near. */
function meant(name: string, known: ReadonlySet<string>, maxOff: number): string | null {
  return OTHER_NAMES[name.toUpperCase()] ?? nearest(name, known, maxOff);
}

function nearest(name: string, known: ReadonlySet<string>, maxOff: number): string | null {
  const upper = name.toUpperCase();
  const [first] = [...known]
    .filter((each) => Math.abs(each.length - upper.length) <= maxOff)
    .map((each) => ({ each, off: editDistance(upper, each) }))
    .filter(({ off }) => off <= maxOff)
    .sort((a, b) => a.off - b.off);
  return first?.each ?? null;
}

/** Letters to be changed, put in or left out to make one of the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(changed, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    above = row;
  }
  return above[b.length] ?? 0;
}
