import libmime from 'libmime';
import { MAX_MIME_DEPTH, MAX_MIME_PARTS, MAX_SAMPLE_BYTES } from '../limits.js';
import { cleanLine } from './clean.js';
import { maskEncodedWords } from './encoded-words.js';
import { type RawField, readHeaderBlock } from './header-block.js';

/** One part of a mail (RFC 2045, RFC 2046), its body still in its transfer encoding. */
export interface MimePart {
  readonly fields: readonly RawField[];
  /** Lower case, as `text/plain`; what the header says, repaired. */
  readonly type: string;
  /** The parameters of Content-Type, names in lower case. */
  readonly params: Readonly<Record<string, string>>;
  /** `inline`, `attachment` or another word, lower case; '' where the part does not say. */
  readonly disposition: string;
  /** '' where the part has no name. */
  readonly filename: string;
  /** Lower case; '' where the part does not say. */
  readonly encoding: string;
  readonly body: Buffer;
  /** Bytes, still encoded, of a body that was left on the server; 0 where it is here. */
  readonly leftOutBytes: number;
  readonly children: readonly MimePart[];
}

export interface MimeTree {
  readonly root: MimePart;
  readonly repairs: ReadonlySet<string>;
}

interface OpenPart extends Omit<MimePart, 'body' | 'children'> {
  body: Buffer;
  readonly children: OpenPart[];
  readonly bodyStart: number;
  /** What its delimiter lines begin with; null in what is no multipart. */
  readonly delimiter: Buffer | null;
}

/**
 * Reads the parts of a mail in one pass over its bytes. A delimiter of an outer multipart closes the inner ones, so that
 * a missing end costs nothing. What a message/rfc822 holds is not entered: it stays one part.
 *
 * @param hint the charset for raw bytes in names
 * @param leftOut see MailSource
 */
export function readMime(
  bytes: Buffer,
  start: number,
  hint: string,
  leftOut: ReadonlyMap<number, number> = new Map(),
): MimeTree {
  const repairs = new Set<string>();
  /** The part that is being read, within the multiparts it stands in. */
  const open: OpenPart[] = [];
  let count = 0;

  const delimiterAt = (at: number): { depth: number; closes: boolean } | null => {
    for (let depth = open.length - 1; depth >= 0; depth--) {
      const delimiter = open[depth]?.delimiter;
      if (!delimiter || !startsWith(bytes, at, delimiter)) continue;
      const closes = bytes[at + delimiter.length] === DASH && bytes[at + delimiter.length + 1] === DASH;
      if (isBlankToLineEnd(bytes, at + delimiter.length + (closes ? 2 : 0))) return { depth, closes };
    }
    return null;
  };
  const begin = (at: number): OpenPart => {
    const parent = open.at(-1);
    const isDelimiter = (line: string) =>
      line.startsWith('--') && open.some(({ delimiter }) => isLineOf(line, delimiter));
    const block = readHeaderBlock(bytes, at, bytes.length, isDelimiter);
    for (const repair of block.repairs) repairs.add(repair);
    const described = describe(
      block.fields,
      parent?.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain',
      hint,
    );
    const boundary = described.type.startsWith('multipart/')
      ? boundaryOf(bytes, block.bodyStart, described.params, repairs)
      : '';
    const tooDeep = open.length >= MAX_MIME_DEPTH;
    if (tooDeep && boundary !== '') repairs.add('multiparts nested too deep, the inner ones were left unread');
    const delimiter = boundary === '' || tooDeep ? null : Buffer.from(`--${boundary}`, 'latin1');
    const { bodyStart } = block;
    const part: OpenPart = {
      ...described,
      body: EMPTY,
      leftOutBytes: leftOut.get(bodyStart) ?? 0,
      children: [],
      bodyStart,
      delimiter,
    };
    parent?.children.push(part);
    open.push(part);
    count++;
    return part;
  };
  const closeTo = (depth: number, end: number) => {
    for (let part = open.pop(); part !== undefined; part = open.pop()) {
      part.body = bytes.subarray(part.bodyStart, Math.max(part.bodyStart, end));
      if (open.length <= depth) break;
    }
  };

  const root = begin(start);
  let at = root.bodyStart;
  while (at < bytes.length) {
    const found = delimiterAt(at);
    if (found !== null) {
      // The line end before a delimiter belongs to it (RFC 2046 section 5.1.1).
      if (open.length > found.depth + 1) closeTo(found.depth + 1, beforeLineEnd(bytes, at));
      if (found.closes) {
        closeTo(found.depth, beforeLineEnd(bytes, at));
      } else if (count >= MAX_MIME_PARTS) {
        repairs.add(`more than ${MAX_MIME_PARTS} parts, the rest was left unread`);
        closeTo(0, at);
      } else {
        at = begin(afterLine(bytes, at)).bodyStart;
        continue;
      }
      if (open.length === 0) break;
    }
    at = nextDashes(bytes, at);
  }
  if (open.length > 0) closeTo(0, bytes.length);
  return { root, repairs };
}

