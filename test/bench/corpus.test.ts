import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { corpusCommand } from '../../bench/corpus/command.js';
import { asDelivered, type Reading, read } from '../../bench/corpus/reading.js';
import { reportOf } from '../../bench/corpus/report.js';
import type { Row } from '../../bench/corpus/rows.js';
import type { Result } from '../../bench/corpus/run.js';
import { scoreRow } from '../../bench/corpus/score.js';
import { judgeTargets } from '../../bench/corpus/targets.js';

const mail = Buffer.from(
  'From: Ann <ann@Example.com>\r\nTo: bob@example.org\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@example.com>\r\n\r\nHello,\r\n\r\n\r\n\r\nworld  \r\n',
);

function row(parts: Partial<Row> = {}): Row {
  return {
    corpus: 'made',
    path: '/nowhere',
    file: 'a.eml',
    kind: 'parse',
    quality: 'explicit',
    bodyOnly: false,
    format: 'text',
    disputed: [],
    expect: {},
    ...parts,
  };
}

/** `field` for a met one, `!field` for one that is not. */
async function scored(bytes: Buffer, parts: Partial<Row>): Promise<string[]> {
  const given = row(parts);
  return scoreRow(given, await read(given, bytes)).map(({ field, met }) => (met ? field : `!${field}`));
}

describe('scoreRow', () => {
  it.each<[what: string, expect: Row['expect'], scores: string[]]>([
    ['a subject', { subject: 'Grüße' }, ['subject']],
    ['a wrong subject', { subject: 'Grusse' }, ['!subject']],
    ['an address in any case', { from: 'ann@example.com', fromName: 'Ann' }, ['from', 'fromName']],
    ['text but for blank lines and line ends', { text: 'Hello,\n\nworld' }, ['text']],
    ['no text but for line breaks', { text: 'Hello, world' }, ['!text']],
    ['text without any white space', { textNoSpace: 'Hello,world' }, ['textNoSpace']],
    [
      'each part that must stand, and must not',
      { contains: ['Hello', 'moon'], notContains: ['moon'] },
      ['!contains', 'notContains'],
    ],
    ['Message-IDs without their brackets', { messageId: '1@example.com' }, ['messageId']],
    ['the kind of mail', { isAuto: false, isBounce: true }, ['isAuto', '!isBounce']],
    ['no field that is not ours to say', { fragments: [], unwrap: null, subject: null }, []],
    ['no value that the reference could not read', { subject: 'Gr\uFFFD\uFFFDe' }, []],
  ])('scores %s', async (_what, expected, scores) => {
    expect(await scored(mail, { expect: expected })).toEqual(scores);
  });

  it('leaves disputed fields out, by their short names too', async () => {
    const expected = { subject: 'x', attachmentCount: 9, attachments: [{ filename: 'x' }] };
    expect(await scored(mail, { expect: expected, disputed: ['subject', 'attCount', 'attName'] })).toEqual([]);
  });

  it('looks at the new words of a reply, and at the whole of every other mail', async () => {
    const reply = Buffer.concat([mail, Buffer.from('\r\nOn Monday, Bob <bob@example.org> wrote:\r\n> Well?\r\n')]);
    expect(await scored(reply, { kind: 'reply-trim', expect: { notContains: ['Well'] } })).toEqual(['notContains']);
    expect(await scored(reply, { kind: 'parse', expect: { notContains: ['Well'] } })).toEqual(['!notContains']);
  });

  it('trims a body without header fields, as text or as HTML', async () => {
    const body = (format: Row['format'], expected: Row['expect']): Partial<Row> => ({
      kind: 'reply-trim',
      bodyOnly: true,
      format,
      expect: expected,
    });
    expect(await scored(Buffer.from('Yes\n\n> Well?\n'), body('text', { text: 'Yes', subject: 'x' }))).toEqual([
      'text',
    ]);
    expect(await scored(Buffer.from('<p>Y<b>e</b>s</p>'), body('html', { textNoSpace: 'Yes' }))).toEqual([
      'textNoSpace',
    ]);
  });

  it('does not score a reply that is nothing but quotes, since the full text stands then', async () => {
    expect(
      await scored(Buffer.from('> Well?\n'), { kind: 'reply-trim', bodyOnly: true, expect: { text: '' } }),
    ).toEqual([]);
  });

  it('bounds what it shows', () => {
    const reading: Reading = { whole: null, reply: { text: 'x'.repeat(1e5), quoted: '' } };
    const [score] = scoreRow(row({ kind: 'reply-trim', expect: { text: 'y'.repeat(1e5) } }), reading);
    expect(score?.expected.length).toBeLessThan(400);
    expect(score?.got.length).toBeLessThan(400);
  });
});

describe('asDelivered', () => {
  it.each([
    ['empty lines', '\r\n \r\nSubject: a\r\n', 'Subject: a\r\n'],
    ['an mbox line', 'From ann@example.com Mon Jan 1\nSubject: a\n', 'Subject: a\n'],
    ['nothing of a header', 'From: ann@example.com\n', 'From: ann@example.com\n'],
  ])('strips %s', (_what, bytes, delivered) => {
    expect(asDelivered(Buffer.from(bytes)).toString()).toBe(delivered);
  });
});

