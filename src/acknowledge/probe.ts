import { adviceIn, codeOf, cureOf } from '../check/cure.js';
import { ok, problem, type Report, skipped } from '../check/finding.js';
import { TokenRefusedError, TokenUnavailableError } from '../errors.js';
import { type SmtpServer, usingTransport } from './smtp.js';

const SETTINGS = { host: 'SMTP_URL', port: 'SMTP_URL' };

/**
 * Connects to the SMTP server and logs in; sends nothing. Never rejects.
 * @param server null where no acknowledgements are sent
 * @param signal ends it: the connection is cut
 */
export async function probeSmtp(server: SmtpServer | null, report: Report, signal: AbortSignal): Promise<void> {
  if (server === null) {
    report(skipped('smtp', 'SMTP_URL is not set: no acknowledgements are sent'));
    return;
  }
  const { host, port, tls, login } = server;
  try {
    await usingTransport(server, async (transport) => {
      const cut = () => transport.close();
      signal.addEventListener('abort', cut);
      try {
        await transport.verify();
      } finally {
        signal.removeEventListener('abort', cut);
        transport.close();
      }
    });
    const how = tls === 'none' ? 'without TLS' : tls === 'offered' ? 'with TLS where it has it' : 'with TLS';
    report(ok('smtp', `${host}:${port} ${how}${login ? `, logged in as ${login.user}` : ''}`));
  } catch (error) {
    if (error instanceof TokenRefusedError || error instanceof TokenUnavailableError) {
      const { found, advice } = adviceIn(error.message);
      report(problem('smtp', found, advice));
      return;
    }
    const words = error instanceof Error ? error.message : String(error);
    report(problem('smtp', `${host}:${port} cannot be used: ${words}`, cureOfSmtp(error, words)));
  }
}

function cureOfSmtp(error: unknown, words: string): string {
  const code = codeOf(error);
  if (/^E(NO)?AUTH$/.test(code))
    return (error as { command?: string }).command === 'AUTH XOAUTH2'
      ? 'check that the user in SMTP_URL is the one the token is for, and what the application may do (OAUTH_SCOPE; docs/gmail.md, docs/microsoft-365.md)'
      : 'check user and password in SMTP_URL';
  if (/^(ETLS|EREQUIRETLS)$/.test(code))
    return 'let SMTP_URL begin with smtps://, or name a server that offers STARTTLS';
  // nodemailer has codes of its own for these; the system's stands in its words only.
  if (/certificate/i.test(words)) return cureOf('UNABLE_TO_VERIFY_LEAF_SIGNATURE', SETTINGS);
  return cureOf(/\bE(CONNREFUSED|NOTFOUND|AI_AGAIN|TIMEDOUT|HOSTUNREACH)\b/.exec(words)?.[0] ?? code, SETTINGS);
}
