import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { decodeBytes } from '../../src/mail/charset.js';

const german = 'Grüße aus Köln – schöne Straße';
const russian = 'Здравствуйте, помогите мне, пожалуйста, с моим заказом';
const japanese = 'お世話になっております。注文の件でご連絡いたします。';
const chinese = '您好，我的订单还没有收到，请帮我查一下';
const korean = '안녕하세요. 주문한 상품이 아직 도착하지 않았습니다.';

describe('bytes as text', () => {
  it.each([
    ['utf-8', 'utf-8', german],
    ['"utf-8"', 'utf-8', german],
    ['iso-8859-1', 'windows-1252', german],
    ['ISO-8859-1*de', 'windows-1252', german],
    ['Windows-1252', 'windows-1252', german],
    ['cp1252', 'windows-1252', german],
    ['latin1', 'windows-1252', german],
    ['koi8-r', 'koi8-r', russian],
    ['win-1251', 'windows-1251', russian],
    ['shift_jis', 'shift_jis', japanese],
    ['x-sjis', 'shift_jis', japanese],
    ['euc-jp', 'euc-jp', japanese],
    ['gb2312', 'gb18030', chinese],
    ['GBK', 'gb18030', chinese],
    ['big5', 'big5', '您好，我的訂單還沒有收到'],
    ['ks_c_5601-1987', 'cp949', korean],
    ['euc-kr', 'cp949', korean],
    ['utf-16le', 'utf-16le', german],
    ['utf-7', 'utf-7', german],
    ['macintosh', 'macroman', 'Grüße aus Köln'],
  ])('are read under their label %s', (label, charset, text) => {
    expect(decodeBytes(iconv.encode(text, charset), label)).toEqual({ text, repair: '' });
  });

  it.each([
    ['ISO-2022-JP', '\x1B$B$3$s$K$A$O\x1B(B', 'こんにちは'],
    ['ISO-2022-JP', '\x1B$B$3$s\x1B(B\x1B$B$K$A$O\x1B(B', 'こんにちは'],
    ['ISO-2022-KR', '\x1B$)C\x0E>H3gGO<<?d\x0F ok', '안녕하세요 ok'],
    ['HZ-GB-2312', '~{<:Ky2;S{~} ~~', '己所不欲 ~'],
  ])('are read in seven bits under %s: %j', (label, binary, text) => {
    expect(decodeBytes(Buffer.from(binary, 'latin1'), label).text).toBe(text);
  });

  it.each([
    ['big5', german],
    ['iso-8859-1', german],
    ['gb2312', chinese],
    ['shift_jis', japanese],
    ['us-ascii', russian],
    ['iso-2022-jp', japanese],
  ])('are UTF-8 where they are valid UTF-8, though labelled %s', (label, text) => {
    expect(decodeBytes(Buffer.from(text), label)).toEqual({ text, repair: `text labelled ${label} is UTF-8` });
  });

  it('keep a short text in a double-byte charset that is valid UTF-8 by chance', () => {
    // Two characters of GB 2312, each a well-formed sequence of two bytes in UTF-8.
    expect(decodeBytes(Buffer.from([0xd2, 0xbb, 0xd2, 0xbb]), 'gb2312').text).toBe('一一');
  });

  it.each([
    ['windows-1252', german],
    ['windows-1251', russian],
    ['koi8-r', russian],
    ['shift_jis', japanese],
    ['euc-jp', japanese],
    ['gb18030', chinese],
    ['cp949', korean],
  ])('are read as %s without a label, and under one that nobody knows', (charset, text) => {
    const bytes = iconv.encode(text.repeat(3), charset);
    expect(decodeBytes(bytes, '').text).toBe(text.repeat(3));
    const unknown = decodeBytes(bytes, 'x-unknown');
    expect(unknown.text).toBe(text.repeat(3));
    expect(unknown.repair).toContain('unknown charset x-unknown');
  });

  it('are read in a charset that the mail names elsewhere before one that is guessed', () => {
    expect(decodeBytes(iconv.encode('Cześć', 'iso-8859-2'), '', 'iso-8859-2').text).toBe('Cześć');
  });

  it('keep their letters where a few bytes of UTF-8 are broken', () => {
    const bytes = Buffer.concat([Buffer.from(`${german} `), Buffer.from([0x93]), Buffer.from('x')]);
    expect(decodeBytes(bytes, 'utf-8').text).toBe(`${german} “x`);
  });

  it('lose a byte order mark and are read by it', () => {
    expect(decodeBytes(Buffer.from(`\uFEFF${german}`), 'utf-8').text).toBe(german);
    expect(decodeBytes(Buffer.from(`\uFEFF${german}`, 'utf16le'), '').text).toBe(german);
  });

  it.each(['base64', 'hex', '', 'utf7imap', 'constructor', '__proto__'])(
    'never throw under the label "%s"',
    (label) => {
      expect(decodeBytes(Buffer.from([0xff, 0x41, 0x81]), label).text).toContain('A');
    },
  );
});
