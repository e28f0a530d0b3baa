import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import { type CredentialSource, type Credentials, withCredentials } from '../credentials.js';
import { MailNotSentError } from '../errors.js';
import { MAX_API_MESSAGE_CHARACTERS } from '../limits.js';
import { clampCharacters } from '../mail/clamp.js';
import { cleanLine } from '../mail/clean.js';
import type { OutgoingMail } from './compose.js';

/** The server that takes our mail. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /**
   * `implicit`: TLS from the first byte. `required`: STARTTLS, or nothing is sent. `offered`: STARTTLS where the server has it,
   * whatever its certificate, as between mail servers (RFC 7435). `none`: for this machine itself.
   */
  readonly tls: 'implicit' | 'required' | 'offered' | 'none';
  readonly login: { readonly user: string; readonly credentials: CredentialSource } | null;
}

/** Milliseconds for connecting and for the greeting. */
const CONNECT_MS = 15_000;

/**
 * Milliseconds that a silent server is given. RFC 5321 section 4.5.3.2.6 asks for ten minutes after the last line, since a
 * server that scans the mail and is cut off has taken it all the same, and gets it again.
 */
const SILENCE_MS = 600_000;

/** Hands mails to an SMTP server, each over a connection of its own: acknowledgements are few. */
export class SmtpSender {
  readonly #server: SmtpServer;
  readonly #closing = new AbortController();

  constructor(server: SmtpServer) {
    this.#server = server;
  }

  /**
   * Sends it from the null sender, to which no bounce is sent (RFC 5321 section 4.5.5).
   * @throws MailNotSentError where the server has not said that it took the mail
   */
  async send({ to, bytes }: OutgoingMail): Promise<void> {
    let begun = false;
    const envelope = { from: '', to: [{ name: '', address: to }] };
    try {
      await usingTransport(this.#server, async (transport) => {
        // Read from when the server is connected and logged in to, no sooner: what fails before has not sent the mail.
        const raw = new Readable({
          read() {
            begun = true;
            this.push(bytes);
            this.push(null);
          },
        });
        try {
          await transport.sendMail({ envelope, raw, signal: this.#closing.signal });
        } finally {
          raw.destroy();
        }
      });
    } catch (error) {
      throw notSent(error, begun);
    }
  }

  /** Cuts off what is being sent. */
  abandon(): void {
    this.#closing.abort();
  }
}

type Transport = ReturnType<typeof transportTo>;

/**
 * Hands out the connection to a server, not made yet; a second time where the log-in with an access token is refused.
 * @throws TokenRefusedError, TokenUnavailableError, and what `use` throws
 */
export function usingTransport<T>(server: SmtpServer, use: (transport: Transport) => Promise<T>): Promise<T> {
  if (server.login === null) return use(transportTo(server, null));
  const { user, credentials } = server.login;
  return withCredentials(credentials, (given) => use(transportTo(server, authOf(user, given))), isLogInRefusal);
}

/** With a reply of the server: without one the connection failed, which no other token would mend. */
function isLogInRefusal(error: unknown): boolean {
  const { code, responseCode }: SmtpFailure = error instanceof Error ? error : new Error(String(error));
  return code === 'EAUTH' && responseCode !== undefined;
}

function authOf(user: string, given: Credentials) {
  return given.kind === 'password'
    ? { user, pass: given.password }
    : { type: 'OAuth2' as const, user, accessToken: given.accessToken };
}

function transportTo({ host, port, tls }: SmtpServer, auth: ReturnType<typeof authOf> | null) {
  return createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'required',
    ignoreTLS: tls === 'none',
    tls: { rejectUnauthorized: tls !== 'offered' },
    ...(auth && { auth }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
  });
}

/** What of nodemailer's errors tells how far the mail came. */
interface SmtpFailure extends Error {
  readonly code?: string;
  /** The server's reply code: it has answered, and not taken the mail. */
  readonly responseCode?: number;
  /** Whether the reply is for good; absent where there is none. */
  readonly permanent?: boolean;
}

function notSent(error: unknown, begun: boolean): MailNotSentError {
  const failure: SmtpFailure = error instanceof Error ? error : new Error(String(error));
  const { code, responseCode, permanent } = failure;
  // Without a reply these are nodemailer's own: an address that no server can be told.
  const refused = permanent !== false && (code === 'EENVELOPE' || code === 'EMESSAGE');
  const words = clampCharacters(cleanLine(failure.message), MAX_API_MESSAGE_CHARACTERS);
  const perhapsSent = begun && !refused && responseCode === undefined;
  return new MailNotSentError(words, { permanent: refused, perhapsSent }, { cause: error });
}
