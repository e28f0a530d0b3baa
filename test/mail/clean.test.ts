import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanLine, cleanText, isBlank, present } from '../../src/mail/clean.js';
import { hostileText } from './a-mail.js';

describe('cleanLine', () => {
  it.each<[what: string, text: string, clean: string]>([
    ['line ends, which would start a header', 'a\r\nBcc: b@example.com', 'a Bcc: b@example.com'],
    ['line ends of Unicode', 'a\u2028b\u2029c\u0085d', 'a b c d'],
    ['NUL and escape sequences', 'a\0b\x1b[31mc\x9bd', 'a b [31mc d'],
    ['direction overrides', 'invoice\u202efdp.exe\u2066', 'invoicefdp.exe'],
    ['lone surrogates', 'a\ud800b\udc00', 'a\ufffdb\ufffd'],
    ['rows of white space', ' \t a \u00a0 b ', 'a b'],
  ])('takes out %s', (_, text, clean) => {
    expect(cleanLine(text)).toBe(clean);
  });

  it('leaves letters, emoji, joiners and single direction marks alone', () => {
    const text = 'Zoë 👩‍💻 שלום\u200f नमस्ते';
    expect(cleanLine(text)).toBe(text);
  });
});

describe('cleanText', () => {
  it.each<[what: string, text: string, clean: string]>([
    ['gives every line one end', 'a\r\nb\rc\u2028d\n', 'a\nb\nc\nd'],
    ['drops control characters but tabs', 'a\0\x07\x1b[31m\tb\x7f\x9b', 'a[31m\tb'],
    ['replaces lone surrogates', '\udfff😀\ud83d', '\ufffd😀\ufffd'],
    ['drops blank lines at the start, but not the indent of the first line', ' \n\t\n  code\n', '  code'],
    ['drops white space at the end', 'a\n\n \n', 'a'],
    ['makes nothing of white space', ' \n ', ''],
  ])('%s', (_, text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });

  it('gives text that PostgreSQL stores and that cleaning does not change again', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        for (const clean of [cleanText, cleanLine]) {
          const once = clean(text);
          expect(once).not.toMatch(/\0|\p{Surrogate}/u);
          expect(clean(once)).toBe(once);
        }
      }),
    );
  });

  it('reads megabytes of blank lines in linear time', () => {
    const blankLine = `${' '.repeat(1000)}\n`;
    expect(cleanText(`${blankLine.repeat(2000)}a`)).toBe('a');
    expect(cleanText(' '.repeat(2_000_000))).toBe('');
  });
});

describe('present', () => {
  it.each([
    ['', '(no text)'],
    [' ', '(no text)'],
    ['\u200b\ufeff', '(no text)'],
    ['0', '"0"'],
    ['00', '00'],
    ['a', 'a'],
  ])('makes %j into %j, which the API does not count as missing', (text, result) => {
    expect(present(text, '(no text)')).toBe(result);
  });
});

it('counts what shows no mark as blank', () => {
  expect([' \n', '\u200b', '', '\u200d\u2060'].every(isBlank)).toBe(true);
  expect(['.', '0', '\u00a0x'].some(isBlank)).toBe(false);
});