const EMPTY = Buffer.alloc(0);
const DASH = 0x2d;
const LF = 0x0a;
const CR = 0x0d;

function startsWith(bytes: Buffer, at: number, head: Buffer): boolean {
  for (let i = 0; i < head.length; i++) if (bytes[at + i] !== head[i]) return false;
  return true;
}

function isBlankToLineEnd(bytes: Buffer, from: number): boolean {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === CR) at++;
  return at >= bytes.length || bytes[at] === LF;
}

function isLineOf(line: string, delimiter: Buffer | null): boolean {
  if (delimiter === null || line.length < delimiter.length) return false;
  return /^(?:--)?\s*$/.test(line.slice(delimiter.length)) && line.startsWith(delimiter.toString('latin1'));
}

/** The start of the next line after `from` that begins with two dashes, or the end. */
function nextDashes(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === LF && bytes[at + 1] === DASH && bytes[at + 2] === DASH) return at + 1;
  }
  return bytes.length;
}

function afterLine(bytes: Buffer, at: number): number {
  const end = bytes.indexOf(LF, at);
  return end < 0 ? bytes.length : end + 1;
}

function beforeLineEnd(bytes: Buffer, at: number): number {
  let end = at;
  if (bytes[end - 1] === LF) end--;
  if (bytes[end - 1] === CR) end--;
  return end;
}

/** The type, name and encoding that the header of a part gives. */
function describe(fields: readonly RawField[], defaultType: string, hint: string) {
  const value = (name: string) => fields.find((field) => field.name === name && field.value !== '')?.value ?? '';
  const content = parameters(value('content-type'), hint);
  const disposition = parameters(value('content-disposition'), hint);
  return {
    fields,
    type: mediaType(content.value, defaultType),
    params: content.params,
    disposition: disposition.value.toLowerCase(),
    filename: basename(disposition.params.filename || content.params.name || ''),
    encoding: /[\w-]+/.exec(value('content-transfer-encoding').slice(0, 100))?.[0].toLowerCase() ?? '',
  };
}

/** A value with parameters (RFC 2045 section 5.1, RFC 2231), decoded. `text/html charset=x` without its semicolon is read too. */
function parameters(binary: string, hint: string): { value: string; params: Record<string, string> } {
  const { masked, unmask } = maskEncodedWords(binary.replace(/^([^\s;,="]+)[\s,]+(?=[\w-]+\*?=)/, '$1; '), hint);
  const { value, params } = libmime.parseHeaderValue(masked, { stripComments: true });
  return {
    value: unmask(value).trim(),
    params: Object.fromEntries(Object.entries(params).map(([k, v]) => [k, unmask(v)])),
  };
}

/** The last step of a path: some programs send the sender's whole path with a name. */
function basename(name: string): string {
  return cleanLine(name)
    .replace(/^.*[/\\]/, '')
    .trim();
}

/** RFC 2045 section 5.2: what cannot be read as a type is plain text. */
function mediaType(value: string, defaultType: string): string {
  const type = value
    .toLowerCase()
    .replace(/\s*\/\s*/, '/')
    .replace(/[\s,;].*$/s, '')
    .replace(/\/+$/, '');
  if (/^[^\s/]+\/[^\s/]+$/.test(type)) return type;
  if (type === '') return defaultType;
  if (type === 'html' || type === 'text/html/') return 'text/html';
  return type === 'multipart' ? 'multipart/mixed' : 'text/plain';
}

/**
 * The boundary that the parts are really parted by: the declared one where it stands in the body, else the one that
 * a line before a part's header shows. '' where there are no parts.
 */
function boundaryOf(
  bytes: Buffer,
  start: number,
  params: Readonly<Record<string, string>>,
  repairs: Set<string>,
): string {
  const declared = (params.boundary ?? '').trimEnd();
  const sample = bytes.toString('latin1', start, start + MAX_SAMPLE_BYTES);
  if (declared !== '' && (sample.startsWith(`--${declared}`) || sample.includes(`\n--${declared}`))) return declared;
  const seen = /^--(\S[^\r\n]{0,199}?)[ \t]{0,20}\r*\n(?:content-[a-z-]+[ \t]{0,20}:|\r*\n)/im.exec(sample)?.[1];
  if (seen === undefined) return declared;
  repairs.add(
    declared === '' ? 'a multipart without a boundary' : 'a multipart whose boundary is not the declared one',
  );
  return seen;
}
