import { analyse } from 'chardet';
import iconv from 'iconv-lite';
import { MAX_SAMPLE_BYTES } from '../limits.js';

/** Text made of bytes, and what was wrong with their label, '' where it was right. */
export interface Decoded {
  readonly text: string;
  readonly repair: string;
}

/** Labels that say no more than "try UTF-8". */
const UTF8_LABELS: ReadonlySet<string> = new Set(['', 'us-ascii', 'utf-8']);

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/**
 * Turns bytes into text. The label is a claim: valid UTF-8 wins over another label, and a label that is missing, unknown
 * or does not fit the bytes gives way to `hint` and then to what the bytes look like. Never throws.
 *
 * @param label the charset as the mail names it, '' where it names none
 * @param hint a charset named elsewhere in the mail, which is likelier than a guess
 */
export function decodeBytes(bytes: Uint8Array, label: string, hint = ''): Decoded {
  const declared = canonical(label);
  const isPlain = isAscii(bytes);
  if (isPlain && !SEVEN_BIT.has(declared) && !isWide(declared) && !hasEscapes(bytes)) {
    return { text: latin1(bytes), repair: '' };
  }
  const asUtf8 = isPlain || isWide(declared) ? null : decodeUtf8(bytes);
  if (asUtf8 !== null && outweighs(asUtf8, bytes, declared)) {
    return { text: asUtf8, repair: declared === '' || declared === 'utf-8' ? '' : `text labelled ${label} is UTF-8` };
  }
  const complaint =
    declared !== '' ? `text not in ${label}` : label === '' ? 'text without a charset' : `unknown charset ${label}`;
  const strays = UTF8_LABELS.has(declared) ? mostlyUtf8(bytes) : null;
  if (strays !== null) return { text: strays, repair: `${complaint} read as UTF-8 with stray bytes` };
  for (const name of [declared, canonical(hint)]) {
    const text = UTF8_LABELS.has(name) ? null : decodeAs(bytes, name);
    if (text === null || !isPlausible(text)) continue;
    return { text, repair: name === declared ? '' : `${complaint} read as ${name}` };
  }
  const guess = detected(bytes);
  if (guess !== null) return { text: guess.text, repair: `${complaint} read as ${guess.name}` };
  const literal = UTF8_LABELS.has(declared) ? null : decodeAs(bytes, declared);
  return {
    text: literal ?? decodeLatin(bytes),
    repair: literal === null ? `${complaint} read as windows-1252` : `${complaint} in full`,
  };
}

/** Bytes that no label can name, as `windows-1252` read them: every byte is a character there. */
function decodeLatin(bytes: Uint8Array): string {
  return iconv.decode(bytes, 'windows-1252');
}

/** The text where the bytes are valid UTF-8 (RFC 3629), else null. */
function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/**
 * Names that iconv-lite and the WHATWG encodings do not share, and labels whose usual bytes are those of a superset: mail
 * labelled iso-8859-1 holds the typographic quotes of windows-1252, and GB 2312 holds characters of GB 18030.
 */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'iso-8859-1': 'windows-1252',
    'iso8859-1': 'windows-1252',
    latin1: 'windows-1252',
    'iso-8859-9': 'windows-1254',
    'iso-8859-11': 'windows-874',
    'tis-620': 'windows-874',
    'iso-8859-8-i': 'iso-8859-8',
    'iso-8859-8-e': 'iso-8859-8',
    'iso-8859-6-i': 'iso-8859-6',
    ascii: 'us-ascii',
    'ansi_x3.4-1968': 'us-ascii',
    'iso646-us': 'us-ascii',
    '7bit': 'us-ascii',
    utf8: 'utf-8',
    'utf-8mb4': 'utf-8',
    'unicode-1-1-utf-8': 'utf-8',
    utf7: 'utf-7',
    'unicode-1-1-utf-7': 'utf-7',
    'x-unicode-2-0-utf-7': 'utf-7',
    gb2312: 'gb18030',
    'gb2312-80': 'gb18030',
    gbk: 'gb18030',
    'x-gbk': 'gb18030',
    cp936: 'gb18030',
    big5: 'big5-hkscs',
    cp950: 'big5-hkscs',
    'x-big5': 'big5-hkscs',
    'ks_c_5601-1987': 'cp949',
    'ks_c_5601-1989': 'cp949',
    'euc-kr': 'cp949',
    ksc5601: 'cp949',
    sjis: 'shift_jis',
    'x-sjis': 'shift_jis',
    'shift-jis': 'shift_jis',
    cp932: 'shift_jis',
    'windows-31j': 'shift_jis',
    'iso-2022-jp-1': 'iso-2022-jp',
    'iso-2022-jp-2': 'iso-2022-jp',
    'iso-2022-jp-ms': 'iso-2022-jp',
    'hz-gb-2312': 'hz',
    macintosh: 'macroman',
    'x-mac-roman': 'macroman',
    mac: 'macroman',
    'x-mac-cyrillic': 'maccyrillic',
  }),
);

