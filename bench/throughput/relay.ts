import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A relay on a free port of the loopback, through which a client reaches a server while its requests are counted. */
export interface Relay {
  readonly port: number;
  /** Requests by the name of the command. */
  readonly requests: Readonly<Record<string, number>>;
  /** Bytes in both directions. */
  readonly bytes: { toServer: number; toClient: number };
  stop(): Promise<void>;
}

/** Names the commands in what a client sends; made anew for each connection, since a command may come in pieces. */
export type CommandReader = (chunk: Buffer) => readonly string[];

/** Stands in the way of every byte, so nothing is to be timed through it. */
export async function startRelay(port: number, reader: () => CommandReader): Promise<Relay> {
  const requests: Record<string, number> = {};
  const bytes = { toServer: 0, toClient: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const read = reader();
    client.on('data', (chunk) => {
      bytes.toServer += chunk.length;
      for (const name of read(chunk)) requests[name] = (requests[name] ?? 0) + 1;
    });
    upstream.on('data', (chunk) => {
      bytes.toClient += chunk.length;
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    port: address.port,
    requests,
    bytes,
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** Every tagged command of IMAP is a round trip (RFC 3501 section 2.2.1); the bytes of literals, which a client sends for APPEND, are passed over. */
export function imapCommands(): CommandReader {
  let rest = '';
  let literal = 0;
  return (chunk) => {
    rest += chunk.toString('latin1');
    const names: string[] = [];
    for (;;) {
      const skipped = Math.min(literal, rest.length);
      rest = rest.slice(skipped);
      literal -= skipped;
      const end = rest.indexOf('\r\n');
      if (literal > 0 || end < 0) return names;
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      literal = Number(/\{(\d+)\+?\}$/.exec(line)?.[1] ?? 0);
      const name = /^[A-Z0-9]+ ((?:UID )?[A-Z]+)/.exec(line)?.[1];
      if (name) names.push(name);
    }
  };
}

/** A request to Redis is an array of bulk strings, the first of which is the command's name. */
export function redisCommands(): CommandReader {
  let rest: Buffer = Buffer.alloc(0);
  let strings = 0;
  let first = false;
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const names: string[] = [];
    for (;;) {
      const end = rest.indexOf('\r\n');
      if (end < 0) return names;
      const line = rest.toString('latin1', 0, end);
      const length = Number(line.slice(1));
      if (line.startsWith('*')) {
        strings = length;
        first = true;
        rest = rest.subarray(end + 2);
      } else if (line.startsWith('$') && strings > 0) {
        if (rest.length < end + 2 + length + 2) return names;
        if (first) names.push(rest.toString('latin1', end + 2, end + 2 + length).toUpperCase());
        first = false;
        strings -= 1;
        rest = rest.subarray(end + 2 + length + 2);
      } else throw new Error(`not a request to Redis: ${line.slice(0, 20)}`);
    }
  };
}
