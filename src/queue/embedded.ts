import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { QueueUnavailableError } from '../errors.js';
import { hostOf, lockDirectory } from './directory-lock.js';
import { EmbeddedBridge } from './embedded-bridge.js';
import { isFull, MIN_FREE_BYTES } from './free-space.js';

/** PostgreSQL inside this process, kept in a directory. */
export interface EmbeddedDatabase {
  /** Absolute. */
  readonly directory: string;
  /** A new connection, for the `stream` option of `pg`. */
  connect(): Duplex;
  /** Ends the connections, closes the database cleanly and gives the directory back. */
  close(): Promise<void>;
}

/** The PostgreSQL that PGlite is: it reads the files of no other. */
const POSTGRES_VERSION = '18';

/** Milliseconds that making the files may take: some seconds, a minute on a small and busy machine. */
const PREPARE_MS = 300_000;

/**
 * Opens the database in `directory`, and makes both where they do not stand yet (a few seconds). A directory left by a
 * process that was killed opens like any other.
 * @param onBroken told when the database fails beyond repair while it is open
 * @throws QueueUnavailableError where another process has it, or it cannot be written or read
 */
export async function openEmbedded(directory: string, onBroken: (error: Error) => void): Promise<EmbeddedDatabase> {
  const path = resolve(directory);
  const unlock = take(path);
  try {
    if (isFull(path)) throw new Error(`less than ${MIN_FREE_BYTES / 2 ** 20} MB are free on its disk`);
    await prepare(path);
    check(join(path, 'db'));
    const database = await PGlite.create(join(path, 'db'));
    const bridge = new EmbeddedBridge(database, onBroken, () => isFull(path));
    return {
      directory: path,
      connect: () => bridge.connect(),
      async close() {
        try {
          await bridge.close();
          await database.close();
        } finally {
          unlock();
        }
      },
    };
  } catch (error) {
    unlock();
    throw new QueueUnavailableError(`QUEUE_URL: the embedded database in ${path} cannot be opened: ${text(error)}`, {
      cause: error,
    });
  }
}

function take(path: string): () => void {
  let taken: ReturnType<typeof lockDirectory>;
  try {
    // Mails are in it: for this user's eyes only.
    makeDirectory(path);
    taken = lockDirectory(path);
  } catch (error) {
    // Without the path in the system's words: it is another one at each try, and the log would repeat the line every few seconds.
    const why = text(error).replace(/, \w+ '.*$/s, '');
    throw new QueueUnavailableError(
      `QUEUE_URL: the directory ${path} cannot be written: ${why}; let it name one that this user can write, as embedded:./data`,
      { cause: error },
    );
  }
  if (typeof taken === 'function') return taken;
  throw new QueueUnavailableError(
    `QUEUE_URL: the directory ${path} is in use by process ${taken.pid} on ${hostOf(taken)}; an embedded queue serves one process at a time`,
  );
}

/** One by one: Node's own recursive mkdir never ends where a file system lets nobody make a directory and says ENOENT, as /proc does. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/**
 * Makes the database's files in a process of its own, because that takes 800 MB of memory which a process never gives back;
 * and under another name, so that one that was interrupted is not taken for a database.
 */
async function prepare(path: string): Promise<void> {
  const [ready, fresh] = [join(path, 'db'), join(path, 'db.new')];
  if (existsSync(ready)) return;
  rmSync(fresh, { recursive: true, force: true });
  const program = 'require(process.argv[1]).PGlite.create(process.argv[2]).then((database) => database.close())';
  // No file of ours that would have another name and suffix once compiled; and none of our environment, which holds secrets.
  const library = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const limits = { env: {}, timeout: PREPARE_MS, killSignal: 'SIGKILL' as const };
  await promisify(execFile)(process.execPath, ['-e', program, library, fresh], limits);
  // PGlite lets everybody write its files, and the directory around them may have been made by hand, for everybody to look into.
  chmodSync(fresh, 0o700);
  renameSync(fresh, ready);
}

/** Where the file with the version is missing, PGlite would make a new database over the old one, and its jobs would be gone without a word. */
function check(database: string): void {
  const file = join(database, 'PG_VERSION');
  const version = readFileSync(file, 'utf8').trim();
  if (version === POSTGRES_VERSION) return;
  throw new Error(`${file} says ${JSON.stringify(version.slice(0, 20))}, not ${POSTGRES_VERSION}`);
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