/** Charsets that are no more than seven bits wide: their bytes look like ASCII and must not be taken for it. */
const SEVEN_BIT: ReadonlySet<string> = new Set(['utf-7', 'iso-2022-jp', 'iso-2022-kr', 'hz']);

/** Transfer encodings and the like, which iconv-lite takes for charsets. */
const NO_CHARSETS: ReadonlySet<string> = new Set(['base64', 'hex', 'binary', 'ucs2', 'utf7imap', 'utf-7-imap']);

/** The name under which a charset can be decoded, '' where it is missing or unknown. */
function canonical(label: string): string {
  const name = label
    .trim()
    .toLowerCase()
    .replace(/^["']+|["']+$/g, '')
    .replace(/\*.*$/, '');
  const plain = ALIASES.get(name) ?? name.replace(/^(?:x-)?cp-?(125\d)$|^win(?:dows)?[-_]?(125\d)$/, 'windows-$1$2');
  if (SEVEN_BIT.has(plain)) return plain;
  if (plain === '' || NO_CHARSETS.has(plain)) return '';
  if (plain === 'us-ascii' || plain === 'utf-8') return plain;
  const squeezed = plain.replace(/^iso_?8859[-_]?/, 'iso-8859-').replace(/:\d{4}$/, '');
  const known = ALIASES.get(squeezed) ?? squeezed;
  return iconv.encodingExists(known) ? known : '';
}

function isWide(name: string): boolean {
  return /^(?:utf-?(?:16|32)|ucs-?[24])/.test(name);
}

function isAscii(bytes: Uint8Array): boolean {
  return !/[\x80-\xFF]/.test(latin1(bytes));
}

/** ISO-2022-JP is often sent without its label; its escapes (ESC $ B, ESC $ @) mean nothing else in mail. */
function hasEscapes(bytes: Uint8Array): boolean {
  return /\x1B\$[B@]/.test(latin1(bytes));
}

/** Encodings of two bytes a character: a short text in one of them can be valid UTF-8 by chance. */
const DOUBLE_BYTE = /^(?:gb18030|big5-hkscs|shift_jis|euc-jp|cp949|euc-tw)$/;

/**
 * Whether text that is valid UTF-8 is so by more than chance under this label. Words in a single-byte charset hardly ever
 * form valid sequences; two characters of GB 2312 do in one of fifty cases, but then make no three-byte sequence.
 */
function outweighs(text: string, bytes: Uint8Array, declared: string): boolean {
  if (!DOUBLE_BYTE.test(declared) || /[\u0800-\uFFFF]/.test(text)) return true;
  return !isPlausible(decodeAs(bytes, declared) ?? '\uFFFD');
}

/** The text under this charset, null where it cannot be decoded at all. */
function decodeAs(bytes: Uint8Array, name: string): string | null {
  try {
    if (name === 'iso-2022-jp') return new TextDecoder(name).decode(withoutEmptyShifts(bytes));
    if (name === 'iso-2022-kr' || name === 'hz') return decodeShifted(bytes, name);
    if (name === 'us-ascii') return decodeLatin(bytes);
    return iconv.decode(bytes, name);
  } catch {
    return null;
  }
}

/** Joined encoded words shift to ASCII and back with nothing between, for which the WHATWG decoder puts U+FFFD. */
function withoutEmptyShifts(bytes: Uint8Array): Uint8Array {
  return Buffer.from(latin1(bytes).replace(/(?:\x1B[($][@-Z])+(?=\x1B[($][@-Z])/g, ''), 'latin1');
}

/**
 * ISO-2022-KR (RFC 1557) and HZ (RFC 1843): seven-bit text that shifts into a double-byte set and back. Setting the high
 * bit of what stands between the shifts gives EUC-KR and GB 2312.
 */
function decodeShifted(bytes: Uint8Array, name: 'iso-2022-kr' | 'hz'): string {
  const text = latin1(bytes);
  const spans = name === 'hz' ? /~\{([^\n]*?)(?:~\}|(?=\n)|$)|~~|~\n/g : /\x1B\$\)C|\x0E([^\n\x0F]*)\x0F?/g;
  const eight = text.replace(spans, (all: string, span?: string) =>
    span === undefined
      ? all === '~~'
        ? '~'
        : ''
      : span.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) | 0x80)),
  );
  return iconv.decode(Buffer.from(eight, 'latin1'), name === 'hz' ? 'gb18030' : 'cp949');
}

