import { describe, expect, it } from 'vitest';
import { decodeHeader, maskEncodedWords } from '../../src/mail/encoded-words.js';

const binary = (text: string) => Buffer.from(text).toString('latin1');

describe('a header value', () => {
  it.each([
    ['Q words', '=?utf-8?Q?Gr=C3=BC=C3=9Fe_aus?= =?utf-8?Q?_K=C3=B6ln?=', 'Grüße aus Köln'],
    ['B words', '=?utf-8?B?R3LDvMOfZQ==?=', 'Grüße'],
    ['words between plain text', 'Re: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= 2', 'Re: Grüße 2'],
    ['words of different charsets', '=?iso-8859-1?Q?=FC?= =?utf-8?Q?=C3=BC?=', 'üü'],
    ['a character in two words', '=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?=', 'Grüße'],
    ['a character in a Q word and a B word', '=?utf-8?Q?Gr=C3?= =?utf-8?B?vA==?=', 'Grü'],
    ['base64 that is cut between words', '=?utf-8?B?R3LDvMOf?= =?utf-8?B?Z?= =?utf-8?B?Q==?=', 'Grüße'],
    ['words that stand without a space', '=?utf-8?Q?a?==?utf-8?Q?b?=', 'ab'],
    ['words glued to text', 'x=?utf-8?Q?=C3=BC?=y', 'xüy'],
    ['spaces in a Q word', '=?utf-8?Q?Gr=C3=BC=C3=9Fe aus?=', 'Grüße aus'],
    ['a question mark in a Q word', '=?utf-8?Q?Really??=', 'Really?'],
    ['raw bytes in a word', binary('=?utf-8?Q?Grüße?='), 'Grüße'],
    ['a language in the charset', '=?utf-8*de?Q?=C3=BC?=', 'ü'],
    ['a last word that is cut off', '=?utf-8?Q?Gr=C3=BC', 'Grü'],
    ['a wrong label', '=?big5?B?R3LDvMOfZQ==?=', 'Grüße'],
    ['raw UTF-8', binary('Grüße'), 'Grüße'],
    ['raw Latin-1', 'Gr\xFC\xDFe aus K\xF6ln', 'Grüße aus Köln'],
    ['raw ISO-2022-JP', '\x1B$B$3$s$K$A$O\x1B(B', 'こんにちは'],
    ['what only looks like a word', '=?utf-8?X?abc?= =?', '=?utf-8?X?abc?= =?'],
    ['words that each shift back', '=?ISO-2022-JP?B?GyRCJUYbKEI=?= =?ISO-2022-JP?B?GyRCJTkbKEI=?=', 'テス'],
  ])('is decoded: %s', (_what, value, text) => {
    expect(decodeHeader(value, '').text).toBe(text);
  });

  it('is read in the charset of the body where raw bytes are no UTF-8', () => {
    expect(decodeHeader('\xF0\xD2\xC9\xD7\xC5\xD4', 'koi8-r').text).toBe('Привет');
    expect(decodeHeader('\xCF\xF0\xE8\xE2\xE5\xF2', 'windows-1251').text).toBe('Привет');
  });

  it('keeps what words decode to apart from its syntax', () => {
    const { masked, unmask } = maskEncodedWords('=?utf-8?Q?=22CEO=22_<ceo=40bank.test>,?= <jo@shop.test>', '');
    expect(masked).not.toMatch(/ceo|bank|,/);
    expect(unmask(masked)).toBe('"CEO" <ceo@bank.test>, <jo@shop.test>');
  });

  it('cannot forge the marks that stand for words', () => {
    expect(decodeHeader(`${binary('\uE0000\uE001')} =?utf-8?Q?word?=`, '').text).toBe('\uFFFD0\uFFFD word');
  });
});
