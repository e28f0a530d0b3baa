import * as oauth from 'oauth4webapi';
import type { Log } from '../log/log-actions.js';
import { carryOut, type Exchange, exchangeWith } from './exchange.js';
import type { OAuthGrant } from './grant.js';
import { storeToken } from './token-file.js';

/** Milliseconds before its end at which a token is renewed: more than a log-in takes. */
const MARGIN_MS = 120_000;

/** Access tokens of one grant: kept while they are good, renewed before they end. */
export class TokenSource {
  readonly #grant: OAuthGrant;
  readonly #log: Log;
  readonly #exchange: Exchange;
  /** The one that the server gave last, where it gives a new one with each access token. */
  #refreshToken: string | null;
  #current: { readonly accessToken: string; readonly renewAt: number } | null = null;
  #renewing: Promise<string> | null = null;
  #hasWarned = false;

  constructor(grant: OAuthGrant, log: Log) {
    this.#grant = grant;
    this.#log = log;
    this.#exchange = exchangeWith(grant);
    this.#refreshToken = grant.kind === 'refresh_token' ? grant.refreshToken : null;
  }

  /**
   * A token that is good for the next two minutes at least, as far as the authorization server says.
   * @param refused a token that was refused all the same: another one is given
   * @throws TokenRefusedError, TokenUnavailableError
   */
  async accessToken(refused?: string): Promise<string> {
    const current = this.#current;
    if (current !== null && current.accessToken !== refused && Date.now() < current.renewAt) return current.accessToken;
    // Several mailboxes of one grant ask at once; a refresh token that is good for one time must not be used twice.
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #renew(): Promise<string> {
    const asked = Date.now();
    const { access_token, expires_in, refresh_token } = await this.#request();
    // Without a word on its end a token is good for this once.
    const goodForMs = (expires_in ?? 0) * 1000;
    this.#current = { accessToken: access_token, renewAt: asked + goodForMs - Math.min(MARGIN_MS, goodForMs / 2) };
    if (this.#refreshToken !== null && refresh_token !== undefined && refresh_token !== this.#refreshToken) {
      this.#refreshToken = refresh_token;
      await this.#store(refresh_token);
    }
    return access_token;
  }

  /** A new refresh token that is lost with the process is no loss until the old one ends: a warning, once. */
  async #store(refreshToken: string): Promise<void> {
    const path = this.#grant.kind === 'refresh_token' ? this.#grant.refreshTokenFile : null;
    const reason =
      path === null
        ? 'OAUTH_REFRESH_TOKEN_FILE is not set'
        : await storeToken(path, refreshToken).then(
            () => null,
            (error: Error) => `${path} cannot be written: ${error.message}`,
          );
    const fields = { action: 'oauth.rotated', setting: 'OAUTH_REFRESH_TOKEN', client: this.#grant.clientId } as const;
    if (reason === null) this.#log.info({ ...fields, stored: true }, 'a new refresh token was given, and stored');
    else
      this.#log[this.#hasWarned ? 'info' : 'warn'](
        { ...fields, stored: false, reason },
        'a new refresh token was given, and is used until the process ends',
      );
    this.#hasWarned ||= reason !== null;
  }

  #request(): Promise<oauth.TokenEndpointResponse> {
    const { server, client, authentication, options } = this.#exchange;
    const { scope, clientSecret } = this.#grant;
    const parameters = scope === null ? {} : { scope };
    const refreshToken = this.#refreshToken;
    return carryOut(this.#grant, [clientSecret, refreshToken], async () => {
      if (refreshToken === null) {
        const response = await oauth.clientCredentialsGrantRequest(
          server,
          client,
          authentication,
          parameters,
          options(),
        );
        return oauth.processClientCredentialsResponse(server, client, response);
      }
      const asked = { ...options(), additionalParameters: parameters };
      const response = await oauth.refreshTokenGrantRequest(server, client, authentication, refreshToken, asked);
      return oauth.processRefreshTokenResponse(server, client, response);
    });
  }
}
