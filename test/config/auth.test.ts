import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.js';
import { ConfigError } from '../../src/errors.js';

const base = {
  HELPDESK_URL: 'https://help.acme.test/api/',
  HELPDESK_TOKEN: 's3cret-token',
  IMAP_HOST: 'imap.gmail.com',
  IMAP_USER: 'support@acme.test',
  IMAP_AUTH: 'oauth2',
};
const google = { ...base, OAUTH_PROVIDER: 'google', OAUTH_CLIENT_ID: 'app', OAUTH_REFRESH_TOKEN: 's3cret-refresh' };
const microsoft = { ...base, OAUTH_PROVIDER: 'microsoft', OAUTH_TENANT: 'acme.test', OAUTH_CLIENT_ID: 'app' };

const authOf = (environment: Record<string, string>) => loadConfig(environment).mailboxes.map(({ imap }) => imap.auth);

function problemsOf(environment: Record<string, string>): string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.message).not.toContain('s3cret');
    return error.problems.map(({ variable, message }) => `${variable} ${message}`);
  }
  return [];
}

describe('IMAP_AUTH=oauth2', () => {
  it('needs no password, and with google a refresh token', () => {
    expect(authOf({ ...google, OAUTH_CLIENT_SECRET: 's3cret' })).toEqual([
      {
        kind: 'oauth2',
        grant: {
          kind: 'refresh_token',
          tokenUrl: 'https://oauth2.googleapis.com/token',
          clientId: 'app',
          clientSecret: 's3cret',
          refreshToken: 's3cret-refresh',
          refreshTokenFile: null,
          scope: null,
        },
      },
    ]);
    const { OAUTH_REFRESH_TOKEN: _, ...rest } = google;
    expect(problemsOf({ ...rest, OAUTH_CLIENT_SECRET: 's3cret' })).toEqual([
      'OAUTH_REFRESH_TOKEN is required and not set; accepted: what mail2ticket login prints',
    ]);
  });

  it('with microsoft logs in as the application where there is no refresh token', () => {
    expect(authOf({ ...microsoft, OAUTH_CLIENT_SECRET: 's3cret' })).toMatchObject([
      {
        grant: {
          kind: 'client_credentials',
          tokenUrl: 'https://login.microsoftonline.com/acme.test/oauth2/v2.0/token',
          scope: 'https://outlook.office365.com/.default',
        },
      },
    ]);
    expect(problemsOf(microsoft)).toEqual([
      'OAUTH_REFRESH_TOKEN is required and not set; accepted: what mail2ticket login prints, or OAUTH_CLIENT_SECRET for an application of its own',
    ]);
  });

  it('with another provider needs its endpoint, over TLS unless it is this machine', () => {
    const other = { ...base, OAUTH_CLIENT_ID: 'app', OAUTH_REFRESH_TOKEN: 's3cret', OAUTH_SCOPE: 'imap' };
    expect(authOf({ ...other, OAUTH_TOKEN_URL: 'http://localhost:8000/token' })).toMatchObject([
      { grant: { tokenUrl: 'http://localhost:8000/token', scope: 'imap' } },
    ]);
    expect(problemsOf({ ...other, OAUTH_TOKEN_URL: 'http://login.acme.test/token' })).toEqual([
      'OAUTH_TOKEN_URL "http://login.acme.test/token": accepted: an https URL, as https://login.acme.test/oauth2/token',
    ]);
  });

  it('says everything that is missing or wrong in one go', () => {
    expect(problemsOf({ ...base, OAUTH_PROVIDER: 'microsoft' })).toEqual([
      expect.stringMatching(/^OAUTH_TENANT is required with OAUTH_PROVIDER=microsoft/),
      expect.stringMatching(/^OAUTH_CLIENT_ID is required/),
      expect.stringMatching(/^OAUTH_REFRESH_TOKEN is required/),
    ]);
    expect(problemsOf(base)).toEqual([
      expect.stringMatching(/^OAUTH_PROVIDER is required/),
      expect.stringMatching(/^OAUTH_CLIENT_ID is required/),
      expect.stringMatching(/^OAUTH_REFRESH_TOKEN is required/),
    ]);
    expect(problemsOf({ ...microsoft, OAUTH_PROVIDER: 'yahoo', OAUTH_TENANT: 'a/b' })).toEqual([
      'OAUTH_PROVIDER "yahoo": accepted: google, microsoft',
      expect.stringMatching(/^OAUTH_TENANT "a\/b": accepted: the directory's id/),
      expect.stringMatching(/^OAUTH_REFRESH_TOKEN is required/),
    ]);
    const { IMAP_AUTH: _, ...passwordMissing } = base;
    expect(problemsOf(passwordMissing)).toEqual([
      'IMAP_PASSWORD is required and not set; accepted without it: IMAP_AUTH=oauth2',
    ]);
  });

  it('is a mailbox its own matter, and so is what belongs to it', () => {
    const two = {
      ...google,
      MAILBOXES: 'support,billing,old',
      IMAP_BILLING_USER: 'billing@acme.test',
      BILLING_OAUTH_REFRESH_TOKEN: 's3cret-billing',
      IMAP_OLD_USER: 'old@acme.test',
      IMAP_OLD_AUTH: 'password',
      IMAP_OLD_PASSWORD: 's3cret-old',
    };
    expect(authOf(two)).toMatchObject([
      { grant: { clientId: 'app', refreshToken: 's3cret-refresh' } },
      { grant: { clientId: 'app', refreshToken: 's3cret-billing' } },
      { kind: 'password', password: 's3cret-old' },
    ]);
  });
});

describe('SMTP_AUTH=oauth2', () => {
  const smtp = {
    ACK_FROM: 'support@acme.test',
    SMTP_AUTH: 'oauth2',
    SMTP_URL: 'smtp://support%40acme.test@smtp.gmail.com',
  };
  const loginOf = (environment: Record<string, string>) => loadConfig(environment).acknowledgement?.smtp;

  it('takes the settings of IMAP, but for those of its own', () => {
    expect(loginOf({ ...google, ...smtp })).toMatchObject({
      tls: 'required',
      login: { user: 'support@acme.test', auth: { grant: { refreshToken: 's3cret-refresh' } } },
    });
    expect(loginOf({ ...google, ...smtp, SMTP_OAUTH_REFRESH_TOKEN: 's3cret-smtp' })).toMatchObject({
      login: { auth: { grant: { refreshToken: 's3cret-smtp' } } },
    });
  });

  it('needs a user, and a client', () => {
    expect(problemsOf({ ...google, ...smtp, SMTP_URL: 'smtp://smtp.gmail.com' })).toEqual([
      'SMTP_URL needs the name of the user with SMTP_AUTH=oauth2: smtp://USER@HOST',
    ]);
    expect(
      problemsOf({ ...base, ...smtp, IMAP_AUTH: 'password', IMAP_PASSWORD: 's3cret', OAUTH_PROVIDER: 'google' }),
    ).toEqual([
      expect.stringMatching(/^SMTP_OAUTH_CLIENT_ID is required/),
      expect.stringMatching(/^SMTP_OAUTH_REFRESH_TOKEN is required/),
    ]);
  });
});
