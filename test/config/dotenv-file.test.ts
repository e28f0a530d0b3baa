import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { warningLine } from '../../src/config/config-warning.js';
import { readDotenv } from '../../src/config/dotenv-file.js';

const directory = mkdtempSync(join(tmpdir(), 'mail2ticket-dotenv-'));
afterAll(() => rmSync(directory, { recursive: true }));

function warningsOf(text: string): string[] {
  const path = join(directory, '.env');
  writeFileSync(path, text);
  return (readDotenv(path)?.warnings ?? []).map(warningLine);
}

describe('a .env file', () => {
  it.each([
    [
      'a value that a # cuts off',
      'IMAP_PASSWORD=s3cret#x',
      /^IMAP_PASSWORD is cut off before its #.*\(line 1 .*quotes/,
    ],
    ['a value that begins with a #', 'IMAP_PASSWORD=#s3cret', /^IMAP_PASSWORD is cut off/],
    ['a value whose quote does not end', "\nIMAP_PASSWORD='s3cret\nIMAP_USER=a", /^IMAP_PASSWORD begins.*\(line 2 /],
    ['a value with more after its quotes', "IMAP_PASSWORD='s3'cret", /^IMAP_PASSWORD begins with a quote/],
    [
      'a setting that is there twice',
      'IMAP_PASSWORD=s3cret\r\n\r\nIMAP_PASSWORD=s3cret',
      /^IMAP_PASSWORD .*lines 1, 3\), and the last counts/,
    ],
    [
      'a setting within the quotes of another',
      "IMAP_PASSWORD='s3cret\nIMAP_USER=a'\n",
      /^IMAP_USER is not set: .*\(line 2 /,
    ],
  ])('warns of %s, without the value', (_, text, words) => {
    const warnings = warningsOf(text);
    expect(warnings).toEqual([expect.stringMatching(words)]);
    expect(warnings.join()).not.toContain('s3cret');
  });

  it.each([
    'IMAP_PASSWORD=s3cret # the new one',
    'IMAP_PASSWORD= # to be filled in',
    "IMAP_PASSWORD='s3cret#x' # the new one",
    'IMAP_PASSWORD="s3\'cret"',
    "IMAP_PASSWORD=s3'cret",
    '#IMAP_PASSWORD=s3cret#x\nIMAP_PASSWORD=s3cret',
    'CUSTOM_FIELDS=\'{\n  "7": "from"\n}\'',
  ])('has nothing odd in %j', (text) => expect(warningsOf(text)).toEqual([]));
});
