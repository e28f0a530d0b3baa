import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type PrivateServer, startServer } from './private-server.js';

export interface TestRedis extends PrivateServer {
  /** `redis://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
}

/**
 * A redis-server on a free port of the loopback, in a directory of its own that goes with it. What it acknowledged survives
 * SIGKILL, unless `appendonly` is false: then it comes back empty. `policy` is what it throws out when short of memory, `more` are settings of
 * redis.conf.
 * @throws Error where redis-server is not installed, and says how to
 */
export async function startRedis(
  options: { appendonly?: boolean; policy?: string; more?: Readonly<Record<string, string>> } = {},
): Promise<TestRedis> {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'mail2ticket-redis-'));
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: directory,
    save: '',
    appendonly: options.appendonly === false ? 'no' : 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': options.policy ?? 'noeviction',
    ...options.more,
  };
  const server = await startServer({
    program: 'redis-server',
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, ...value.split(' ')]),
    install: 'apt-get install redis-server (Debian), brew install redis (macOS)',
    ready: () => answersPing(port),
  });
  return {
    ...server,
    url: `redis://127.0.0.1:${port}`,
    port,
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** While it reads its file back in, it answers with LOADING. */
async function answersPing(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write('PING\r\n');
    const [answer] = await once(socket, 'data');
    return String(answer).startsWith('+PONG');
  } finally {
    socket.destroy();
  }
}
