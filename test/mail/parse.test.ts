import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_HEADER_VALUE_CHARACTERS, MAX_REFERENCES, MAX_TRACE_FIELDS } from '../../src/limits.js';
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

/** What parsing says where something threw within: the mail is kept, but it is a fault in the code. */
const isFaultOfOurs = (repair: string) => /could not be read/.test(repair);

const header = fc.constantFrom(
  'From: a@b.test',
  'From: =?utf-8?B?w5w=?= <a@b.test>',
  'Subject: =?x?q?',
  'Content-Type: multipart/mixed; boundary=x',
  'Content-Type: text/html',
  'Content-Type: text/plain; charset=constructor',
  'Content-Type: text/calendar; charset=__proto__',
  'Content-Type: application/ms-tnef',
  'Content-Type: application/pkcs7-mime',
  'Content-Type: message/rfc822',
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  '--x',
  '--x--',
  '',
);

describe('the header of a mail', () => {
  const read = (header: string) => parseMail(Buffer.from(`${header}\n\nwords`, 'latin1'));

  it.each([
    ['Message-ID: <a@b.test>', '<a@b.test>'],
    ['Message-ID:\n <a@b.test>', '<a@b.test>'],
    ['Message-ID: (comment) <a@b.test> junk', '<a@b.test>'],
    ['Message-ID: a@b.test', 'a@b.test'],
    ['Message-ID:', null],
    ['Subject: none', null],
  ])('gives the Message-ID of %j', async (header, id) => {
    expect((await read(header)).messageId).toBe(id);
  });

  it('gives the nearest ancestors, up to a limit', async () => {
    const ids = Array.from({ length: MAX_REFERENCES + 1 }, (_, i) => `<${i}@b.test>`);
    expect((await read(`References: ${ids.slice(1).join(' ')}`)).references).toEqual(ids.slice(1));
    expect((await read(`References: ${ids.join('')}`)).references).toEqual(ids.slice(1));
    expect((await read('In-Reply-To: Your mail of Monday <a@b.test> <c@d.test>')).inReplyTo).toBe('<a@b.test>');
  });

  it.each([
    ['From: a@b.test\nSender: s@b.test', 'a@b.test', []],
    ['From: root\nReply-To: r@b.test\nSender: s@b.test', 'r@b.test', ['no usable From, Reply-To stands in']],
    ['Sender: s@b.test', 's@b.test', ['no usable From, Sender stands in']],
    ['Subject: none', undefined, []],
  ])('gives who wrote %j', async (header, address, repairs) => {
    const mail = await read(header);
    expect(mail.from?.address).toBe(address);
    expect(mail.repairs).toEqual(repairs);
  });

  it('is read where lines end with CR alone', async () => {
    const mail = await parseMail(Buffer.from('Subject: a\rFrom: b@c.test\r\rone\rtwo'));
    expect(mail).toMatchObject({ subject: 'a', text: 'one\ntwo', repairs: ['lines end with CR only'] });
  });

  it('is cut where one value is longer than rules look at', async () => {
    const value = async (length: number) => (await read(`X-A: ${'x'.repeat(length)}`)).headers[0]?.value.length;
    expect(await value(MAX_HEADER_VALUE_CHARACTERS)).toBe(MAX_HEADER_VALUE_CHARACTERS);
    expect(await value(MAX_HEADER_VALUE_CHARACTERS + 1)).toBe(MAX_HEADER_VALUE_CHARACTERS);
  });

  it('keeps the trace fields as they stand, with encoded words and all, unfolded, newest first, and not without end', async () => {
    const { traceFields, headers } = await read(
      'Received: by b.test;\r\n\ttoday\r\nSubject: x\r\nAuthentication-Results: =?utf-8?q?a=3B?= b\r\nReceived: by a.test',
    );
    expect(traceFields).toEqual([
      { name: 'received', value: 'by b.test; today' },
      { name: 'authentication-results', value: '=?utf-8?q?a=3B?= b' },
      { name: 'received', value: 'by a.test' },
    ]);
    expect(headers[2]?.value).toBe('a; b');
    expect((await read('Received: x\r\n'.repeat(MAX_TRACE_FIELDS + 1))).traceFields).toHaveLength(MAX_TRACE_FIELDS);
  });

  it('knows whether From names one author', async () => {
    const sole = async (header: string) => (await read(header)).soleAuthor;
    expect(await sole('From: Ann <ann@example.com>')).toBe(true);
    expect(await sole('From: a@example.com, b@example.com')).toBe(false);
    expect(await sole('From: a@example.com\r\nFrom: a@example.com')).toBe(false);
    expect(await sole('Reply-To: a@example.com')).toBe(false);
    expect(await sole('From: Ann')).toBe(false);
  });
});

describe('parsing', () => {
  it('never throws, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        const { text, subject, repairs } = await parseMail(bytes);
        expect(text.includes('\0') || subject.includes('\n')).toBe(false);
        expect(repairs.filter(isFaultOfOurs)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, however headers, boundaries and bytes are mixed, and gives well-formed strings', async () => {
    const line = fc.oneof(header, fc.string({ maxLength: 80, unit: 'binary' }));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 40 }), async (lines) => {
        const mail = await parseMail(Buffer.from(lines.join('\r\n'), 'utf8'));
        expect(mail.repairs.filter(isFaultOfOurs)).toEqual([]);
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
