import { decodeBytes } from './charset.js';

/** A header value whose encoded words are decoded but stand aside, so that nothing they hold can be taken for syntax. */
export interface MaskedHeader {
  /** The value as text; each run of encoded words is one opaque token. */
  readonly masked: string;
  /** Puts the decoded words into a piece of `masked`. */
  unmask(piece: string): string;
  readonly repairs: readonly string[];
}

/** Stand around the number of a token. Private use: where the mail itself has them they give way first. */
const OPEN = '\uE000';
const CLOSE = '\uE001';
const TOKEN = /\uE000(\d+)\uE001/g;

/**
 * One run of encoded words (RFC 2047), white space between them included. Mail programs leave spaces and `?` in Q text,
 * raw 8-bit bytes in either kind, and cut the last word off; all of that is read.
 */
const ONE = String.raw`=\?([^?\s]{1,60})\?([BbQq])\?((?:[^?=]|=(?!\?[^?\s=])|\?(?!=))*)(?:\?=|(?==\?)|$)`;
const WORD = new RegExp(ONE, 'g');
const RUN = new RegExp(`${ONE}(?:\\s*${ONE})*`, 'g');

/**
 * Decodes the value of a header field: encoded words, and bytes above 127 that stand there raw.
 *
 * @param binary the unfolded value, one character a byte
 * @param hint the charset of the body, for raw bytes that are no UTF-8
 */
export function decodeHeader(binary: string, hint: string): { text: string; repairs: readonly string[] } {
  const { masked, unmask, repairs } = maskEncodedWords(binary, hint);
  return { text: unmask(masked), repairs };
}

/** As `decodeHeader`, for values with a syntax of their own (addresses, parameters): parse `masked`, then `unmask` the pieces. */
export function maskEncodedWords(binary: string, hint: string): MaskedHeader {
  const words: string[] = [];
  const repairs: string[] = [];
  const read = (bytes: Buffer, label: string): string => {
    const { text, repair } = decodeBytes(bytes, label, hint);
    if (repair !== '') repairs.push(`header: ${repair}`);
    return text;
  };
  const raw = (text: string): string => {
    const decoded = /[\x80-\xFF\x1B]/.test(text) ? read(Buffer.from(text, 'latin1'), '') : text;
    return decoded.replace(/[\uE000\uE001]/g, '\uFFFD');
  };
  let masked = '';
  let at = 0;
  for (const run of binary.matchAll(RUN)) {
    masked += raw(binary.slice(at, run.index));
    masked += `${OPEN}${words.length}${CLOSE}`;
    words.push(decodeRun(run[0], read));
    at = run.index + run[0].length;
  }
  masked += raw(binary.slice(at));
  return { masked, unmask: (piece) => piece.replace(TOKEN, (_all, index) => words[Number(index)] ?? ''), repairs };
}

/** Words in one charset are joined as bytes first: programs cut a character in two where a word gets too long. */
function decodeRun(run: string, read: (bytes: Buffer, label: string) => string): string {
  let text = '';
  let charset = '';
  let chunks: Buffer[] = [];
  let base64 = '';
  const flushBase64 = () => {
    if (base64 !== '') chunks.push(Buffer.from(base64, 'base64'));
    base64 = '';
  };
  const flush = () => {
    flushBase64();
    if (chunks.length > 0) text += read(Buffer.concat(chunks), charset);
    chunks = [];
  };
  for (const [, label = '', encoding = '', payload = ''] of run.matchAll(WORD)) {
    const name = label.replace(/\*.*$/, '').toLowerCase();
    if (name !== charset) flush();
    charset = name;
    if (encoding.toLowerCase() === 'b') {
      // Some cut the base64 itself, between any two characters: a word that does not fill its quantum goes on in the next.
      base64 += payload.replace(/[^A-Za-z0-9+/=]/g, '');
      if (base64.endsWith('=') || base64.length % 4 === 0) flushBase64();
    } else {
      flushBase64();
      chunks.push(decodeQ(payload));
    }
  }
  flush();
  return text;
}

/** RFC 2047 section 4.2. An `=` without two hex digits stands for itself. */
function decodeQ(payload: string): Buffer {
  const bytes = payload
    .replace(/_/g, ' ')
    .replace(/=\s*([0-9A-Fa-f]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}
