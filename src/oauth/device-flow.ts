import { setTimeout as sleep } from 'node:timers/promises';
import * as oauth from 'oauth4webapi';
import { TokenRefusedError } from '../errors.js';
import { MAX_DEVICE_CODE_MS } from '../limits.js';
import { carryOut, exchangeWith } from './exchange.js';
import type { OAuthLogin } from './grant.js';

/** Milliseconds between two questions, and what is added when the server asks to slow down (RFC 8628 section 3.5). */
const INTERVAL_MS = 5000;

/** What a person has to do on a device with a browser. */
export interface DeviceCode {
  readonly url: string;
  /** What is to be entered there. */
  readonly code: string;
}

/**
 * Has a person let the application in with a browser on any device (RFC 8628).
 * @param deviceUrl the server's endpoint for that
 * @param show is told what the person has to do
 * @returns the refresh token; null where none is given
 * @throws TokenRefusedError, TokenUnavailableError
 */
export function deviceFlow(
  login: OAuthLogin,
  deviceUrl: string,
  show: (code: DeviceCode) => void,
): Promise<string | null> {
  const { server, client, authentication, options } = exchangeWith(login, { device_authorization_endpoint: deviceUrl });
  return carryOut(login, [login.clientSecret], async () => {
    const parameters = { ...login.parameters, scope: login.scope };
    const asked = await oauth.deviceAuthorizationRequest(server, client, authentication, parameters, options());
    const device = await oauth.processDeviceAuthorizationResponse(server, client, asked);
    show({ url: device.verification_uri, code: device.user_code });
    const end = Date.now() + Math.min(device.expires_in * 1000, MAX_DEVICE_CODE_MS);
    for (let waitMs = (device.interval ?? INTERVAL_MS / 1000) * 1000; Date.now() + waitMs < end; ) {
      await sleep(waitMs);
      const response = await oauth.deviceCodeGrantRequest(
        server,
        client,
        authentication,
        device.device_code,
        options(),
      );
      try {
        return (await oauth.processDeviceCodeResponse(server, client, response)).refresh_token ?? null;
      } catch (error) {
        const code = error instanceof oauth.ResponseBodyError ? error.error : '';
        if (code === 'slow_down') waitMs += INTERVAL_MS;
        else if (code !== 'authorization_pending') throw error;
      }
    }
    throw new TokenRefusedError('the code was not entered in time; run mail2ticket login again', 'OAUTH_REFRESH_TOKEN');
  });
}
