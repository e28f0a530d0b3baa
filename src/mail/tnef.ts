import { MAX_TNEF_RECORDS } from '../limits.js';
import { decodeBytes } from './charset.js';

/** What a winmail.dat (application/ms-tnef) holds, as far as a ticket needs it. */
export interface Tnef {
  /** The plain body, '' where it has none. */
  readonly text: string;
  /** The HTML body as bytes, null where it has none. */
  readonly html: Buffer | null;
  /** The body in RTF, still compressed, null where it has none. Outlook sends it alone as "Rich Text". */
  readonly rtf: Buffer | null;
  readonly files: readonly TnefFile[];
}

export interface TnefFile {
  readonly name: string;
  /** '' where it is not said. */
  readonly contentType: string;
  readonly bytes: number;
}

const SIGNATURE = 0x223e9f78;

/** Attributes of [MS-OXTNEF] section 2.1.3, id and type as they stand in the stream. */
const BODY = 0x0002800c;
const MESSAGE_PROPERTIES = 0x00069003;
const ATTACHMENT_BEGINS = 0x00069002;
const ATTACHMENT_TITLE = 0x00018010;
const ATTACHMENT_DATA = 0x0006800f;
const ATTACHMENT_PROPERTIES = 0x00069005;

/** Properties of [MS-OXPROPS]. */
const PR_BODY = 0x1000;
const PR_RTF_COMPRESSED = 0x1009;
const PR_BODY_HTML = 0x1013;
const PR_DISPLAY_NAME = 0x3001;
const PR_ATTACH_DATA = 0x3701;
const PR_ATTACH_FILENAME = 0x3704;
const PR_ATTACH_LONG_FILENAME = 0x3707;
const PR_ATTACH_MIME_TAG = 0x370e;

/** A stream that ends early gives what stood before; bytes that are no TNEF give null. */
export function readTnef(bytes: Buffer): Tnef | null {
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== SIGNATURE) return null;
  let text = '';
  let html: Buffer | null = null;
  let rtf: Buffer | null = null;
  const files: { name: string; contentType: string; bytes: number }[] = [];
  for (const { id, data } of attributesOf(bytes)) {
    const file = files.at(-1);
    if (id === ATTACHMENT_BEGINS) {
      files.push({ name: '', contentType: '', bytes: 0 });
    } else if (id === BODY) {
      text ||= narrow(data);
    } else if (id === MESSAGE_PROPERTIES) {
      const properties = propertiesOf(data);
      text ||= textOf(properties.get(PR_BODY));
      html ??= properties.get(PR_BODY_HTML)?.data ?? null;
      rtf ??= properties.get(PR_RTF_COMPRESSED)?.data ?? null;
    } else if (file !== undefined && id === ATTACHMENT_TITLE) {
      file.name ||= narrow(data);
    } else if (file !== undefined && id === ATTACHMENT_DATA) {
      file.bytes = data.length;
    } else if (file !== undefined && id === ATTACHMENT_PROPERTIES) {
      const properties = propertiesOf(data);
      // The title is cut to eight characters and three; the long name is the one people know.
      const names = [PR_ATTACH_LONG_FILENAME, PR_DISPLAY_NAME, PR_ATTACH_FILENAME].map((key) =>
        textOf(properties.get(key)),
      );
      file.name = names.find((name) => name !== '') ?? file.name;
      file.contentType = textOf(properties.get(PR_ATTACH_MIME_TAG)).toLowerCase();
      file.bytes ||= properties.get(PR_ATTACH_DATA)?.data.length ?? 0;
    }
  }
  return { text, html, rtf, files };
}

/** The attributes in their order: level, id, length, data, checksum. */
function* attributesOf(bytes: Buffer): Generator<{ id: number; data: Buffer }> {
  let at = 6;
  for (let count = 0; count < MAX_TNEF_RECORDS && at + 9 <= bytes.length; count++) {
    const id = bytes.readUInt32LE(at + 1);
    const start = at + 9;
    const end = start + bytes.readUInt32LE(at + 5);
    yield { id, data: bytes.subarray(start, end) };
    at = end + 2;
  }
}

interface Property {
  readonly type: number;
  readonly data: Buffer;
}

const STRING8 = 0x1e;
const UNICODE = 0x1f;

/** Types whose values have a length of their own; the others are as long as this table says, padded to four bytes. */
const VARIABLE: ReadonlySet<number> = new Set([0x0d, STRING8, UNICODE, 0x102]);
const FIXED: Readonly<Record<number, number>> = {
  1: 0,
  2: 4,
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 8,
  10: 4,
  11: 4,
  20: 8,
  64: 8,
  72: 16,
};

/** The properties of a MAPI block by id, the first value of each ([MS-OXTNEF] section 2.1.3.4). */
function propertiesOf(block: Buffer): Map<number, Property> {
  const properties = new Map<number, Property>();
  let at = 4;
  for (let count = 0; count < MAX_TNEF_RECORDS && at + 4 <= block.length; count++) {
    const type = block.readUInt16LE(at) & 0x0fff;
    const isMulti = (block.readUInt16LE(at) & 0x1000) !== 0;
    const id = block.readUInt16LE(at + 2);
    at += 4;
    if (id >= 0x8000) at = afterPropertyName(block, at);
    let values = 1;
    if (isMulti || VARIABLE.has(type)) {
      if (at + 4 > block.length) break;
      values = block.readUInt32LE(at);
      at += 4;
    }
    for (let i = 0; i < values && at < block.length; i++) {
      let length = FIXED[type] ?? -1;
      if (VARIABLE.has(type)) {
        if (at + 4 > block.length) return properties;
        length = block.readUInt32LE(at);
        at += 4;
      }
      if (length < 0) return properties;
      if (!properties.has(id)) properties.set(id, { type, data: block.subarray(at, at + length) });
      // No progress would let a count of four billion empty values run on.
      if (length === 0 && !VARIABLE.has(type)) break;
      at += Math.ceil(length / 4) * 4;
    }
  }
  return properties;
}

/** A named property carries its set's GUID and a number or a name. */
function afterPropertyName(block: Buffer, at: number): number {
  if (at + 24 > block.length) return block.length;
  const isName = block.readUInt32LE(at + 16) === 1;
  return at + 24 + (isName ? Math.ceil(block.readUInt32LE(at + 20) / 4) * 4 : 0);
}

function textOf(property: Property | undefined): string {
  if (property === undefined) return '';
  return property.type === UNICODE ? property.data.toString('utf16le').replace(/\0+$/, '') : narrow(property.data);
}

/** A string up to its NUL, in a code page that is only guessed: where it matters, Outlook writes Unicode. */
function narrow(data: Buffer): string {
  const end = data.indexOf(0);
  return decodeBytes(end < 0 ? data : data.subarray(0, end), '').text;
}
