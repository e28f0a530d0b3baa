import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { freePort, type PrivateServer, startServer } from './private-server.js';

export interface TestPostgres extends PrivateServer {
  /** `postgres://tester@127.0.0.1:PORT/postgres` */
  readonly url: string;
}

/** The directory with PostgreSQL's server programs, or null where it is not installed. Debian keeps them out of PATH. */
export const postgresPrograms: string | null =
  [...(process.env.PATH ?? '').split(delimiter), ...debianDirectories()].find(
    (directory) => existsSync(join(directory, 'initdb')) && existsSync(join(directory, 'postgres')),
  ) ?? null;

/** A PostgreSQL on a free port of the loopback, in a directory of its own that goes with it. */
export async function startPostgres(): Promise<TestPostgres> {
  if (!postgresPrograms) throw new Error('postgres is missing: apt-get install postgresql');
  const port = await freePort();
  const url = `postgres://tester@127.0.0.1:${port}/postgres`;
  const directory = mkdtempSync('/tmp/mail2ticket-postgres-');
  // PostgreSQL refuses to run as root; in a container the tests often do.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  if (user.uid) chownSync(directory, user.uid, user.gid);
  const data = join(directory, 'data');
  execFileSync(
    join(postgresPrograms, 'initdb'),
    ['-D', data, '-U', 'tester', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    {
      ...user,
      cwd: directory,
      stdio: 'ignore',
    },
  );
  const server = await startServer({
    program: join(postgresPrograms, 'postgres'),
    args: ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', directory],
    install: 'apt-get install postgresql',
    ready: () => answers(url),
    ...user,
  });
  return {
    ...server,
    url,
    async stop() {
      // SIGQUIT, not SIGKILL: the latter leaves its child processes behind.
      await server.kill('SIGQUIT');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } finally {
    await client.end();
  }
}

function debianDirectories(): string[] {
  const root = '/usr/lib/postgresql';
  return existsSync(root) ? readdirSync(root).map((version) => join(root, version, 'bin')) : [];
}
