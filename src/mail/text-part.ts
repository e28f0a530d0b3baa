import libmime from 'libmime';
import { MAX_TEXT_BYTES } from '../limits.js';
import { decodeBytes } from './charset.js';
import type { MimePart } from './mime.js';
import { decodeTransfer } from './transfer-encoding.js';

/** A piece of the body in the forms in which it came, of which at least one is not null. */
export interface Piece {
  readonly plain: string | null;
  readonly html: string | null;
}

/** HTML is decoded to this many times MAX_TEXT_BYTES: images in the markup are cut out of it before it is shortened itself. */
const HTML_FACTOR = 8;

/** Quoted-printable makes three bytes of one, and line ends come on top. */
const ENCODED_FACTOR = 4;

/** The decoded bytes of a part. */
export function contentOf(part: MimePart, repairs: Set<string>): Buffer {
  const { bytes, repair } = decodeTransfer(part.body, part.encoding);
  if (repair !== '') repairs.add(repair);
  return bytes;
}

/** A part as text or HTML, whichever it is in truth: HTML is sent as text/plain, and text in a multipart that has no parts. */
export function readTextPart(part: MimePart, hint: string, repairs: Set<string>): Piece {
  const limit = part.type === 'text/html' ? MAX_TEXT_BYTES * HTML_FACTOR : MAX_TEXT_BYTES;
  const content = contentOf({ ...part, body: part.body.subarray(0, limit * ENCODED_FACTOR) }, repairs);
  const isHtml = part.type === 'text/html' || looksLikeHtml(content);
  if (content.length > limit) repairs.add('the text is too long, its end was left unread');
  const label = part.params.charset || (isHtml ? charsetOfHtml(content) : '');
  const { text, repair } = decodeBytes(wholeCharacters(content, limit), label, hint);
  if (repair !== '') repairs.add(repair);
  if (isHtml) return { plain: null, html: text };
  if (part.type === 'text/enriched' || part.type === 'text/richtext') return { plain: fromEnriched(text), html: null };
  // Flowed text reads well as it stands (RFC 3676 section 4) and its quotes stay on lines of their own; but with DelSp a line may
  // end in the middle of a word.
  const isSplit = part.params.format?.toLowerCase() === 'flowed' && part.params.delsp?.toLowerCase() === 'yes';
  return { plain: isSplit ? libmime.decodeFlowed(text, true) : text, html: null };
}

/** A whole page, or a piece of one that is in tags from its first to its last sign. */
function looksLikeHtml(content: Buffer): boolean {
  const head = content.toString('latin1', 0, 512);
  if (/^[\s\xEF\xBB\xBF]*<(?:!doctype\s+html|html[\s>])/i.test(head)) return true;
  const tail = content.toString('latin1', Math.max(0, content.length - 512));
  return /^[\s\xEF\xBB\xBF]*<(?:body|center|div|font|h[1-6]|p|span|table)\b[^<>]*>/i.test(head) && CLOSED.test(tail);
}

const CLOSED = /<\/(?:body|center|div|font|h[1-6]|p|span|table)\s*>(?:\s|<br\s*\/?>)*$/i;

/** Where the part has no charset, the page may name one: `<meta charset=…>` or `<meta … content="text/html; charset=…">`. */
function charsetOfHtml(content: Buffer): string {
  return /<meta\b[^>]{0,200}\bcharset\s*=\s*["']?([\w:.-]+)/i.exec(content.toString('latin1', 0, 4096))?.[1] ?? '';
}

/** At most `limit` bytes, cut where no UTF-8 character is cut. */
function wholeCharacters(content: Buffer, limit: number): Buffer {
  if (content.length <= limit) return content;
  let end = limit;
  while (end > limit - 4 && ((content[end] ?? 0) & 0xc0) === 0x80) end--;
  return content.subarray(0, end);
}

/** RFC 1896: markup in angle brackets goes, a doubled `<` is one, and a single line end is a space. */
function fromEnriched(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/<param>[^<]*<\/param>/gi, '')
    .replace(/<(<)|<\/?[a-z][a-z0-9-]{0,60}>/gi, (_all, literal?: string) => literal ?? '')
    .replace(/(?<!\n)\n(?!\n)/g, ' ')
    .replace(/\n(\n+)/g, '$1');
}