describe('judgeTargets', () => {
  const trimmed = (corpus: string, ...mets: boolean[]): Result[] =>
    mets.map((met) => ({
      row: row({ corpus, kind: 'reply-trim' }),
      milliseconds: 1,
      scores: [{ field: 'text', met, expected: '', got: '' }],
    }));
  const reached = (results: Result[]) => judgeTargets(results).find(({ name }) => name === 'reply trimming, text');

  it('takes the mean of the corpora, so that a large one does not drown a small one', () => {
    const results = [...trimmed('large', true, true, true, true), ...trimmed('small', true, false)];
    expect(reached(results)).toMatchObject({ share: 0.75, met: false, misses: 1, of: 6 });
  });

  it('counts a target that nothing is known about as met', () => {
    expect(reached([])).toMatchObject({ share: null, met: true, of: 0 });
  });
});

describe('reportOf', () => {
  it('counts a field by corpus and quality and names the slowest message', () => {
    const score = (met: boolean) => [{ field: 'subject', met, expected: 'a', got: 'b' }];
    const report = reportOf(
      [
        { row: row(), milliseconds: 1, scores: score(true) },
        { row: row({ file: 'b.eml' }), milliseconds: 9, scores: score(false) },
        { row: row({ file: 'c.eml', quality: 'weak' }), milliseconds: 2, scores: score(false) },
      ],
      true,
    );
    expect(report.fields).toEqual([
      { corpus: 'made', field: 'subject', quality: 'explicit', met: 1, of: 2 },
      { corpus: 'made', field: 'subject', quality: 'weak', met: 0, of: 1 },
    ]);
    expect(report.slowest).toEqual({ message: 'made/b.eml', milliseconds: 9 });
    expect(report.failures).toHaveLength(2);
  });
});

describe('npm run corpus', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'corpus-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function addCorpus(name: string, expected: object): void {
    mkdirSync(join(directory, name, 'raw'), { recursive: true });
    writeFileSync(join(directory, name, 'raw', 'a.eml'), mail);
    const line = JSON.stringify({ file: 'a.eml', kind: 'parse', quality: 'explicit', expect: expected });
    writeFileSync(join(directory, name, 'expect.jsonl'), `${line}\n`);
  }

  async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const written = { out: '', err: '' };
    const code = await corpusCommand(args, {
      out: (text) => {
        written.out += text;
      },
      err: (text) => {
        written.err += text;
      },
      progress: () => {},
    });
    return { code, ...written };
  }

  it('exits with 0 where every target is met, and with 1 only where a check is asked for', async () => {
    addCorpus('good', { subject: 'Grüße' });
    expect(await run(directory, '--check')).toMatchObject({ code: 0, err: '' });
    addCorpus('bad', { subject: 'x' });
    expect(await run(directory)).toMatchObject({ code: 0 });
    expect(await run(directory, '--check')).toMatchObject({ code: 1 });
  });

  it('prints one JSON object, with the differences where they are asked for', async () => {
    addCorpus('bad', { subject: 'x' });
    const { out } = await run(join(directory, 'bad'), '--json', '--failures');
    expect(JSON.parse(out)).toMatchObject({
      messages: 1,
      failures: [{ message: 'bad/a.eml', field: 'subject', expected: '"x"', got: '"Grüße"' }],
    });
  });

  it.each<[what: string, args: (directory: string) => string[], message: RegExp]>([
    ['a directory that is not there', (at) => [join(at, 'none')], /no such directory/],
    ['a directory without expectations', (at) => [at], /no expect\.jsonl/],
    ['no directory at all', () => [], /missing required argument/],
    ['an unknown option', (at) => [at, '--chekc'], /unknown option/],
  ])('says so and exits with 2 for %s', async (_what, args, message) => {
    const { code, err } = await run(...args(directory));
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it('is a program whose exit code says the same', async () => {
    addCorpus('bad', { subject: 'x' });
    const command = ['--import', 'tsx', 'bench/corpus.ts', directory, '--check'];
    const code = await new Promise((resolve) => execFile(process.execPath, command, (error) => resolve(error?.code)));
    expect(code).toBe(1);
  });

  it('names the line of an expectation that cannot be read or has no bytes', async () => {
    addCorpus('broken', {});
    writeFileSync(join(directory, 'broken', 'expect.jsonl'), '\n{"file":1}\n');
    expect(await run(directory)).toMatchObject({ code: 2, err: expect.stringContaining('expect.jsonl:2') });
    const line = JSON.stringify({ file: 'none.eml', kind: 'parse', quality: 'weak', expect: {} });
    writeFileSync(join(directory, 'broken', 'expect.jsonl'), line);
    expect(await run(directory)).toMatchObject({ code: 2, err: expect.stringContaining('none.eml is missing') });
  });
});
