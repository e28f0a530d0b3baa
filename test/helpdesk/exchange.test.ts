import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { Pool } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { HelpdeskInterruptedError, HelpdeskUnreachableError } from '../../src/errors.js';
import { type Call, exchange } from '../../src/helpdesk/exchange.js';
import { MAX_HELPDESK_RESPONSE_BYTES } from '../../src/limits.js';

const call: Call = { endpoint: 'tickets_create.php', method: 'POST', path: '/', headers: {}, body: 'subject=private' };
const patience = 20_000;
const hurry = 200;
const releases: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

async function poolTo(origin: string): Promise<Pool> {
  const pool = new Pool(origin, { connections: 1, connect: { timeout: 20_000 } });
  releases.push(() => pool.destroy());
  return pool;
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  releases.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A server that does this with each connection's first bytes. */
async function tcp(onData: (socket: Socket) => void): Promise<string> {
  const port = await listen(createServer((socket) => socket.on('error', () => {}).once('data', () => onData(socket))));
  return `http://127.0.0.1:${port}`;
}

const silent = () => tcp(() => {});

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a request that never left is unreachable, and safe to repeat', () => {
  it.each([
    ['the connection is refused', async () => `http://127.0.0.1:${await closedPort()}`, patience, 'ECONNREFUSED'],
    ['the name does not exist', async () => 'http://helpdesk.invalid', patience, /ENOTFOUND|EAI_AGAIN/],
    [
      'the other side does not speak TLS',
      async () => (await tcp((s) => s.end('no'))).replace('http:', 'https:'),
      patience,
      /ERR_SSL|EPROTO|ECONNRESET/,
    ],
    [
      'the TLS handshake takes longer than the call may',
      async () => (await silent()).replace('http:', 'https:'),
      hurry,
      'over 200 ms',
    ],
  ])('where %s', async (_, origin, howLong, why) => {
    const error = await exchange(await poolTo(await origin()), call, howLong).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(HelpdeskUnreachableError);
    expect(error).toMatchObject({ mayHaveBeenCarriedOut: false, message: expect.stringMatching(why) });
  });

  it('where it waited for a connection all the time, and then it never leaves', async () => {
    let requests = 0;
    const origin = await tcp((socket) => {
      requests += 1;
      setTimeout(() => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'), 500);
    });
    const pool = await poolTo(origin);
    const first = exchange(pool, call, patience);
    const error = await exchange(pool, call, hurry).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(HelpdeskUnreachableError);
    expect((await first).body).toBe('ok');
    await pool.close();
    expect(requests).toBe(1);
  });
});

describe('a request without a complete answer is interrupted, and may have been carried out', () => {
  it.each([
    ['no answer comes in time', () => {}, hurry, 'over 200 ms'],
    ['the connection ends', (s: Socket) => s.end(), patience, 'UND_ERR_SOCKET'],
    ['the connection is reset', (s: Socket) => s.resetAndDestroy(), patience, 'ECONNRESET'],
    ['the answer is no HTTP', (s: Socket) => s.end('220 private ESMTP\r\n'), patience, 'HTTPParserError'],
    [
      'the body ends too early',
      (s: Socket) => s.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{'),
      patience,
      'UND_ERR_SOCKET',
    ],
    ['the body drips', (s: Socket) => drip(s), 600, 'over 600 ms'],
  ])('where %s', async (_, onData, howLong, why) => {
    const error = await exchange(await poolTo(await tcp(onData)), call, howLong).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(HelpdeskInterruptedError);
    expect(error).toMatchObject({ mayHaveBeenCarriedOut: true, message: expect.stringContaining(why) });
    expect(inspect(error)).not.toContain('private');
  });

  it('where the answer is larger than the bound; at the bound it is read', async () => {
    const server = createHttpServer((request, response) => {
      response.end(Buffer.alloc(MAX_HELPDESK_RESPONSE_BYTES + (request.url === '/over' ? 1 : 0), 'x'));
    });
    const pool = await poolTo(`http://127.0.0.1:${await listen(server)}`);
    const over = exchange(pool, { ...call, path: '/over' }, patience);
    await expect(over).rejects.toThrow('MAX_HELPDESK_RESPONSE_BYTES');
    expect((await exchange(pool, call, patience)).body).toHaveLength(MAX_HELPDESK_RESPONSE_BYTES);
  });
});

it('gives a complete answer as it is, whatever its status', async () => {
  const origin = await tcp((s) =>
    s.end('HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\nx-a: b\r\ncontent-length: 4\r\n\r\nd\u00E9e'),
  );
  const { status, headers, body } = await exchange(await poolTo(origin), call, patience);
  expect({ status, body, location: headers.location }).toEqual({
    status: 302,
    body: 'd\u00E9e',
    location: '/elsewhere',
  });
});

/** A byte now and then, so that no timer between two bytes would ever fire. */
function drip(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n');
  const timer = setInterval(() => socket.write(' '), 50);
  socket.on('close', () => clearInterval(timer));
}

it('tells how long an answer took', async () => {
  const origin = await tcp((socket) =>
    setTimeout(() => socket.end('HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n'), 100),
  );
  const { status, afterMs } = await exchange(await poolTo(origin), call, patience);
  expect(status).toBe(503);
  // Timers may come a millisecond too soon.
  expect(afterMs).toBeGreaterThanOrEqual(95);
});
