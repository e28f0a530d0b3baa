/** What a mailbox or an SMTP server is shown beside the name of the user. */
export type Credentials =
  | { readonly kind: 'password'; readonly password: string }
  /** A bearer token (RFC 6750), by SASL XOAUTH2 or OAUTHBEARER (RFC 7628). It is good for an hour or so: to be asked for before each log-in. */
  | { readonly kind: 'oauth2'; readonly accessToken: string };

/**
 * Where credentials come from; asked before each log-in.
 * @param refused an access token that the server has just refused: another one is given
 * @throws TokenRefusedError, TokenUnavailableError
 */
export type CredentialSource = (refused?: string) => Promise<Credentials>;

/** Always the same password. */
export function fixedPassword(password: string): CredentialSource {
  return () => Promise.resolve({ kind: 'password', password });
}

/**
 * Does what begins with a log-in; where an access token is refused, once more with another one. It may have been taken back before
 * its time, or our clock be wrong.
 * @param isRefusal whether the log-in was refused, and not something else went wrong
 */
export async function withCredentials<T>(
  source: CredentialSource,
  attempt: (credentials: Credentials) => Promise<T>,
  isRefusal: (error: unknown) => boolean,
): Promise<T> {
  const credentials = await source();
  try {
    return await attempt(credentials);
  } catch (error) {
    if (credentials.kind !== 'oauth2' || !isRefusal(error)) throw error;
    return attempt(await source(credentials.accessToken));
  }
}
