/** An application as it is known to an authorization server. */
export interface OAuthClient {
  /** Where access tokens are given out. https, or http on this machine. */
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Null for a public client (RFC 6749 section 2.1), as programs that people install are. */
  readonly clientSecret: string | null;
}

/** By what an application gets access tokens without a person. */
export type OAuthGrant =
  /** A person has let it in once (RFC 6749 section 6). `scope` null: all that was granted then. */
  | (OAuthClient & {
      readonly kind: 'refresh_token';
      readonly refreshToken: string;
      /** Where it came from, and the next one is put; null where it came from the environment. */
      readonly refreshTokenFile: string | null;
      readonly scope: string | null;
    })
  /** It was let in itself (RFC 6749 section 4.4). */
  | (OAuthClient & {
      readonly kind: 'client_credentials';
      readonly clientSecret: string;
      readonly scope: string | null;
    });

/** How a person lets an application in. */
export interface OAuthLogin extends OAuthClient {
  readonly scope: string;
  /** Where the person is sent with a browser (RFC 6749 section 3.1); null where the server has no such place. */
  readonly authorizationUrl: string | null;
  /** Where a code for another device is got (RFC 8628); null where the server has no such place, or gives none for mail. */
  readonly deviceUrl: string | null;
  /** What the server wants beside, to give a refresh token. */
  readonly parameters: Readonly<Record<string, string>>;
}
