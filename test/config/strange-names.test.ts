import { describe, expect, it } from 'vitest';
import { settingNames } from '../../src/config/config.js';
import { warningLine } from '../../src/config/config-warning.js';
import { strangeNames } from '../../src/config/strange-names.js';

const inFile = (file: Record<string, string>, environment: Record<string, string> = {}) =>
  strangeNames(file, environment).map(warningLine);
const inEnvironment = (environment: Record<string, string>) => inFile({}, environment);

describe('a name in .env that is no setting', () => {
  it.each([
    ['IMAP_POLL_SECOND', 'IMAP_POLL_SECONDS'],
    ['IMAP_FLODER', 'IMAP_FOLDER'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['imap_user', 'IMAP_USER'],
    ['SMTP_FROM', 'ACK_FROM'],
    ['REDIS_URL', 'QUEUE_URL'],
    ['PORT', 'HTTP_PORT'],
    ['IMAP_PASWORD_FILE', 'IMAP_PASSWORD_FILE'],
  ])('%s is told of, with %s as what may be meant', (name, meant) => {
    expect(inFile({ [name]: 's3cret' })).toEqual([
      `${name} is no setting, and does nothing; perhaps ${meant} is meant: .env.example has every setting`,
    ]);
  });

  it('is told of where nothing like it is known, too', () => {
    expect(inFile({ FROBNICATE: 's3cret' })).toEqual([
      'FROBNICATE is no setting, and does nothing; remove it, or correct its name: .env.example has every setting',
    ]);
  });

  it('of a mailbox is measured by the names that this mailbox has', () => {
    const MAILBOXES = 'support, billing';
    const own = ['IMAP_BILLING_USER', 'IMAP_BILLING_PASSWORD_FILE', 'BILLING_CATEGORY_ID', 'BILLING_OAUTH_SCOPE'];
    expect(inFile({ MAILBOXES, ...Object.fromEntries(own.map((name) => [name, 'x'])) })).toEqual([]);
    expect(inFile({ MAILBOXES, BILING_CATEGORY_ID: '1' })).toEqual([expect.stringContaining('BILLING_CATEGORY_ID')]);
    expect(inFile({ BILLING_CATEGORY_ID: '1' })).toEqual([expect.stringMatching(/^BILLING_CATEGORY_ID is no setting/)]);
  });

  it.each(['COMPOSE_PROJECT_NAME', 'TZ', 'NODE_ENV', 'HTTPS_PROXY', 'no_proxy', 'PGSSLROOTCERT', ...settingNames])(
    '%s is not',
    (name) => expect(inFile({ [name]: 'x' })).toEqual([]),
  );

  it('but that Node reads before us is told to stand in the environment, where it does not', () => {
    const file = { NODE_EXTRA_CA_CERTS: '/ca.pem' };
    expect(inFile(file)).toEqual([expect.stringMatching(/^NODE_EXTRA_CA_CERTS does nothing in .env.*environment/)]);
    expect(inFile(file, file)).toEqual([]);
  });
});

describe('a name in the environment that is no setting', () => {
  it.each(['IMAP_FLODER', 'SMTP_FROM', 'LOGLEVEL', 'imap_user', 'REDIS_URL', 'DATABASE_URL', 'HELPDESK_FOO'])(
    '%s is told of',
    (name) => expect(inEnvironment({ [name]: 'x' })).toEqual([expect.stringMatching(`^${name} is no setting`)]),
  );

  it.each([
    'PATH',
    'PORT',
    'LOG_FORMAT',
    'HTTP_PROXY',
    'http_proxy',
    'IMAP_SERVICE_HOST',
    'SMTP_PORT_25_TCP_ADDR',
    'SMTP_OAUTH_CLIENT_ID',
    'IMAP_PASSWORD_FILE',
  ])("%s may be another program's, or is a setting", (name) => expect(inEnvironment({ [name]: 'x' })).toEqual([]));

  it('and names a store does no harm beside QUEUE_URL', () => {
    expect(inEnvironment({ REDIS_URL: 'redis://cache', QUEUE_URL: 'redis://queue' })).toEqual([]);
  });
});
