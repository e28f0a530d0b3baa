import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogFields } from '../../../src/log/log-actions.js';
import { refuseOtherSites, requireLogin } from '../../../src/status/page/access.js';

const credentials = { user: 'operator', password: 'correct horse: battery' };
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const right = basic('operator', 'correct horse: battery');

let server: FastifyInstance;
let logged: LogFields[];

beforeEach(async () => {
  logged = [];
  const say = (fields: LogFields) => void logged.push(fields);
  server = fastify();
  await requireLogin(server, credentials, { debug: say, info: say, warn: say, error: say });
  server.addHook('onRequest', async (request) => refuseOtherSites(request));
  server.get('/', async () => 'inside');
  server.post('/', async () => 'done');
});
afterEach(() => server.close());

const get = (authorization?: string, remoteAddress = '127.0.0.1') =>
  server.inject({ url: '/', remoteAddress, headers: authorization === undefined ? {} : { authorization } });

describe('the log-in', () => {
  it('lets in who knows both, a password with a colon too', async () => {
    expect((await get(right)).body).toBe('inside');
  });

  it.each([
    ['nothing', undefined],
    ['a wrong password', basic('operator', 'correct horse')],
    ['a wrong user', basic('root', 'correct horse: battery')],
    ['an empty password', basic('operator', '')],
    ['garbage', 'Basic \u00ff'],
    ['another scheme', right.replace('Basic', 'Bearer')],
  ])('asks again after %s', async (_what, authorization) => {
    const { statusCode, headers, body } = await get(authorization);
    expect(statusCode).toBe(401);
    expect(headers['www-authenticate']).toMatch(/^Basic realm="mail2ticket"/);
    expect(body).not.toContain('inside');
  });

  it('listens no more to an address that guesses, not even to the right guess, and still to others', async () => {
    for (let i = 0; i < 10; i += 1) expect((await get(basic('operator', `guess ${i}`))).statusCode).toBe(401);
    const locked = await get(right);
    expect([locked.statusCode, locked.headers['retry-after']]).toEqual([429, '300']);
    expect((await get(right, '192.0.2.7')).statusCode).toBe(200);
  });

  it('lets a guesser lock nobody out who has been logged in, though all come from the address of a proxy', async () => {
    const from = (authorization: string, cookie: string) =>
      server.inject({ url: '/', headers: { authorization, cookie } });
    const [cookie = '', ...attributes] = String((await get(right)).headers['set-cookie']).split('; ');
    expect(attributes).toEqual(['Path=/', 'HttpOnly', 'SameSite=Strict']);
    for (let i = 0; i < 10; i += 1) await get(basic('operator', `guess ${i}`));
    expect((await get(right)).statusCode).toBe(429);
    const known = await from(right, `other=1; ${cookie}`);
    expect([known.statusCode, known.headers['set-cookie']]).toEqual([200, undefined]);
    expect((await from(right, 'mail2ticket-known=AAAA')).statusCode).toBe(429);
    for (let i = 0; i < 10; i += 1) await from(basic('operator', `guess ${i}`), cookie);
    expect((await from(right, cookie)).statusCode).toBe(429);
  });

  it('does not count a browser that asks for the first time', async () => {
    for (let i = 0; i < 20; i += 1) await get();
    expect((await get(right)).statusCode).toBe(200);
  });

  it('logs who was refused, and never what was tried', async () => {
    await get(basic('operator', 'nearly the password'));
    expect(logged).toMatchObject([{ action: 'page.refused', address: '127.0.0.1' }]);
    expect(JSON.stringify(logged)).not.toContain('nearly');
  });
});

describe('a request that changes something', () => {
  const post = (headers: Record<string, string>) =>
    server.inject({
      method: 'POST',
      url: '/',
      headers: { authorization: right, host: 'mails.acme.test:8080', ...headers },
    });

  it.each([
    ['our own page', { origin: 'http://mails.acme.test:8080', 'sec-fetch-site': 'same-origin' }],
    ['our own page over plain http', { origin: 'http://mails.acme.test:8080' }],
    ['a program', {}],
  ])('is accepted from %s', async (_who, headers) => {
    expect((await post(headers)).statusCode).toBe(200);
  });

  it.each([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another site over plain http', { origin: 'http://evil.example' }],
    ['another port of this host', { origin: 'http://mails.acme.test:9000' }],
    ['a neighbour of this site', { origin: 'http://mails.acme.test:8080', 'sec-fetch-site': 'same-site' }],
    ['a page without an origin', { origin: 'null' }],
  ])('is refused from %s', async (_who, headers) => {
    expect((await post(headers)).statusCode).toBe(403);
  });
});
