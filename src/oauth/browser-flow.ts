import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oauth from 'oauth4webapi';
import { carryOut, exchangeWith } from './exchange.js';
import type { OAuthLogin } from './grant.js';

/** How the person and this process speak. */
export interface Conversation {
  /** The address to open in a browser. */
  show(url: string): void;
  /** What the person types or pastes, a line at a time. */
  onLine(take: (line: string) => void): void;
  /** A line was not the address that the browser was sent back to. */
  notThat(): void;
}

/**
 * Has a person let the application in with a browser (RFC 6749 section 4.1 with PKCE, RFC 7636). The browser comes back to a port of
 * this machine (RFC 8252 section 7.3); on another machine it finds nothing there, and the person pastes the address it wanted to open.
 * @param authorizationUrl where the server sends people
 * @param user whom to log in, as a hint; null: as the person likes
 * @returns the refresh token; null where none is given
 * @throws TokenRefusedError, TokenUnavailableError
 */
export async function browserFlow(
  login: OAuthLogin,
  authorizationUrl: string,
  user: string | null,
  conversation: Conversation,
): Promise<string | null> {
  const { server, client, authentication, options } = exchangeWith(login);
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const door = createServer();
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  try {
    // Without a path, as Microsoft compares it; the port may be any.
    const redirectUri = `http://localhost:${(door.address() as AddressInfo).port}`;
    const url = new URL(authorizationUrl);
    const parameters = {
      ...login.parameters,
      response_type: 'code',
      client_id: login.clientId,
      redirect_uri: redirectUri,
      scope: login.scope,
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(user !== null && { login_hint: user }),
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    conversation.show(url.href);
    const back = await comingBack(door, state, conversation);
    return await carryOut(login, [login.clientSecret, back.get('code'), verifier], async () => {
      const answer = oauth.validateAuthResponse(server, client, back, state);
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        authentication,
        answer,
        redirectUri,
        verifier,
        options(),
      );
      return (await oauth.processAuthorizationCodeResponse(server, client, response)).refresh_token ?? null;
    });
  } finally {
    door.close();
    door.closeAllConnections();
  }
}

/** The parameters of the address that the browser is sent back to, by whichever way they come. */
function comingBack(door: Server, state: string, { onLine, notThat }: Conversation): Promise<URLSearchParams> {
  return new Promise((resolve) => {
    const take = (address: string): boolean => {
      const parameters = URL.canParse(address, 'http://localhost')
        ? new URL(address, 'http://localhost').searchParams
        : null;
      // Anybody on this machine can call the door, and some browsers do by themselves: only whoever knows the state is answered.
      if (parameters?.get('state') !== state) return false;
      // Names the server; we have asked no other.
      parameters.delete('iss');
      resolve(parameters);
      return true;
    };
    door.on('request', ({ url = '' }, response) => {
      if (take(url)) page(response, 200, 'mail2ticket has its answer. You can close this page.');
      else page(response, 404, 'Not here.');
    });
    onLine((line) => {
      if (line.trim() !== '' && !take(line.trim())) notThat();
    });
  });
}

function page(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${words}\n`);
}
