import { describe, expect, it } from 'vitest';
import { MAX_HEADER_BYTES, MAX_HEADER_FIELDS, MAX_MIME_DEPTH, MAX_MIME_PARTS } from '../../src/limits.js';
import { type MimePart, readMime } from '../../src/mail/mime.js';

const read = (text: string) => readMime(Buffer.from(text, 'latin1'), 0, '');

/** The types and bodies of the leaves, in their order. */
function leaves(part: MimePart): [string, string][] {
  return part.children.length > 0
    ? part.children.flatMap(leaves)
    : [[part.type, part.body.toString('latin1').replace(/\r/g, '')]];
}

const mixed = 'Content-Type: multipart/mixed; boundary=x\n\n';

describe.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR CR LF', '\r\r\n'],
])('the parts of a mail with %s', (_name, lineEnd) => {
  const parts = (text: string) => leaves(read(text.replace(/\n/g, lineEnd)).root);

  it.each<[string, string, [string, string][]]>([
    ['of none but itself', 'Subject: a\n\nb', [['text/plain', 'b']]],
    [
      'of two',
      `${mixed}preamble\n--x\n\na\n--x\nContent-Type: text/html\n\nb\n--x--\nepilogue`,
      [
        ['text/plain', 'a'],
        ['text/html', 'b'],
      ],
    ],
    [
      'that never ends',
      `${mixed}--x\n\na\n--x\n\nb`,
      [
        ['text/plain', 'a'],
        ['text/plain', 'b'],
      ],
    ],
    [
      'within another that never ends',
      `${mixed}--x\nContent-Type: multipart/mixed; boundary=y\n\n--y\n\na\n--x\n\nb\n--x--`,
      [
        ['text/plain', 'a'],
        ['text/plain', 'b'],
      ],
    ],
    ['with a boundary that begins like another', `${mixed}--x\n\na\n--xy\nb\n--x--`, [['text/plain', 'a\n--xy\nb']]],
    [
      'without a boundary parameter',
      'Content-Type: multipart/mixed\n\n--q\nContent-Type: text/html\n\na\n--q--',
      [['text/html', 'a']],
    ],
    [
      'with another boundary than declared',
      'Content-Type: multipart/mixed; boundary=z\n\n--q\nContent-Type: text/html\n\na\n--q--',
      [['text/html', 'a']],
    ],
    ['with white space after the boundary', `${mixed}--x \n\na\n--x-- \n`, [['text/plain', 'a']]],
    [
      'with a header that the next delimiter ends',
      `${mixed}--x\nContent-Type: text/html\n--x\n\nb\n--x--`,
      [
        ['text/html', ''],
        ['text/plain', 'b'],
      ],
    ],
    [
      'of a digest',
      'Content-Type: multipart/digest; boundary=x\n\n--x\n\nSubject: a\n\nb\n--x--',
      [['message/rfc822', 'Subject: a\n\nb']],
    ],
    [
      'of an attached mail, which is not entered',
      `${mixed}--x\nContent-Type: message/rfc822\n\n${mixed}--y\n\na\n--x--`,
      [['message/rfc822', `${mixed}--y\n\na`]],
    ],
    [
      'without a blank line after the header',
      'Subject: a\nHello,\nI need help',
      [['text/plain', 'Hello,\nI need help']],
    ],
    ['with a blank line of white space after the header', 'Subject: a\n \nb', [['text/plain', 'b']]],
    ['with a line in the header that is none', 'Subject: a\nnonsense\nFrom: b@c.test\n\nd', [['text/plain', 'd']]],
  ])('are found: %s', (_what, text, expected) => {
    expect(parts(text)).toEqual(expected);
  });
});

