import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { codeOf, cureOf, type PeerSettings } from './cure.js';
import { type Finding, ok, problem, type Report, warning } from './finding.js';

/** Days before its end at which a certificate is worth a word. Automatic renewal happens 30 days before; at 14 it has failed. */
const RENEWAL_DAYS = 14;

/** Names of a certificate that are shown; some have a hundred. */
const MAX_NAMES = 5;

export interface TlsPeer {
  readonly about: string;
  readonly host: string;
  readonly port: number;
  readonly settings: PeerSettings;
  /** What is said in clear text before TLS begins, as STARTTLS. */
  readonly prelude?: (socket: Socket) => Promise<void>;
  /** What to do where the server takes the connection and then says nothing, if that has a cause of its own. */
  readonly cureOfSilence?: string;
}

/** Our code for a server that takes the connection and then says nothing. No firewall is to blame for that. */
const SILENT = 'ESILENT';

/**
 * Looks at the certificate a server shows. Nothing is sent over the connection, so it is made with an unacceptable
 * certificate as well: to tell what is wrong with it.
 * @param timeoutMs for all of it
 * @param now milliseconds since 1970
 * @returns whether a connection of ours would be made
 */
export async function checkCertificate(
  peer: TlsPeer,
  timeoutMs: number,
  now: number,
  report: Report,
): Promise<boolean> {
  const socket = connect(peer.port, peer.host);
  const deadline = setTimeout(() => {
    const code = socket.connecting ? 'ETIMEDOUT' : SILENT;
    socket.destroy(Object.assign(new Error(code), { code }));
  }, timeoutMs);
  let tls: TLSSocket | null = null;
  try {
    await once(socket, 'connect');
    await peer.prelude?.(socket);
    tls = connectTls({
      socket,
      host: peer.host,
      ...(isIP(peer.host) === 0 && { servername: peer.host }),
      rejectUnauthorized: false,
    });
    await once(tls, 'secureConnect');
    const finding = judge(tls, peer, now);
    report(finding);
    return finding.level !== 'problem';
  } catch (error) {
    const code = codeOf(error);
    const reason = code || (error instanceof Error ? error.message : String(error));
    const cure = (code === SILENT && peer.cureOfSilence) || cureOf(code, peer.settings);
    report(problem(peer.about, `${peer.host}:${peer.port}: ${said(reason, timeoutMs)}`, cure));
    return false;
  } finally {
    clearTimeout(deadline);
    tls?.destroy();
    socket.destroy();
  }
}

function said(reason: string, timeoutMs: number): string {
  const nothing = `no answer within ${timeoutMs / 1000} s`;
  if (reason === SILENT) return `takes the connection, but ${nothing}`;
  return reason === 'ETIMEDOUT' ? nothing : reason;
}

function judge(tls: TLSSocket, { about, host, settings }: TlsPeer, now: number): Finding {
  const certificate = tls.getPeerCertificate();
  const until = Date.parse(certificate.valid_to);
  const days = Math.floor((until - now) / 86_400_000);
  if (!tls.authorized) {
    // Node's types promise an Error here; it is the code, a text.
    const code = String(tls.authorizationError);
    const names = (certificate.subjectaltname ?? '').split(', ').slice(0, MAX_NAMES).join(', ');
    const whose = [
      names && `it is for ${names}`,
      `issued by ${certificate.issuer?.CN ?? certificate.issuer?.O ?? '?'}`,
    ];
    const end = `valid until ${Number.isNaN(until) ? '?' : new Date(until).toISOString().slice(0, 10)}`;
    const found = `the certificate of ${host} is not accepted (${code}): ${[...whose, end].filter(Boolean).join(', ')}`;
    return problem(about, found, cureOf(code, settings));
  }
  const found = `the certificate of ${host} is valid for ${days} more days`;
  return days >= RENEWAL_DAYS
    ? ok(about, `${tls.getProtocol()}, ${found}`)
    : warning(about, found, 'renew it on the server; its automatic renewal seems to fail');
}
