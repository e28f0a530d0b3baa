/** The settings that say where to connect, as a cure names them; the same twice where one URL says both. */
export interface PeerSettings {
  readonly host: string;
  readonly port: string;
}

/** Codes of Node's TLS layer for a certificate that no authority known here has signed. */
const UNKNOWN_ISSUER = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_)/;

/**
 * What to do about a connection that cannot be made.
 * @param code the system's or the TLS layer's code, as `ECONNREFUSED`; '' where there is none
 */
export function cureOf(code: string, settings: PeerSettings): string {
  const { host } = settings;
  const both = host === settings.port ? host : `${host}, ${settings.port}`;
  if (code === 'ENOTFOUND')
    return `check ${host} for a misspelled name; in Docker, whether the container can resolve names of that network`;
  if (code === 'EAI_AGAIN') return 'the DNS server does not answer: check the network of this machine or container';
  if (code === 'ECONNREFUSED') return `nothing listens there: check ${both}, and whether the server runs`;
  if (code === 'ESILENT') return `something else may listen there: check ${settings.port}`;
  if (/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/.test(code))
    return `no way leads there: check ${both}, and the firewalls in between`;
  if (UNKNOWN_ISSUER.test(code))
    return "let NODE_EXTRA_CA_CERTS in the environment (.env is read too late: docs/install.md) name a PEM file with its issuer's certificate, or install one of a public authority";
  if (code === 'CERT_HAS_EXPIRED') return 'renew the certificate on the server';
  if (code === 'CERT_NOT_YET_VALID') return "set this machine's clock";
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `set ${host} to a name that the certificate is for`;
  if (/^(ERR_SSL|EPROTO|ECONNRESET)/.test(code)) return `the server speaks no TLS there: check ${settings.port}`;
  return `check ${both}`;
}

/** Takes a message of ours apart that ends in what to do, after its last semicolon. */
export function adviceIn(message: string): { found: string; advice: string } {
  const at = message.lastIndexOf('; ');
  return at === -1 ? { found: message, advice: '' } : { found: message.slice(0, at), advice: message.slice(at + 2) };
}

/** The code of an error or of its cause, '' where it has none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}