describe('the type of a part', () => {
  it.each([
    ['text', 'text/plain'],
    ['html', 'text/html'],
    ['TEXT/HTML', 'text/html'],
    ['text/html charset=utf-8', 'text/html'],
    ['text / html; charset=utf-8', 'text/html'],
    ['text/plain/', 'text/plain'],
    ['"text/html"', 'text/html'],
    ['multipart', 'multipart/mixed'],
    ['', 'text/plain'],
    ['nonsense', 'text/plain'],
  ])('%s counts as %s', (written, type) => {
    expect(read(`Content-Type: ${written}\n\n`).root.type).toBe(type);
  });

  it.each([
    'text/html charset=utf-8',
    'text/html; charset="utf-8"',
    'text/html, charset=utf-8',
    'text/html; Charset=utf-8 (comment)',
  ])('comes with its charset: %s', (written) => {
    expect(read(`Content-Type: ${written}\n\n`).root.params.charset).toBe('utf-8');
  });
});

describe('the name of a part', () => {
  it.each([
    ['attachment; filename=a.pdf', 'a.pdf'],
    ['attachment; filename="a b.pdf"', 'a b.pdf'],
    ["attachment; filename*=utf-8''%C3%A4.pdf", 'ä.pdf'],
    ["attachment; filename*0*=utf-8''%C3%A4; filename*1=b.pdf", 'äb.pdf'],
    ['attachment; filename="=?utf-8?Q?=C3=A4.pdf?="', 'ä.pdf'],
    ['attachment; filename=\xE4.pdf', 'ä.pdf'],
    ['attachment; filename="\xC3\xA4.pdf"', 'ä.pdf'],
    ['attachment; filename="C:\\\\temp\\\\a.pdf"', 'a.pdf'],
    ['attachment; filename="../../etc/passwd"', 'passwd'],
    ['attachment; filename="a\xE2\x80\xAEfdp.exe"', 'afdp.exe'],
    ['attachment', ''],
  ])('is read off %s', (disposition, name) => {
    expect(read(`Content-Disposition: ${disposition}\n\n`).root.filename).toBe(name);
  });
});

describe('what is read of a hostile mail', () => {
  it('are as many parts as the limit allows', () => {
    const parts = (count: number) => read(mixed + '--x\n\na\n'.repeat(count));
    // The mail itself counts as one.
    expect(parts(MAX_MIME_PARTS - 1).root.children).toHaveLength(MAX_MIME_PARTS - 1);
    expect(parts(MAX_MIME_PARTS - 1).repairs.size).toBe(0);
    expect(parts(MAX_MIME_PARTS).root.children).toHaveLength(MAX_MIME_PARTS - 1);
    expect([...parts(MAX_MIME_PARTS).repairs]).toEqual([`more than ${MAX_MIME_PARTS} parts, the rest was left unread`]);
  });

  it('are multiparts as deep as the limit allows', () => {
    const nested = (depth: number) => {
      const heads = Array.from(
        { length: depth },
        (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`,
      );
      return read(`${heads.join('')}\nwords`);
    };
    expect(leaves(nested(MAX_MIME_DEPTH).root)).toEqual([['text/plain', 'words']]);
    expect(leaves(nested(MAX_MIME_DEPTH + 1).root)).not.toEqual([['text/plain', 'words']]);
    expect([...nested(MAX_MIME_DEPTH + 1).repairs]).toContain(
      'multiparts nested too deep, the inner ones were left unread',
    );
  });

  it('are as many header fields as the limit allows, and the body all the same', () => {
    const fields = (count: number) => read(`${'A: b\n'.repeat(count)}\nwords`);
    expect(fields(MAX_HEADER_FIELDS).root.fields).toHaveLength(MAX_HEADER_FIELDS);
    expect(fields(MAX_HEADER_FIELDS).repairs.size).toBe(0);
    const over = fields(MAX_HEADER_FIELDS + 1);
    expect(over.root.fields).toHaveLength(MAX_HEADER_FIELDS);
    expect(over.root.body.toString()).toBe('words');
    expect([...over.repairs]).toEqual(['the header is too long, its end was left unread']);
  });

  it('is as much of a header as the limit allows, and the body all the same', () => {
    const { root, repairs } = read(`Subject: a\nX: ${'y'.repeat(MAX_HEADER_BYTES)}\nZ: z\n\nwords`);
    expect(root.fields.map(({ name }) => name)).toEqual(['subject', 'x']);
    expect(root.body.toString()).toBe('words');
    expect(repairs.size).toBe(1);
  });
});
