import { decodeUuencoded } from './uuencode.js';

/** Decodes a body from its Content-Transfer-Encoding (RFC 2045 section 6). An unknown encoding leaves it as it is. */
export function decodeTransfer(body: Buffer, encoding: string): { bytes: Buffer; repair: string } {
  switch (encoding) {
    case 'base64':
      return readLabelledBase64(body);
    case 'quoted-printable':
    case 'quoted':
    case 'quotedprintable':
      return { bytes: decodeQuotedPrintable(body), repair: '' };
    case 'x-uuencode':
    case 'uuencode':
    case 'x-uue':
      return { bytes: decodeUuencoded(body.toString('latin1'))?.bytes ?? body, repair: '' };
    default:
      return { bytes: body, repair: '' };
  }
}

function readLabelledBase64(body: Buffer): { bytes: Buffer; repair: string } {
  const base64 = withoutJunk(body);
  return isBase64(base64) ? readBase64(base64) : { bytes: body, repair: 'a part labelled base64 is plain text' };
}

/** How far from the end of base64 what does not belong to it is looked for. */
const MAX_FOOTER_BYTES = 4096;

/**
 * Signs right behind the last character of base64, as a broken encoder leaves them. Only behind as much as a line of it: an author
 * ends a few words alike, "Thanks!!!!".
 */
const JUNK_AT_END = /(?<=[A-Za-z0-9+/\r\n]{60}={0,2})[^A-Za-z0-9+/=\s]+\s*$/;

function withoutJunk(body: Buffer): Buffer {
  const from = Math.max(0, body.length - MAX_FOOTER_BYTES);
  const junk = JUNK_AT_END.exec(body.toString('latin1', from));
  return junk ? body.subarray(0, from + junk.index) : body;
}

/** Text under the label is known by its spaces within lines, which base64 never has. */
function isBase64(body: Buffer): boolean {
  const sample = body.toString('latin1', 0, 4096).trim();
  const foreign = sample.match(/[^A-Za-z0-9+/=\s_-]|[^\s][ \t]+[^\s]/g)?.length ?? 0;
  return foreign * 20 <= sample.length;
}

/** A line that is no base64, by a sign or by white space within. */
const FOOTER_LINE = /\n(?=[^\n]*(?:[^\sA-Za-z0-9+/=]|[^\s][ \t]+[^\s]))/;
const BASE64_LINE = /^[A-Za-z0-9+/]{60,}=*\s*$/m;

/** Scanners and lists append their footer to the bytes as they are, whatever the encoding. */
function readBase64(body: Buffer): { bytes: Buffer; repair: string } {
  const from = Math.max(0, body.length - MAX_FOOTER_BYTES);
  const tail = body.toString('latin1', from);
  const footer = FOOTER_LINE.exec(tail);
  if (footer === null || BASE64_LINE.test(tail.slice(footer.index + 1))) {
    return { bytes: decodeBase64(body), repair: '' };
  }
  const start = from + footer.index;
  return {
    bytes: Buffer.concat([decodeBase64(body.subarray(0, start)), body.subarray(start)]),
    repair: 'a footer in plain text follows base64',
  };
}

const BASE64 = new Int8Array(256).fill(-1);
for (const [value, char] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  BASE64[char.charCodeAt(0)] = value;
}

/**
 * RFC 2045 section 6.8: characters outside the alphabet are passed over. Several texts may stand one after the other (a
 * gateway appended a footer), so padding ends a quantum and not the body, as it would in Buffer.from.
 */
function decodeBase64(body: Buffer): Buffer {
  const out = Buffer.allocUnsafe(Math.ceil(body.length / 4) * 3);
  let length = 0;
  let bits = 0;
  let count = 0;
  for (const byte of body) {
    const value = BASE64[byte] ?? -1;
    if (value >= 0) {
      bits = (bits << 6) | value;
      if (++count < 4) continue;
    } else if (byte !== EQUALS || count === 0) continue;
    for (let i = 0; i < count - 1; i++) out[length++] = (bits << ((4 - count) * 6)) >> (16 - i * 8);
    bits = 0;
    count = 0;
  }
  for (let i = 0; i < count - 1; i++) out[length++] = (bits << ((4 - count) * 6)) >> (16 - i * 8);
  return out.subarray(0, length);
}

const EQUALS = 0x3d;
const LF = 0x0a;
const CR = 0x0d;

/** RFC 2045 section 6.7. An `=` that is followed by neither hex digits nor a line end stands for itself. */
function decodeQuotedPrintable(body: Buffer): Buffer {
  const out = Buffer.allocUnsafe(body.length);
  let length = 0;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] ?? 0;
    if (byte === LF || (byte === CR && body[i + 1] === LF)) {
      // White space that stands before a line end as itself was added on the way; what was meant stands as =20.
      for (let back = i - 1; length > 0 && isBlank(body[back]) && body[back] === out[length - 1]; back--) length--;
      out[length++] = byte;
      if (byte === CR) out[length++] = body[++i] ?? LF;
    } else if (byte === EQUALS) {
      const value = hexAt(body, i + 1);
      const lineEnd = softBreakEnd(body, i + 1);
      if (value >= 0) {
        out[length++] = value;
        i += 2;
      } else if (lineEnd >= 0) {
        i = lineEnd - 1;
      } else {
        out[length++] = byte;
      }
    } else {
      out[length++] = byte;
    }
  }
  return out.subarray(0, length);
}

function isBlank(byte = 0): boolean {
  return byte === 0x20 || byte === 0x09;
}

/** The value of two hex digits at `at`, or -1. */
function hexAt(body: Buffer, at: number): number {
  const high = digit(body[at]);
  const low = digit(body[at + 1]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function digit(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** Where the line after a soft line break begins, or -1 where there is none: white space may follow the `=`. */
function softBreakEnd(body: Buffer, from: number): number {
  let at = from;
  while (isBlank(body[at])) at++;
  if (at >= body.length) return at;
  if (body[at] === CR && body[at + 1] === LF) return at + 2;
  return body[at] === LF || body[at] === CR ? at + 1 : -1;
}
