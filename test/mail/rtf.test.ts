import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRtf } from '../../src/mail/rtf.js';

const read = (rtf: string) => readRtf(Buffer.from(rtf, 'latin1'));

describe('the words of RTF', () => {
  it.each([
    ['lines', '{\\rtf1\\ansi one\\par two\\line three}', 'one\ntwo\nthree'],
    [
      'no fonts, colours and pictures',
      '{\\rtf1{\\fonttbl{\\f0 Arial;}}{\\colortbl;\\red0;}{\\pict 0102}words}',
      'words',
    ],
    ['nothing that only one program knows', '{\\rtf1{\\*\\generator Word;}words}', 'words'],
    ['bytes of its charset', "{\\rtf1\\ansi\\ansicpg1251 \\'cf\\'f0\\'e8}", 'При'],
    ['characters of two bytes', "{\\rtf1\\ansi\\ansicpg932 \\'82\\'b1\\'83\\'76}", 'こプ'],
    ['Unicode, without what stands for it', "{\\rtf1\\ansi\\uc1 5 \\u8364? \\uc2\\u-10179''\\u-8704''}", '5 € 😀'],
    ['signs with a name', '{\\rtf1 a\\emdash b\\rquote\\~c\\{\\}\\\\}', 'a—b’ c{}\\'],
    ['the text of a link', '{\\rtf1{\\field{\\*\\fldinst HYPERLINK "https://x.test"}{\\fldrslt here}}}', 'here'],
    ['the words around binary data', '{\\rtf1 a{\\pict\\bin3 }}}}b}', 'ab'],
  ])('are read with %s', (_, rtf, text) => {
    expect(read(rtf)).toEqual({ text, isHtml: false });
  });

  it('are the HTML that it was made from', () => {
    const rtf =
      "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 {\\*\\htmltag64 <p>}\\htmlrtf {\\b \\htmlrtf0 Gr\\'fc\\'dfe{\\*\\htmltag72 </p>}\\htmlrtf }\\htmlrtf0 }";
    expect(read(rtf)).toEqual({ text: '<p>Grüße</p>', isHtml: true });
  });

  it('can be read of any bytes', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '\\',
      '\\par ',
      '\\u1?',
      "\\'e4",
      '\\bin9999999999 ',
      '\\*',
      '\\uc-5 ',
      'a',
    );
    fc.assert(fc.property(fc.array(piece), (pieces) => void read(`{\\rtf1 ${pieces.join('')}`)));
  });
});
