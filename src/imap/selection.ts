import type { MessageStructureObject } from 'imapflow';
import { MAX_FETCHED_BODY_BYTES, MAX_FETCHED_PARTS, MAX_HEADER_BYTES, MAX_REPORT_BYTES } from '../limits.js';
import type { MailSource } from '../mail/source.js';

/** What is to be fetched of one part of a mail. */
interface PartSelection {
  /** The section that holds the part's header (RFC 3501 section 6.4.5): `HEADER` of the mail itself, else `n.MIME`. */
  readonly header: string;
  /** The section that holds the body, and how many bytes of it; null where it is left on the server. */
  readonly body: { readonly section: string; readonly bytes: number } | null;
  /** Bytes of a body that is left on the server. */
  readonly leftOutBytes: number;
  /** What parts the children; '' of a part without any. */
  readonly boundary: string;
  readonly children: readonly PartSelection[];
}

/**
 * What has to be fetched of a mail to know its words: all headers, and the bodies that hold text or a report, or that text
 * is unpacked from; of attachments only their headers. Bounded by MAX_FETCHED_PARTS and MAX_FETCHED_BODY_BYTES, the first
 * parts first.
 * @param structure BODYSTRUCTURE of the mail
 */
export function selectParts(structure: MessageStructureObject): PartSelection {
  let parts = 0;
  let bytesLeft = MAX_FETCHED_BODY_BYTES;
  const select = (node: MessageStructureObject, parent: string): PartSelection => {
    parts += 1;
    const isRoot = parent === '';
    const header = isRoot ? 'HEADER' : `${node.part}.MIME`;
    const size = node.size ?? 0;
    if (node.type.startsWith('multipart/')) {
      const children: PartSelection[] = [];
      for (const child of node.childNodes ?? []) if (parts < MAX_FETCHED_PARTS) children.push(select(child, node.type));
      return { header, body: null, leftOutBytes: 0, boundary: node.parameters?.boundary ?? '', children };
    }
    const bytes = Math.min(size, bytesLeft, bytesWanted(node, parent));
    bytesLeft -= bytes;
    const body = bytes === 0 ? null : { section: isRoot ? 'TEXT' : `${node.part}`, bytes };
    return { header, body, leftOutBytes: body === null ? size : 0, boundary: '', children: [] };
  };
  return select(structure, '');
}

/** Types whose bodies are read: text, reports, and containers that text is unpacked from. */
const READ = /^(?:text|message)\/|^application\/(?:ics|(?:x-)?pkcs7-mime|(?:vnd\.)?ms-tnef)$/;

function bytesWanted(node: MessageStructureObject, parent: string): number {
  const isRoot = parent === '';
  const name = node.dispositionParameters?.filename ?? node.parameters?.name ?? '';
  if (!READ.test(node.type) && name.toLowerCase() !== 'winmail.dat') return 0;
  // The returned mail of a report: its header tells which one it was. Any other mail within a mail is an attachment.
  if (node.type === 'message/rfc822' || node.type === 'message/global')
    return isRoot || parent === 'multipart/report' ? MAX_REPORT_BYTES : 0;
  const isFile = !isRoot && node.disposition?.toLowerCase() === 'attachment' && node.type.startsWith('text/');
  // An invitation is told of even where it comes as a file.
  return isFile && node.type !== 'text/calendar' ? 0 : Number.POSITIVE_INFINITY;
}

/**
 * Whether the parts that a server has found account for the mail. Where a boundary is missing or another one than declared, the
 * server finds an empty part or none, and the words stand outside of all of them: such a mail is better taken apart by us.
 */
export function accountsFor(structure: MessageStructureObject, sizeBytes: number): boolean {
  const bytesOf = (node: MessageStructureObject): number =>
    node.type.startsWith('multipart/')
      ? (node.childNodes ?? []).reduce((sum, child) => sum + bytesOf(child), 0)
      : (node.size ?? 0);
  return bytesOf(structure) >= sizeBytes / 2;
}

/** The sections to ask for, in imapflow's words. Mails that ask for the same can share one FETCH. */
export function sectionsOf(part: PartSelection): { key: string; start: number; maxLength: number }[] {
  const own = [{ key: part.header, start: 0, maxLength: MAX_HEADER_BYTES }];
  // A round number, so that mails of one build ask for the same.
  if (part.body) own.push({ key: part.body.section, start: 0, maxLength: roundedUp(part.body.bytes) });
  return [...own, ...part.children.flatMap(sectionsOf)];
}

const STEP_BYTES = 256 * 1024;

function roundedUp(bytes: number): number {
  return Math.ceil(bytes / STEP_BYTES) * STEP_BYTES;
}

/**
 * A mail put together again from its sections, as it stands on the server but for the bodies that were left out.
 * @param sections by section in lower case; what is missing counts as empty
 */
export function assemble(part: PartSelection, sections: ReadonlyMap<string, Buffer>): MailSource {
  const pieces: Buffer[] = [];
  const leftOut = new Map<number, number>();
  let length = 0;
  const write = (piece: Buffer | string) => {
    const bytes = Buffer.isBuffer(piece) ? piece : Buffer.from(piece);
    pieces.push(bytes);
    length += bytes.length;
  };
  // NIL, as servers say of an empty part, is no Buffer.
  const section = (name: string) => sections.get(name.toLowerCase()) || Buffer.alloc(0);
  const put = (current: PartSelection) => {
    write(withBlankLine(section(current.header)));
    if (current.leftOutBytes > 0) leftOut.set(length, current.leftOutBytes);
    if (current.body) write(section(current.body.section));
    for (const child of current.children) {
      write(`\r\n--${current.boundary}\r\n`);
      put(child);
    }
    if (current.children.length > 0) write(`\r\n--${current.boundary}--\r\n`);
  };
  put(part);
  return { bytes: Buffer.concat(pieces, length), leftOut };
}

/** A header that was cut at its bound, or has no fields, must not run into the body. */
function withBlankLine(header: Buffer): Buffer {
  const end = header.toString('latin1', Math.max(0, header.length - 4));
  if (end.endsWith('\r\n\r\n') || end.endsWith('\n\n') || end === '\r\n' || end === '\n') return header;
  return Buffer.concat([header, Buffer.from(end.endsWith('\n') ? '\r\n' : '\r\n\r\n')]);
}
