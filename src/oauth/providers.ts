/** What is known of a provider. */
export interface Provider {
  readonly tokenUrl: string;
  readonly authorizationUrl: string;
  readonly deviceUrl: string | null;
  /** What a person is asked to allow: reading and filing mail by IMAP, sending by SMTP, and that it lasts. */
  readonly scope: string;
  /** What an application without a person asks for; null where it cannot do without one. */
  readonly appScope: string | null;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Gmail and Google Workspace. The device flow gives no access to mail, and without `prompt=consent` only the first log-in brings a
 * refresh token. https://developers.google.com/identity/protocols/oauth2/native-app
 */
const google: Provider = {
  tokenUrl: 'https://oauth2.googleapis.com/token',
  authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
  deviceUrl: null,
  scope: 'https://mail.google.com/',
  appScope: null,
  parameters: { access_type: 'offline', prompt: 'consent' },
};

/**
 * Microsoft 365.
 * https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
 * @param tenant the directory's id or one of its domains; `common`, `organizations` or `consumers` for people of any
 */
function microsoft(tenant: string): Provider {
  const endpoint = (name: string) => `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/${name}`;
  return {
    tokenUrl: endpoint('token'),
    authorizationUrl: endpoint('authorize'),
    deviceUrl: endpoint('devicecode'),
    scope: 'offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send',
    appScope: 'https://outlook.office365.com/.default',
    parameters: {},
  };
}

/** @param tenant of Microsoft alone */
export function providerOf(name: 'google' | 'microsoft', tenant: string): Provider {
  return name === 'google' ? google : microsoft(tenant);
}
