import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
    const program = `
      import { openBackend } from './src/queue/backend.ts';
      const backend = await openBackend(process.argv[1], { log: console });
      const queue = await backend.queue('mails');
      for (let n = 0; ; n++) console.log((await queue.add('mail', { n }, { jobId: 'mail-' + n })).id);`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', program, `embedded:${directory}`];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const acknowledged: string[] = [];
    const lines = createInterface(child.stdout);
    lines.on('line', (id) => acknowledged.push(id));
    await once(lines, 'line');

    const refusal = await open(directory).catch((error) => error);
    expect(refusal).toBeInstanceOf(QueueUnavailableError);
    expect(refusal.message).toContain(`QUEUE_URL: the directory ${directory} is in use by process ${child.pid}`);

    while (acknowledged.length < 100) await once(lines, 'line');
    child.kill('SIGKILL');
    await once(child, 'close');

    const backend = await open(directory);
    const queue = await backend.queue('mails');
    const jobs = await Promise.all(acknowledged.map((id) => queue.getJob(id)));
    expect(jobs.map((job) => job?.id)).toEqual(acknowledged);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    await backend.close();
  }, 120_000);

  test('is given back when the backend is closed, and when the database in it cannot be opened', async () => {
    const version = join(directory, 'db', 'PG_VERSION');
    const good = await readFile(version);
    await writeFile(version, 'nonsense');
    await expect(open(directory)).rejects.toThrow(/^QUEUE_URL: the embedded database in .* cannot be opened: /);
    await writeFile(version, good);
    await (await open(directory)).close();
  }, 120_000);

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
});
