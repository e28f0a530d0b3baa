import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { warningLine } from '../../src/config/config-warning.js';
import { hints, readSources } from '../../src/config/sources.js';
import type { ConfigProblem } from '../../src/errors.js';

const directory = mkdtempSync(join(tmpdir(), 'mail2ticket-sources-'));
afterAll(() => rmSync(directory, { recursive: true }));

function read(file: string, environment: Record<string, string> = {}) {
  const path = join(directory, '.env');
  writeFileSync(path, file);
  return readSources(environment, path);
}

describe('the .env file', () => {
  it('gives what the environment does not set', () => {
    const { environment } = read('IMAP_HOST=file.test\nIMAP_USER=file@acme.test\n', { IMAP_HOST: 'environment.test' });
    expect(environment).toEqual({ IMAP_HOST: 'environment.test', IMAP_USER: 'file@acme.test' });
  });

  it.each(['', ' '])('is not hidden by a variable that the environment sets to %j', (blank) => {
    const { environment } = read('IMAP_USER=file@acme.test\n', { IMAP_USER: blank, IMAP_HOST: blank });
    expect(environment).toEqual({ IMAP_USER: 'file@acme.test' });
  });

  it('sets nothing where it says blanks', () => {
    expect(read("IMAP_USER=' '\nIMAP_HOST=\n").environment).toEqual({});
  });

  it('need not be there, and is told by its whole path', () => {
    const path = join(directory, 'missing');
    expect(readSources({ A: '1' }, path)).toEqual({
      environment: { A: '1' },
      file: { path, isThere: false },
      warnings: [],
    });
    expect(readSources({}, 'missing').file.path).toBe(join(process.cwd(), 'missing'));
    expect(read('').file).toEqual({ path: join(directory, '.env'), isThere: true });
  });

  it('that cannot be read is named by its whole path', () => {
    expect(() => readSources({}, directory)).toThrow(`${directory}: cannot be read: EISDIR`);
  });
});

describe('what may be behind a setting that is missing', () => {
  const missing = [{ variable: 'IMAP_USER', message: 'is required and not set' }];
  const path = join(directory, 'elsewhere', '.env');
  const lines = (environment: Record<string, string>, problems: readonly ConfigProblem[]) =>
    hints(readSources(environment, path), problems).map(warningLine);

  it('is that there is no .env in this folder', () => {
    expect(lines({}, missing)).toEqual([expect.stringMatching(`^.env is not in ${dirname(path)}; go to the folder`)]);
  });

  it('is no missing file where all is well, or a value is wrong', () => {
    expect(lines({}, [])).toEqual([]);
    expect(lines({ IMAP_USER: 'a' }, [{ variable: 'IMAP_USER', message: 'is wrong' }])).toEqual([]);
    expect(lines({}, [{ variable: '../mails', message: 'is no Maildir' }])).toEqual([]);
  });

  it('is a name that is misspelled, unless the problem is about that name itself', () => {
    const environment = { IMAP_FLODER: 'x' };
    expect(lines(environment, [])).toEqual([expect.stringMatching(/^IMAP_FLODER is no setting/)]);
    expect(lines(environment, [{ variable: 'IMAP_FLODER', message: 'belongs to nobody' }])).toEqual([]);
  });
});
