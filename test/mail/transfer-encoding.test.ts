import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTransfer } from '../../src/mail/transfer-encoding.js';

const decode = (body: string, encoding: string) =>
  decodeTransfer(Buffer.from(body, 'latin1'), encoding).bytes.toString('latin1');

describe('quoted-printable', () => {
  it.each([
    ['hex in either case', 'a=3Db=3d', 'a=b='],
    ['soft line breaks', 'a=\nb=\r\nc', 'abc'],
    ['soft line breaks that white space follows', 'a= \t\nb', 'ab'],
    ['white space that was added before a line end', 'a  \t\nb', 'a\nb'],
    ['white space that was meant', 'a=20\nb', 'a \nb'],
    ['an equals sign that means nothing', 'a=b 1=2 =', 'a=b 1=2 '],
    ['raw bytes above 127', 'a\xE4', 'a\xE4'],
  ])('is decoded with %s', (_what, body, text) => {
    expect(decode(body, 'quoted-printable')).toBe(text);
  });
});

describe('base64', () => {
  it.each([
    ['lines', 'aGVs\r\nbG8=\r\n', 'hello'],
    ['no padding', 'aGVsbG8', 'hello'],
    ['two texts, each with its padding', 'aGVsbG8=\naGVsbG8=', 'hellohello'],
    ['characters that do not belong', `${'aGVsbG8g'.repeat(10)}*aG*VsbG8=`, `${'hello '.repeat(10)}hello`],
    ['white space at the ends of lines', 'aGVs \naGVsbG8= \n', 'helhello'],
    ['a plain footer behind it', `${'aGVsbG8g'.repeat(9)}\n-- \nYour list`, `${'hello '.repeat(9)}\n-- \nYour list`],
    [
      'a line in it that does not belong',
      `${'aGVsbG8g'.repeat(9)}\n*!*\n${'aGVsbG8g'.repeat(9)}\n`,
      'hello '.repeat(18),
    ],
    ['signs at its end that do not belong', `${'aGVsbG8g'.repeat(9)}aGVsbG8=!!!!!!!!\n`, `${'hello '.repeat(9)}hello`],
    ['such signs at the end of a last line', `${'aGVsbG8g'.repeat(9)}\naGVsbG8=!!!!!!!!`, `${'hello '.repeat(9)}hello`],
    [
      'a plain footer that ends in such signs',
      `${'aGVsbG8g'.repeat(9)}\nYour list!!`,
      `${'hello '.repeat(9)}\nYour list!!`,
    ],
    ['nothing', '', ''],
  ])('is decoded with %s', (_what, body, text) => {
    expect(decode(body, 'base64')).toBe(text);
  });

  it.each(['Hello,\nmy order has not arrived.\n', 'Thanks!!!!', 'Great!!!!\n\n'])(
    'is known not to be base64 by its words: %j',
    (text) => {
      const body = Buffer.from(text);
      expect(decodeTransfer(body, 'base64')).toEqual({ bytes: body, repair: 'a part labelled base64 is plain text' });
    },
  );

  it('gives back whatever was encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const body = Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n');
        expect(decode(body, 'base64')).toBe(Buffer.from(bytes).toString('latin1'));
      }),
    );
  });
});

it.each(['7bit', '8bit', 'binary', '', 'unknown'])('a body under the encoding "%s" stays as it is', (encoding) => {
  expect(decode('a=20b', encoding)).toBe('a=20b');
});