/** Text in the right charset holds no replacement characters and none of the C1 controls, which no keyboard makes. */
function isPlausible(text: string): boolean {
  const odd = text.match(/[\uFFFD\x80-\x84\x86-\x9F]/g)?.length ?? 0;
  return odd * 200 <= text.length;
}

/** Names of chardet that iconv-lite decodes, with the confidence (0 to 100) from which a guess is worth more than windows-1252. */
const GUESSES: Readonly<Record<string, number>> = {
  Shift_JIS: 40,
  'EUC-JP': 40,
  Big5: 40,
  GB18030: 40,
  'EUC-KR': 40,
  'KOI8-R': 30,
  'windows-1251': 30,
  'ISO-8859-5': 50,
  'windows-1253': 40,
  'ISO-8859-7': 40,
  'windows-1255': 40,
  'ISO-8859-8': 40,
  'windows-1256': 40,
  'windows-1250': 50,
  'ISO-8859-2': 50,
  'windows-1254': 60,
  'windows-874': 40,
};

/** The likeliest charset of bytes that are labelled wrongly or not at all, and the text in it; null where none is likely. */
function detected(bytes: Uint8Array): { name: string; text: string } | null {
  const marked = hasEscapes(bytes) ? 'iso-2022-jp' : hasByteOrderMark(bytes) ? 'utf-16' : null;
  if (marked !== null) return { name: marked, text: decodeAs(bytes, marked) ?? '' };
  const sample = sampleOf(bytes);
  for (const { name, confidence } of analyse(sample)) {
    if (confidence < (GUESSES[name] ?? 101) || !isPlausible(decodeAs(sample, canonical(name)) ?? '\uFFFD')) continue;
    const text = decodeAs(bytes, canonical(name));
    if (text !== null) return { name, text };
  }
  return null;
}

function hasByteOrderMark(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

/** Well-formed sequences of UTF-8 (RFC 3629 section 4) in bytes shown as latin1, or else one byte above 127. */
const SEQUENCES_OR_STRAY =
  /((?:[\xC2-\xDF][\x80-\xBF]|\xE0[\xA0-\xBF][\x80-\xBF]|[\xE1-\xEC\xEE\xEF][\x80-\xBF]{2}|\xED[\x80-\x9F][\x80-\xBF]|\xF0[\x90-\xBF][\x80-\xBF]{2}|[\xF1-\xF3][\x80-\xBF]{3}|\xF4[\x80-\x8F][\x80-\xBF]{2})+)|[\x80-\xFF]/g;

/**
 * UTF-8 with a few stray bytes (a cut-off end, one quoted line in another charset): reading all of it as a single-byte
 * charset would spoil every letter, so the strays alone are read as windows-1252. Null where strays prevail.
 */
function mostlyUtf8(bytes: Uint8Array): string | null {
  const lenient = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const strays = lenient.match(/\uFFFD/g)?.length ?? 0;
  const letters = lenient.match(/[\x80-\uFFFC]/g)?.length ?? 0;
  if (strays >= letters * 2) return null;
  return latin1(bytes).replace(SEQUENCES_OR_STRAY, (found, sequences?: string) => {
    const characters = Buffer.from(found, 'latin1');
    return sequences === undefined ? decodeLatin(characters) : characters.toString('utf8');
  });
}

/** Only bytes above 127 tell charsets apart, so a long mail is judged by the lines that hold some. */
function sampleOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= MAX_SAMPLE_BYTES) return bytes;
  const first = bytes.findIndex((byte) => byte >= 0x80);
  return bytes.subarray(Math.max(0, first - 100), Math.max(0, first - 100) + MAX_SAMPLE_BYTES);
}
