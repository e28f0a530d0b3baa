import type { Socket } from 'node:net';
import type { ImapFlow } from 'imapflow';
import { checkCertificate } from '../check/certificate.js';
import { adviceIn, codeOf, cureOf } from '../check/cure.js';
import { ok, problem, type Report, skipped, warning } from '../check/finding.js';
import { checkHost } from '../check/host.js';
import { MailboxRefusedError, TokenRefusedError, TokenUnavailableError } from '../errors.js';
import { MAX_GREETING_BYTES } from '../limits.js';
import type { Log } from '../log/log-actions.js';
import { isLoopback } from '../loopback.js';
import { connectImap, type ImapLogin } from './connection.js';
import { probeFolders } from './probe/folders.js';
import { probeWatchedFolder } from './probe/watched-folder.js';

export interface MailboxProbe {
  readonly login: ImapLogin;
  readonly folder: string;
  readonly backlog: 'skip' | 'import';
  readonly pollMs: number;
  readonly log: Log;
  /** Milliseconds until the server's certificate must have been seen. */
  readonly timeoutMs: number;
}

const SETTINGS = { host: 'IMAP_HOST', port: 'IMAP_PORT and IMAP_TLS' };

const CURE_OF_SILENCE =
  'perhaps TLS begins with the first byte there, as on port 993: set IMAP_TLS=implicit, or correct IMAP_PORT';

/**
 * Looks whether the mailbox can be watched and its mail be filed. Of the watched folder nothing is read or changed; what has to be
 * tried out is tried in a folder of its own, which is removed again. Never rejects.
 * @param signal ends it: the connection is cut
 */
export async function probeMailbox(probe: MailboxProbe, report: Report, signal: AbortSignal): Promise<void> {
  const client = (await reachable(probe, report)) ? await logIn(probe, report) : null;
  if (client === null) {
    report(skipped('imap folders', 'not looked at, for want of a log-in'));
    return;
  }
  const cut = () => client.close();
  signal.addEventListener('abort', cut);
  try {
    if (signal.aborted) return;
    probeAbilities(client, probe, report);
    await probeWatchedFolder(client, probe, report);
    await probeFolders(client, probe.folder, report);
    await client.logout();
  } catch (error) {
    const { responseText, message } = error as { responseText?: string; message: string };
    if (!signal.aborted)
      report(
        problem('imap', `the server refused: ${responseText ?? message}`, 'check again; see the log of the server'),
      );
  } finally {
    signal.removeEventListener('abort', cut);
    client.close();
  }
}

async function reachable({ login, timeoutMs }: MailboxProbe, report: Report): Promise<boolean> {
  const { host, port, tls } = login;
  if (!(await checkHost('imap dns', host, SETTINGS, report))) return false;
  if (tls === 'none' && isLoopback(host)) {
    report(ok('imap tls', 'IMAP_TLS=none, which will do on this machine'));
    return true;
  }
  if (tls === 'none') {
    const found = 'IMAP_TLS=none: the password and all mail go over the network in clear text';
    report(warning('imap tls', found, 'set IMAP_TLS=implicit or IMAP_TLS=starttls'));
    return true;
  }
  const peer = { about: 'imap tls', host, port, settings: SETTINGS };
  const beginning = tls === 'starttls' ? { prelude: startTls, cureOfSilence: CURE_OF_SILENCE } : {};
  return checkCertificate({ ...peer, ...beginning }, timeoutMs, Date.now(), report);
}

/** RFC 9051 section 6.2.1. */
async function startTls(socket: Socket): Promise<void> {
  await answer(socket, /^\* (OK|PREAUTH|BYE) .*\r\n/);
  socket.write('a STARTTLS\r\n');
  const said = await answer(socket, /^a (OK|NO|BAD).*\r\n/im);
  if (!/^a OK/im.test(said)) throw Object.assign(new Error('offers no STARTTLS'), { code: 'ERR_SSL_NO_STARTTLS' });
}

function answer(socket: Socket, complete: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const take = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (complete.test(text)) done(() => resolve(text));
      else if (text.length > MAX_GREETING_BYTES) done(() => reject(new Error('does not speak IMAP')));
    };
    const closed = () => done(() => reject(new Error('ended the connection')));
    const failed = (error: Error) => done(() => reject(error));
    const done = (settle: () => void) => {
      socket.off('data', take).off('close', closed).off('error', failed);
      settle();
    };
    socket.on('data', take).on('close', closed).on('error', failed);
  });
}

async function logIn({ login, log }: MailboxProbe, report: Report): Promise<ImapFlow | null> {
  try {
    const client = await connectImap(login, log);
    report(ok('imap log-in', `${login.user} at ${login.host}:${login.port}`));
    return client;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const cause = error instanceof Error ? error.cause : null;
    if (cause instanceof TokenRefusedError || cause instanceof TokenUnavailableError) {
      const { found, advice } = adviceIn(cause.message);
      report(problem('imap log-in', found, advice));
    } else {
      // Its advice stands at its end, where the cure says more.
      report(problem('imap log-in', message.replace(/; see [^;]*$/, ''), cureOfLogIn(error)));
    }
    return null;
  }
}

function cureOfLogIn(error: unknown): string {
  if (error instanceof MailboxRefusedError && error.setting === 'IMAP_AUTH') return 'set IMAP_AUTH=password';
  if (error instanceof MailboxRefusedError && error.setting === 'IMAP_USER') {
    return 'check that IMAP_USER is the mailbox the token is for, that IMAP is switched on for it, and what the application may do (OAUTH_SCOPE; docs/gmail.md, docs/microsoft-365.md)';
  }
  if (error instanceof MailboxRefusedError && error.setting === 'IMAP_PASSWORD') {
    return 'check IMAP_USER and IMAP_PASSWORD; some providers want a password made for this app, or IMAP to be switched on';
  }
  const code = codeOf(error instanceof Error ? error.cause : null);
  return code === 'GREETING_TIMEOUT' ? CURE_OF_SILENCE : cureOf(code, SETTINGS);
}

function probeAbilities({ capabilities }: ImapFlow, { pollMs }: MailboxProbe, report: Report): void {
  if (capabilities.has('IDLE')) report(ok('imap idle', 'the server tells of new mail at once'));
  else {
    const found = `the server has no IDLE: new mail is found every ${pollMs / 1000} s`;
    report(warning('imap idle', found, 'lower IMAP_POLL_SECONDS if that is too slow'));
  }
  if (capabilities.has('MOVE')) report(ok('imap move', 'the server moves mail in one step'));
  else if (capabilities.has('UIDPLUS')) report(ok('imap move', 'no MOVE, but COPY and UID EXPUNGE do the same'));
  else {
    const found =
      'the server has neither MOVE nor UIDPLUS: filing a mail expunges whatever else is marked as deleted there';
    report(warning('imap move', found, 'watch a folder in which nobody deletes by hand (IMAP_FOLDER)'));
  }
}
