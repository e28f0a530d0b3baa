import type { SmtpServer } from '../acknowledge/smtp.js';
import type { SmtpConfig } from '../config/acknowledgement.js';
import type { AuthConfig } from '../config/auth.js';
import type { ImapConfig } from '../config/mailboxes.js';
import { type CredentialSource, fixedPassword } from '../credentials.js';
import type { WatchedMailbox } from '../imap/ports.js';
import type { Log } from '../log/log-actions.js';
import type { TokenSource } from '../oauth/token-source.js';

/** Gives the source of what the configuration says to log in with. */
export type CredentialSources = (auth: AuthConfig) => CredentialSource;

/** One place for all log-ins of a process: those with the same grant share its tokens, and the refresh token it has come to. */
export function credentialSources(log: Log): CredentialSources {
  const tokens = new Map<string, Promise<TokenSource>>();
  return (auth) => {
    if (auth.kind === 'password') return fixedPassword(auth.password);
    const { grant } = auth;
    const key = JSON.stringify(grant);
    return async (refused) => {
      let source = tokens.get(key);
      if (!source) {
        source = import('../oauth/token-source.js').then(({ TokenSource }) => new TokenSource(grant, log));
        tokens.set(key, source);
      }
      return { kind: 'oauth2', accessToken: await (await source).accessToken(refused) };
    };
  };
}

/** A mailbox of the configuration, and how it is logged in to. */
export function watchedMailbox(
  { host, port, tls, user, auth, mailbox, folder, backlog, pollMs }: ImapConfig,
  credentials: CredentialSources,
): WatchedMailbox & Pick<ImapConfig, 'pollMs'> {
  return { login: { host, port, tls, user, credentials: credentials(auth) }, mailbox, folder, backlog, pollMs };
}

/** How the SMTP server of the configuration is logged in to. */
export function smtpServer({ login, ...server }: SmtpConfig, credentials: CredentialSources): SmtpServer {
  return { ...server, login: login && { user: login.user, credentials: credentials(login.auth) } };
}
