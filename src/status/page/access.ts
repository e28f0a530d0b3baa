import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import basicAuth from '@fastify/basic-auth';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MAX_FAILED_LOGINS, MAX_LOGIN_ADDRESSES } from '../../limits.js';
import type { Log } from '../../log/log-actions.js';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** How long an address that has guessed too often is not listened to. */
const LOCK_MS = 5 * 60 * 1000;

/** The cookie of a browser that has been logged in. */
const KNOWN_COOKIE = 'mail2ticket-known';

/** Something about the request itself is wrong. */
export class RequestRefusedError extends Error {
  constructor(
    readonly statusCode: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Lets nobody in without the password: HTTP Basic (RFC 7617) for everything that is registered on `app` from now on.
 *
 * Behind a proxy, and in a container, all the world has one address: so that a guesser does not lock out the operator, a browser that
 * has been logged in since the start is counted by itself.
 */
export async function requireLogin(app: FastifyInstance, credentials: Credentials, log: Log): Promise<void> {
  const failures = new LoginFailures();
  const cookie = `${KNOWN_COOKIE}=${randomBytes(32).toString('base64url')}`;
  const isKnown = ({ headers }: FastifyRequest) => headers.cookie?.split(/; ?/).includes(cookie) ?? false;
  const counted = (request: FastifyRequest) => (isKnown(request) ? `known ${request.ip}` : request.ip);
  app.addHook('onRequest', async (request, reply) => {
    if (!failures.isLocked(counted(request))) return;
    reply.header('retry-after', LOCK_MS / 1000);
    throw new RequestRefusedError(429, 'Too many failed log-ins from this address; try again in five minutes.');
  });
  await app.register(basicAuth, {
    authenticate: { realm: 'mail2ticket' },
    validate: async (user, password, request, reply) => {
      // Both are always compared, so that the time tells nothing of either.
      const right = [isSame(user, credentials.user), isSame(password, credentials.password)];
      if (right.every(Boolean)) {
        if (!isKnown(request)) reply.header('set-cookie', `${cookie}; Path=/; HttpOnly; SameSite=Strict`);
        return;
      }
      failures.add(counted(request));
      log.warn({ action: 'page.refused', reason: 'wrong user or password', address: request.ip }, 'log-in refused');
      throw new RequestRefusedError(401, 'Wrong user or password.');
    },
  });
  app.addHook('onRequest', app.basicAuth);
}

/**
 * Refuses what another site makes a browser send: the browser adds the password by itself. Old browsers and plain http have no
 * Sec-Fetch-Site, but every browser says in Origin where a POST comes from.
 */
export function refuseOtherSites(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const { origin, host, 'sec-fetch-site': site } = request.headers;
  const isOurs = (site === undefined || site === 'same-origin') && (origin === undefined || isOrigin(origin, host));
  if (!isOurs) throw new RequestRefusedError(403, 'This request comes from another site and was refused.');
}

/** The secret in our own forms, which no other site can read. It lasts as long as the process. */
export class FormToken {
  readonly value = randomBytes(32).toString('base64url');

  /** @throws RequestRefusedError where the form is not one of ours */
  check(given: string | undefined): void {
    if (given !== undefined && isSame(given, this.value)) return;
    throw new RequestRefusedError(
      403,
      'This form is from before the last start of the service. Go back, reload the page and try again.',
    );
  }
}

/** How often each address has failed to log in lately. */
class LoginFailures {
  readonly #byAddress = new Map<string, { count: number; until: number }>();

  isLocked(address: string): boolean {
    const failures = this.#byAddress.get(address);
    return failures !== undefined && failures.count >= MAX_FAILED_LOGINS && failures.until > Date.now();
  }

  add(address: string): void {
    const before = this.#byAddress.get(address);
    const count = before && before.until > Date.now() ? before.count + 1 : 1;
    this.#byAddress.delete(address);
    this.#byAddress.set(address, { count, until: Date.now() + LOCK_MS });
    if (this.#byAddress.size <= MAX_LOGIN_ADDRESSES) return;
    const oldest = this.#byAddress.keys().next();
    if (!oldest.done) this.#byAddress.delete(oldest.value);
  }
}

/** Of equal length once hashed, so that the comparison takes the same time for every guess. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function isOrigin(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}
