import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMail } from '../../src/mail/parse.js';

const folder = new URL('../fixtures/mail/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.eml'))
  .map((file) => file.slice(0, -'.eml'.length));

/** The bytes with every line end as IMAP has it; a mail is the same mail with either. */
function withCrlf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
}

/** The parts of a parsed mail that the fixtures expect; sizes differ by line ends. */
async function read(bytes: Buffer) {
  const { subject, from, text, textIsFromHtml, attachments, repairs } = await parseMail(bytes);
  const files = attachments.map(({ filename, contentType, disposition }) => ({ filename, contentType, disposition }));
  return { subject, from, text, textIsFromHtml, attachments: files, repairs };
}

describe('a mail that is broken or written in a rare way', () => {
  it('has fixtures, each with what is expected', () => {
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !existsSync(new URL(`${name}.json`, folder)))).toEqual([]);
  });

  describe.each(['LF', 'CRLF'])('with %s', (lineEnd) => {
    it.each(names)('is read: %s', async (name) => {
      const bytes = readFileSync(new URL(`${name}.eml`, folder));
      const got = await read(lineEnd === 'CRLF' ? withCrlf(bytes) : bytes);
      const expected = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
      // For looking at the difference, and for taking it over where it is right.
      if (JSON.stringify(got) !== JSON.stringify(expected)) {
        writeFileSync(new URL(`${name}.got.json`, folder), `${JSON.stringify(got, null, 2)}\n`);
      }
      expect(got).toEqual(expected);
    });
  });
});

const header = fc.constantFrom(
  'From: a@b.test',
  'From: =?utf-8?B?w5w=?= <a@b.test>',
  'Subject: =?x?q?',
  'Content-Type: multipart/mixed; boundary=x',
  'Content-Type: text/html',
  'Content-Type: message/rfc822',
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  '--x',
  '--x--',
  '',
);

describe('parsing', () => {
  it('never throws, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        const { text, subject } = await parseMail(bytes);
        expect(text.includes('\0') || subject.includes('\n')).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, however headers, boundaries and bytes are mixed, and gives well-formed strings', async () => {
    const line = fc.oneof(header, fc.string({ maxLength: 80, unit: 'binary' }));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 40 }), async (lines) => {
        const mail = await parseMail(Buffer.from(lines.join('\r\n'), 'utf8'));
        expect(
          [mail.text, mail.subject, ...mail.attachments.map(({ filename }) => filename)].every((s) => s.isWellFormed()),
        ).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, () => string]>([
    ['10,000 parts', () => `Content-Type: multipart/mixed; boundary=x\n\n${'--x\n\nhi\n'.repeat(10_000)}--x--\n`],
    [
      '2,000 multiparts within each other',
      () =>
        Array.from({ length: 2000 }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`).join(''),
    ],
    ['100,000 header fields', () => `${'X-Field: value\n'.repeat(100_000)}\nWords.\n`],
    ['a line of 10 MB', () => `Subject: x\n\n${'a'.repeat(10_000_000)}\n`],
    [
      '5 MB of HTML tables',
      () => `Content-Type: text/html\n\n${'<table><tr><td>cell</td></tr></table>'.repeat(140_000)}\n`,
    ],
    ['1 MB of nested tags', () => `Content-Type: text/html\n\n${'<div>'.repeat(200_000)}deep\n`],
    ['a megabyte of recipients', () => `To: ${'a@example.com, '.repeat(70_000)}\n\nWords.\n`],
  ])(
    'reads a mail of %s in bounded time and size',
    async (_, build) => {
      const mail = await parseMail(Buffer.from(build()));
      expect(mail.text.length).toBeLessThanOrEqual(2 * 1024 * 1024);
    },
    10_000,
  );
});
