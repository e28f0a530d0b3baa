/** Codes of Node's TLS layer for a certificate that no authority known here has signed. */
const UNKNOWN_ISSUER = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_)/;

/**
 * What to do about a connection that cannot be made.
 * @param code the system's or the TLS layer's code, as `ECONNREFUSED`
 * @param setting the setting that says where to connect
 */
export function cureOf(code: string, setting: string): string {
  if (code === 'ENOTFOUND')
    return `check ${setting} for a misspelled host name; in Docker, whether the container can resolve it`;
  if (code === 'EAI_AGAIN') return 'the DNS server does not answer: check the network of this machine or container';
  if (code === 'ECONNREFUSED')
    return `nothing listens there: check host and port in ${setting}, and whether the server runs`;
  if (/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/.test(code))
    return `no way leads there: check ${setting}, and the firewalls in between`;
  if (UNKNOWN_ISSUER.test(code))
    return 'let NODE_EXTRA_CA_CERTS name a PEM file with the certificate of its issuer, or install one that a public authority has signed';
  if (code === 'CERT_HAS_EXPIRED') return 'renew the certificate on the server';
  if (code === 'CERT_NOT_YET_VALID') return 'set the clock of this machine';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `set ${setting} to a name that the certificate is for`;
  return `check ${setting}`;
}

/** The code of an error or of its cause, '' where it has none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}
