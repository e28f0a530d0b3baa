import { ImapFlow, type ImapFlowError } from 'imapflow';
import { type CredentialSource, type Credentials, withCredentials } from '../credentials.js';
import { MailboxRefusedError, MailboxUnavailableError, TokenRefusedError, TokenUnavailableError } from '../errors.js';
import { MAX_IMAP_RESPONSE_BYTES } from '../limits.js';
import type { Log } from '../log/log-actions.js';

/** What it takes to log in. */
export interface ImapLogin {
  readonly host: string;
  readonly port: number;
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly user: string;
  readonly credentials: CredentialSource;
}

/** How a peer that went without a word is noticed. */
const LIVENESS = {
  /** After this long without a byte the connection counts as dead, in ms. IDLE is renewed sooner, so a live one is never silent for so long. */
  silenceMs: 90_000,
  /** IDLE is issued anew this often, in ms: it keeps NAT tables warm, beats the 29 minutes of RFC 2177 and shows that the peer still answers. */
  idleRenewalMs: 50_000,
};
/** Quiet time before IDLE starts: long enough not to fall between two commands of a pass, short enough not to delay a mail. */
const IDLE_DELAY_MS = 20;

/**
 * A logged-in connection. It never reconnects by itself: a new one is made for every try.
 * @throws MailboxRefusedError where trying again without a change of configuration is in vain
 * @throws MailboxUnavailableError otherwise
 */
export async function connectImap(login: ImapLogin, log: Log, liveness = LIVENESS): Promise<ImapFlow> {
  try {
    return await withCredentials(
      login.credentials,
      (credentials) => connectWith(credentials, login, log, liveness),
      (error) => error instanceof MailboxRefusedError && isLogInRefusal(error.cause),
    );
  } catch (error) {
    if (error instanceof TokenRefusedError)
      throw new MailboxRefusedError(error.message, error.setting, { cause: error });
    if (error instanceof TokenUnavailableError) throw new MailboxUnavailableError(error.message, { cause: error });
    throw error;
  }
}

async function connectWith(
  credentials: Credentials,
  login: ImapLogin,
  log: Log,
  liveness: typeof LIVENESS,
): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: login.host,
    port: login.port,
    secure: login.tls === 'implicit',
    doSTARTTLS: login.tls === 'starttls',
    auth: {
      user: login.user,
      ...(credentials.kind === 'password' ? { pass: credentials.password } : { accessToken: credentials.accessToken }),
    },
    clientInfo: { name: 'mail2ticket' },
    logger: false,
    autoIdleDelay: IDLE_DELAY_MS,
    maxIdleTime: liveness.idleRenewalMs,
    socketTimeout: liveness.silenceMs,
    connectionTimeout: 30_000,
    greetingTimeout: 15_000,
    maxLiteralSize: MAX_IMAP_RESPONSE_BYTES,
    // The sections of one mail, and its structure, come in one response.
    maxResponseSize: MAX_IMAP_RESPONSE_BYTES * 4,
  });
  // Without a listener an error between two commands would end the process.
  client.on('error', (error: Error) =>
    log.debug({ action: 'imap.error', reason: error.message }, 'IMAP connection error'),
  );
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.close();
    if (credentials.kind === 'oauth2' && !isLogInRefusal(error) && offersNoOAuth(client)) {
      throw new MailboxRefusedError(
        `${login.host}:${login.port} takes no access tokens (XOAUTH2, OAUTHBEARER); see IMAP_AUTH`,
        'IMAP_AUTH',
        { cause: error },
      );
    }
    throw asMailboxError(error, login, credentials.kind);
  }
}

function isLogInRefusal(error: unknown): boolean {
  return (error as ImapFlowError).authenticationFailed === true;
}

/** As far as it has said what it offers. */
function offersNoOAuth({ capabilities }: ImapFlow): boolean {
  const offered = ['AUTH=XOAUTH2', 'AUTH=XOAUTH', 'AUTH=OAUTHBEARER'].some((each) => capabilities.has(each));
  return capabilities.size > 0 && !offered;
}

/** Codes of Node's TLS layer that mean "this certificate will not do", and no retry will make it do. */
const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ALTNAME/;

/** By which a server says that it is not the password (RFC 5530), and the words of those that have no code for it. */
const BUSY_CODES: ReadonlySet<string> = new Set(['UNAVAILABLE', 'LIMIT', 'INUSE']);
const BUSY_WORDS = /\btoo many\b|\btry again\b|\btemporar/i;

/** OpenSSL says `THREAD:error:CODE:library:function:words:file:line`; another thread each time, and a line end. */
function withoutTrace(message: string): string {
  return /:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/.exec(message)?.[1] ?? message;
}

function asMailboxError(
  error: unknown,
  login: ImapLogin,
  kind: Credentials['kind'],
): MailboxRefusedError | MailboxUnavailableError {
  const {
    code = '',
    authenticationFailed,
    responseText,
    serverResponseCode = '',
    tlsFailed,
  } = error as ImapFlowError & { tlsFailed?: boolean };
  const where = `${login.host}:${login.port}`;
  const message = withoutTrace((error as Error).message);
  const options = { cause: error };
  if (authenticationFailed) {
    const words = responseText ? `: ${responseText}` : '';
    if (BUSY_CODES.has(serverResponseCode) || BUSY_WORDS.test(responseText ?? ''))
      // Not "unavailable", which would try again within seconds: servers that count log-ins lock out who comes too often.
      return new MailboxRefusedError(
        `${where} lets ${login.user} not in for now${words}; do other programs hold connections to this mailbox? See IMAP_USER`,
        'IMAP_USER',
        options,
      );
    return kind === 'password'
      ? new MailboxRefusedError(
          `${where} refuses the log-in of ${login.user}${words}; see IMAP_USER and IMAP_PASSWORD`,
          'IMAP_PASSWORD',
          options,
        )
      : new MailboxRefusedError(
          `${where} refuses an access token for ${login.user}${words}; see IMAP_USER and OAUTH_SCOPE`,
          'IMAP_USER',
          options,
        );
  }
  if (certificateCodes.test(code)) {
    return new MailboxRefusedError(
      `${where}: the certificate is not accepted (${code}); see IMAP_HOST, or NODE_EXTRA_CA_CERTS for a private CA`,
      'IMAP_HOST',
      options,
    );
  }
  if (tlsFailed || code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return new MailboxRefusedError(
      `${where} does not speak TLS as IMAP_TLS=${login.tls} wants it (${message}); see IMAP_TLS and IMAP_PORT`,
      'IMAP_TLS',
      options,
    );
  }
  if (code === 'ENOTFOUND') return new MailboxUnavailableError(`${where}: no such host; see IMAP_HOST`, options);
  if (code === 'ECONNREFUSED')
    return new MailboxUnavailableError(`${where} refuses the connection; see IMAP_HOST and IMAP_PORT`, options);
  if (code === 'GREETING_TIMEOUT') {
    return new MailboxUnavailableError(
      `${where} does not greet as IMAP_TLS=${login.tls} wants it; see IMAP_TLS and IMAP_PORT`,
      options,
    );
  }
  return new MailboxUnavailableError(`${where}: ${message}`, options);
}
