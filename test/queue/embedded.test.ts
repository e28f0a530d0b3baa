import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { QueueUnavailableError } from '../../src/errors.js';
import { openBackend } from '../../src/queue/backend.js';

const log = { info() {}, warn() {}, error() {} };
const open = (directory: string) => openBackend(`embedded:${directory}`, { log });

describe('The directory of an embedded queue', () => {
  let parent = '';
  let directory = '';

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'mail2ticket-embedded-'));
    directory = join(parent, 'to', 'be', 'made');
  });
  afterAll(() => rm(parent, { recursive: true }));

  test('serves one process at a time, keeps what it acknowledged through SIGKILL, and is for its user alone', async () => {
    // It ends by itself where the test could not end it.
    const program = `
      setTimeout(() => process.exit(1), 110_000).unref();
      import { openBackend } from './src/queue/backend.ts';
      const backend = await openBackend(process.argv[1], { log: console });
      const queue = await backend.queue('mails');
      for (let n = 0; ; n++) console.log((await queue.add('mail', { n }, { jobId: 'mail-' + n })).id);`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', program, `embedded:${directory}`];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const acknowledged: string[] = [];
    const lines = createInterface(child.stdout);
    lines.on('line', (id) => acknowledged.push(id));
    await once(lines, 'line');

    const refusal = await open(directory).catch((error) => error);
    expect(refusal).toBeInstanceOf(QueueUnavailableError);
    expect(refusal.message).toContain(
      `QUEUE_URL: the directory ${directory} is in use by process ${child.pid} on ${hostname()};`,
    );

    while (acknowledged.length < 100) await once(lines, 'line');
    child.kill('SIGKILL');
    await once(child, 'close');

    const backend = await open(directory);
    const queue = await backend.queue('mails');
    const jobs = await Promise.all(acknowledged.map((id) => queue.getJob(id)));
    expect(jobs.map((job) => job?.id)).toEqual(acknowledged);
    for (const path of [directory, join(directory, 'db')]) expect((await stat(path)).mode & 0o777).toBe(0o700);
    await backend.close();
  });

  describe.each<[string, string, (file: string) => Promise<void>, RegExp]>([
    ['of another version', 'PG_VERSION', (file) => writeFile(file, '17\n'), /PG_VERSION says "17", not 18$/],
    ['that is damaged', 'PG_VERSION', (file) => writeFile(file, 'nonsense'), /PG_VERSION says "nonsense", not 18$/],
    ['without a version', 'PG_VERSION', (file) => rm(file), /ENOENT.*PG_VERSION/],
    ['with an empty control file', 'global/pg_control', (file) => writeFile(file, ''), /./],
  ])('with a database %s', (_, name, damage, reason) => {
    test('is refused as it is, and given back', async () => {
      const file = join(directory, 'db', name);
      const good = await readFile(file);
      await damage(file);
      const refusal = await open(directory).catch((error) => error);
      await writeFile(file, good);
      expect(refusal).toBeInstanceOf(QueueUnavailableError);
      expect(refusal.message).toContain(`QUEUE_URL: the embedded database in ${directory} cannot be opened: `);
      expect(refusal.message).toMatch(reason);
      const backend = await open(directory);
      const queue = await backend.queue('mails');
      expect(await queue.getWaitingCount(), 'what was there').toBeGreaterThanOrEqual(100);
      await backend.close();
    });
  });

  test.each([['/dev/null/queue'], ['/proc/queue']])(
    'that cannot be written, %s, is named with the reason',
    async (path) => {
      const refusal = await open(path).catch((error) => error);
      expect(refusal).toBeInstanceOf(QueueUnavailableError);
      expect(refusal.message).toMatch(
        new RegExp(`^QUEUE_URL: the directory ${path} cannot be written: E(NOTDIR|NOENT|ACCES)`),
      );
    },
  );

  test('that is a file is refused in the same words each time, so that the log says it once a minute', async () => {
    const file = join(parent, 'file');
    await writeFile(file, '');
    const refusals = [await open(file).catch((error) => error), await open(file).catch((error) => error)];
    const words = `QUEUE_URL: the directory ${file} cannot be written: ENOTDIR: not a directory; let it name one that this user can write, as embedded:./data`;
    expect(refusals.map(({ message }) => message)).toEqual([words, words]);
  });
});
