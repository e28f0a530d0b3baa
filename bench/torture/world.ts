import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Fault } from '../../demo/helpdesk/faults.js';
import { startDovecot, type TestDovecot } from '../../test/services/dovecot.js';
import { freePort, type PrivateServer, startServer } from '../../test/services/private-server.js';
import { startRedis, type TestRedis } from '../../test/services/redis.js';

export const USER = 'support@acme.test';
const TOKEN = 'torture';

const dump = z.object({
  tickets: z.array(
    z.object({ id: z.coerce.string(), subject: z.string(), replies: z.array(z.object({ message: z.string() })) }),
  ),
  orphans: z.array(z.unknown()),
});

/** Everything around the service and the service itself, each a process of its own. */
export interface World {
  readonly dovecot: TestDovecot;
  /** Null with the embedded store, which dies with the service. */
  readonly redis: TestRedis | null;
  /** The service; `restart()` brings it back after a kill. */
  readonly service: PrivateServer;
  fault(fault: Fault): Promise<void>;
  helpdesk(): Promise<z.infer<typeof dump>>;
  /** What the service logged of a mail, by its Message-ID. */
  logOf(messageId: string): string[];
  close(): Promise<void>;
}

export async function startWorld(store: 'redis' | 'embedded'): Promise<World> {
  const dovecot = await startDovecot();
  const redis = store === 'redis' ? await startRedis() : null;
  const directory = await mkdtemp(join(tmpdir(), 'mail2ticket-torture-'));
  const [helpdeskPort, statusPort] = [await freePort(), await freePort()];
  const tsx = ['--import', 'tsx'];
  const helpdeskUrl = `http://127.0.0.1:${helpdeskPort}`;
  const helpdesk = await startServer({
    program: process.execPath,
    args: [
      ...tsx,
      resolve('demo/helpdesk/main.ts'),
      '--port',
      String(helpdeskPort),
      '--token',
      TOKEN,
      '--field',
      '8:Message-ID',
    ],
    install: 'Node.js',
    ready: async () => (await fetch(helpdeskUrl)).ok,
  });
  const settings = {
    HELPDESK_URL: `${helpdeskUrl}/api/`,
    HELPDESK_TOKEN: TOKEN,
    ...dovecot.settings(USER),
    IMAP_POLL_SECONDS: '5',
    // The look-alike does its work at once; a minute for each lost answer would only lengthen the run.
    HELPDESK_SETTLE_SECONDS: '5',
    // Its five customers write thousands.
    FLOOD_LIMIT: '0',
    QUEUE_URL: redis?.url ?? `embedded:${directory}`,
    HTTP_PORT: String(statusPort),
  };
  const service = await startServer({
    // Its log is what tells of a mail that came out wrong.
    program: 'sh',
    args: [
      '-c',
      `exec "$@" >> ${directory}/service.log`,
      'sh',
      'env',
      ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
      process.execPath,
      ...tsx,
      resolve('src/cli.ts'),
      'start',
    ],
    install: 'coreutils',
    // Alive is enough: with Redis away it lives, and waits.
    ready: async () => (await fetch(`http://127.0.0.1:${statusPort}/healthz`)).ok,
  });
  return {
    dovecot,
    redis,
    service,
    async fault(fault) {
      const response = await fetch(`${helpdeskUrl}/_fault`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(fault),
      });
      if (!response.ok) throw new Error(`the fault was not taken: ${await response.text()}`);
    },
    helpdesk: async () => dump.parse(await (await fetch(`${helpdeskUrl}/_tickets`)).json()),
    logOf: (messageId) =>
      readFileSync(join(directory, 'service.log'), 'utf8')
        .split('\n')
        .filter((line) => line.includes(messageId)),
    async close() {
      await service.kill('SIGTERM');
      for (const server of [helpdesk, dovecot, redis]) await server?.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
