import { MAX_STRING_DEPTH } from '../limits.js';

/** What an application/pkcs7-mime part holds (RFC 8551): a mail that was signed, one that is encrypted, or nothing we know. */
export type SmimeContent =
  | { readonly kind: 'signed'; readonly inner: Buffer }
  | { readonly kind: 'encrypted' }
  | { readonly kind: 'unknown' };

/** OBJECT IDENTIFIERs of RFC 5652 and RFC 5083, as their DER content in hex. */
const SIGNED_DATA = '2a864886f70d010702';
const ENCRYPTED: ReadonlySet<string> = new Set(['2a864886f70d010703', '2a864886f70d010706', '2a864886f70d0109100117']);

const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const CONSTRUCTED = 0x20;

/**
 * Reads the mail out of an opaque-signed S/MIME part. The signature is not checked: the text is shown as what it is, a
 * claim like any other mail.
 */
export function readSmime(bytes: Buffer): SmimeContent {
  const contentInfo = elementAt(bytes, 0, bytes.length);
  const [type, explicit] = contentInfo === null ? [] : childrenOf(bytes, contentInfo, 2);
  if (type?.tag !== OBJECT_IDENTIFIER) return { kind: 'unknown' };
  const oid = bytes.toString('hex', type.start, type.end);
  if (ENCRYPTED.has(oid)) return { kind: 'encrypted' };
  if (oid !== SIGNED_DATA || explicit === undefined) return { kind: 'unknown' };
  // SignedData: version, digestAlgorithms, encapContentInfo, …
  const signedData = elementAt(bytes, explicit.start, explicit.end);
  const encapsulated = signedData === null ? undefined : childrenOf(bytes, signedData, 3)[2];
  const content = encapsulated === undefined ? undefined : childrenOf(bytes, encapsulated, 2)[1];
  const inner = content === undefined ? null : octetsOf(bytes, elementAt(bytes, content.start, content.end), 0);
  return inner === null ? { kind: 'unknown' } : { kind: 'signed', inner };
}

/** One BER element (X.690): its tag, where its content stands and where the next element begins. */
interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

/** The element at `at`, null where there is no whole one before `limit`. Indefinite lengths are found by walking to their end. */
function elementAt(bytes: Buffer, at: number, limit: number): Element | null {
  const header = headerAt(bytes, at, limit);
  if (header === null) return null;
  const { tag, start, length } = header;
  if (length !== null) return start + length > limit ? null : { tag, start, end: start + length, next: start + length };
  // One counter instead of recursion: an element of indefinite length ends where as many ends as beginnings were seen.
  let open = 1;
  let position = start;
  while (position + 2 <= limit) {
    if (bytes[position] === 0 && bytes[position + 1] === 0) {
      position += 2;
      if (--open === 0) return { tag, start, end: position - 2, next: position };
      continue;
    }
    const inner = headerAt(bytes, position, limit);
    if (inner === null) return null;
    if (inner.length === null) open++;
    position = inner.start + (inner.length ?? 0);
  }
  return null;
}

/** Tag and length (X.690 section 8.1); a `length` of null is the indefinite form. Tags over 30 do not occur here. */
function headerAt(
  bytes: Buffer,
  at: number,
  limit: number,
): { tag: number; start: number; length: number | null } | null {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined || at + 2 > limit || (tag & 0x1f) === 0x1f) return null;
  if (first < 0x80) return { tag, start: at + 2, length: first };
  const count = first & 0x7f;
  if (count === 0) return { tag, start: at + 2, length: null };
  if (count > 4 || at + 2 + count > limit) return null;
  return { tag, start: at + 2 + count, length: bytes.readUIntBE(at + 2, count) };
}

/** The first `count` elements within an element. */
function childrenOf(bytes: Buffer, parent: Element, count: number): Element[] {
  const children: Element[] = [];
  let at = parent.start;
  while (children.length < count && at < parent.end) {
    const child = elementAt(bytes, at, parent.end);
    if (child === null) break;
    children.push(child);
    at = child.next;
  }
  return children;
}

/** The bytes of an OCTET STRING, which may be cut into several (X.690 section 8.7.3). */
function octetsOf(bytes: Buffer, element: Element | null, depth: number): Buffer | null {
  if (element === null || (element.tag & ~CONSTRUCTED) !== OCTET_STRING || depth > MAX_STRING_DEPTH) return null;
  if ((element.tag & CONSTRUCTED) === 0) return bytes.subarray(element.start, element.end);
  const pieces = childrenOf(bytes, element, Number.POSITIVE_INFINITY).map((child) => octetsOf(bytes, child, depth + 1));
  return Buffer.concat(pieces.filter((piece) => piece !== null));
}
