import { MAX_CONTAINER_DEPTH, MAX_REPORT_BYTES } from '../limits.js';
import { type AttachedMail, attachedHeader, readAttachedMail } from './attached-mail.js';
import { descriptionIn, readCalendar } from './calendar.js';
import { decodeBytes } from './charset.js';
import { cleanLine } from './clean.js';
import type { Attachment, ReportPart } from './message.js';
import { type MimePart, readMime } from './mime.js';
import { withoutPgpSignatures } from './pgp-signed.js';
import { readRtf } from './rtf.js';
import { decompressRtf } from './rtf-compressed.js';
import { readSmime } from './smime.js';
import { contentOf, type Piece, readTextPart } from './text-part.js';
import { readTnef, type Tnef } from './tnef.js';
import { extractUuencoded } from './uuencode.js';

/** What walking the parts gathers beside the text. */
export interface Found {
  readonly attachments: Attachment[];
  readonly reports: ReportPart[];
  /** Text that is the body only where there is no other: of named parts and of winmail.dat. */
  readonly spare: Piece[];
  /** The first attached mail: where nobody wrote a word, it is what was sent. */
  attachedMail: (AttachedMail & { readonly containers: number }) | null;
  /** Invitations as readable text; the same one often comes twice. */
  readonly invitations: Set<string>;
  readonly repairs: Set<string>;
  /** The charset for parts that name none. */
  readonly hint: string;
}

/** Where a part stands: in which kind of multipart ('' for the mail itself), and within how many containers. */
interface Place {
  readonly within: string;
  readonly containers: number;
}

/** The pieces of text of a part and of all within it, in their order. What is no text goes into `found`. */
export function readParts(part: MimePart, found: Found, place: Place = { within: '', containers: 0 }): Piece[] {
  if (part.children.length > 0) return readMultipart(part, found, { ...place, within: part.type });
  const report = REPORTS.get(part.type);
  if (report !== undefined && (report !== 'message/rfc822' || place.within === 'multipart/report')) {
    found.reports.push(readReport(part, report, found));
    return [];
  }
  switch (part.type) {
    case 'application/pkcs7-signature':
    case 'application/x-pkcs7-signature':
    case 'application/pgp-signature':
    case 'application/pgp-encrypted':
      // Nothing a person opens: the signature, or the version line before the encrypted part.
      return [];
    case 'application/pkcs7-mime':
    case 'application/x-pkcs7-mime':
      return readSmimePart(part, found, place);
    case 'application/ms-tnef':
    case 'application/vnd.ms-tnef':
      return readTnefPart(part, found);
    case 'text/calendar':
    case 'application/ics':
      return readInvitation(part, found, place);
    case 'text/plain':
    case 'text/html':
    case 'text/enriched':
    case 'text/richtext':
      return readText(part, found, place);
    case 'message/rfc822':
    case 'message/global':
      attachMail(part, found, place);
      return [];
    default:
      if (part.type.startsWith('multipart/')) {
        found.repairs.add('a multipart without parts was read as text');
        return readText(part, found, place);
      }
      if (part.filename.toLowerCase() === 'winmail.dat') return readTnefPart(part, found);
      attach(part, found, place);
      // Markdown and the like read well as they stand; the mail may hold nothing else.
      if (part.type.startsWith('text/')) found.spare.push(readTextPart(part, found.hint, found.repairs));
      return [];
  }
}

function readMultipart(part: MimePart, found: Found, place: Place): Piece[] {
  switch (part.type) {
    case 'multipart/alternative':
      return readAlternative(part, found, place);
    case 'multipart/encrypted':
      for (const child of part.children) if (child.type !== 'application/pgp-encrypted') attach(child, found, place);
      return [encrypted(/pkcs7/i.test(part.params.protocol ?? '') ? 'S/MIME' : 'PGP')];
    case 'multipart/related': {
      const [root, ...others] = part.children;
      const pieces = root === undefined ? [] : readParts(root, found, place);
      // A related text is a piece of the page, as a style sheet; where the root was no text it is the body all the same.
      for (const other of others) {
        if (pieces.length > 0 && other.type.startsWith('text/')) attach(other, found, place);
        else pieces.push(...readParts(other, found, place));
      }
      return pieces;
    }
    default:
      return part.children.flatMap((child) => readParts(child, found, place));
  }
}

/**
 * One piece in several forms: the plain text of the first child that has some, the HTML of the last. Programs that know
 * no other multipart put several texts into an alternative, so all its own plain texts are kept.
 */
function readAlternative(part: MimePart, found: Found, place: Place): Piece[] {
  const versions = part.children
    .filter(({ type }) => type !== 'text/x-amp-html' && type !== 'text/watch-html')
    .map((child) => ({ type: child.type, pieces: readParts(child, found, place) }));
  const first = versions.find(({ pieces }) => pieces.some(({ plain }) => plain?.trim()));
  const last = versions.findLast(({ pieces }) => pieces.some(({ html }) => html !== null));
  if (first === undefined && last === undefined) return [];
  const texts = versions.filter(
    (version) => version === first || (first?.type === 'text/plain' && version.type === 'text/plain'),
  );
  return [{ plain: joined(texts, 'plain'), html: joined(last === undefined ? [] : [last], 'html') }];
}

function joined(versions: readonly { pieces: readonly Piece[] }[], form: keyof Piece): string | null {
  const texts = versions.flatMap(({ pieces }) => pieces.flatMap((piece) => piece[form] ?? []));
  return texts.length === 0 ? null : texts.join('\n');
}

function readText(part: MimePart, found: Found, place: Place): Piece[] {
  // Beside other texts, a format that no mail program writes any more is a file (RFC 1896 was given up for HTML).
  const isFile = place.within === 'multipart/mixed' && /^text\/(enriched|richtext)$/.test(part.type);
  const isNamed = isFile || part.filename !== '' || part.disposition === 'attachment';
  if (isNamed) attach(part, found, place);
  if (isNamed && part.disposition === 'attachment' && place.within !== '') return [];
  const piece = readTextPart(part, found.hint, found.repairs);
  const pieces = [piece.plain === null ? piece : { plain: withoutFiles(piece.plain, found), html: null }];
  if (!isNamed) return pieces;
  found.spare.push(...pieces);
  return [];
}

/** The text without what only a program can read: uuencoded files become attachments, PGP ciphertext a note. */
function withoutFiles(plain: string, found: Found): string {
  const { text, files } = extractUuencoded(plain);
  for (const { name, bytes } of files) {
    found.attachments.push({
      filename: cleanLine(name),
      contentType: 'application/octet-stream',
      bytes: bytes.length,
      disposition: 'attachment',
    });
  }
  return withoutPgpSignatures(text).replace(PGP_CIPHERTEXT, encryptedNote('PGP'));
}

const PGP_CIPHERTEXT = /^-----BEGIN PGP MESSAGE-----[ \t]*\r?\n(?:(?!-----)[^\n]*\n)*-----END PGP MESSAGE-----/gm;

function encrypted(scheme: 'S/MIME' | 'PGP'): Piece {
  return { plain: encryptedNote(scheme), html: null };
}

/** What stands for words that only the addressee's own mail program can read. */
function encryptedNote(scheme: 'S/MIME' | 'PGP'): string {
  return `This mail is encrypted (${scheme}); mail2ticket cannot read it.`;
}

/** Mail programs attach mails without a name, so the subject says which one it is. */
function attachMail(part: MimePart, found: Found, place: Place): void {
  const mail = readAttachedMail(contentOf(part, found.repairs), found.hint);
  found.attachedMail ??= { ...mail, containers: place.containers + 1 };
  attach(part, found, place, mail.subject);
}

function attach(part: MimePart, found: Found, place: Place, subject = ''): void {
  const isInline =
    part.disposition === 'inline' || (part.disposition !== 'attachment' && place.within === 'multipart/related');
  found.attachments.push({
    filename: part.filename,
    contentType: part.type,
    bytes: decodedBytes(part, found),
    disposition: isInline ? 'inline' : 'attachment',
    ...(subject !== '' && { subject }),
  });
}

/** The size of a part when decoded; of one whose body was left on the server what its encoding makes of it. */
function decodedBytes(part: MimePart, found: Found): number {
  if (part.leftOutBytes === 0) return contentOf(part, found.repairs).length;
  // Base64 in lines of 76 characters and CRLF (RFC 2045 section 6.8).
  return part.encoding === 'base64' ? Math.floor((part.leftOutBytes * 57) / 78) : part.leftOutBytes;
}

/** The type under which a part is reported; those of internationalized mail (RFC 6533) count as their elders. */
const REPORTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'message/delivery-status': 'message/delivery-status',
    'message/global-delivery-status': 'message/delivery-status',
    'message/feedback-report': 'message/feedback-report',
    'message/disposition-notification': 'message/disposition-notification',
    'message/global-disposition-notification': 'message/disposition-notification',
    'text/rfc822-headers': 'text/rfc822-headers',
    'message/global-headers': 'text/rfc822-headers',
    'message/rfc822': 'message/rfc822',
    'message/global': 'message/rfc822',
  }),
);

function readReport(part: MimePart, contentType: string, found: Found): ReportPart {
  const content = contentOf(part, found.repairs);
  const end = contentType === 'message/rfc822' ? attachedHeader(content).bodyStart : content.length;
  const { text } = decodeBytes(
    content.subarray(0, Math.min(end, MAX_REPORT_BYTES)),
    part.params.charset ?? '',
    found.hint,
  );
  return { contentType, text: text.replace(/\r\n?/g, '\n') };
}

/** RFC 8551: a signed mail is opened and read on; of an encrypted one only that can be said. */
function readSmimePart(part: MimePart, found: Found, place: Place): Piece[] {
  const content = readSmime(contentOf(part, found.repairs));
  if (content.kind === 'signed' && place.containers < MAX_CONTAINER_DEPTH) {
    const { root, repairs } = readMime(content.inner, 0, found.hint);
    for (const repair of repairs) found.repairs.add(repair);
    return readParts(root, found, { within: '', containers: place.containers + 1 });
  }
  attach(part, found, place);
  const claimed = part.params['smime-type']?.toLowerCase() ?? '';
  return content.kind === 'encrypted' || /^(?:auth)?enveloped-data$/.test(claimed) ? [encrypted('S/MIME')] : [];
}

function readTnefPart(part: MimePart, found: Found): Piece[] {
  const tnef = readTnef(contentOf(part, found.repairs));
  if (tnef === null) {
    attach(part, found, { within: '', containers: 0 });
    return [];
  }
  for (const { name, contentType, bytes } of tnef.files) {
    found.attachments.push({
      filename: cleanLine(name),
      contentType: contentType || 'application/octet-stream',
      bytes,
      disposition: 'attachment',
    });
  }
  found.spare.push(bodyOfTnef(tnef, found));
  return [];
}

function bodyOfTnef({ text, html, rtf }: Tnef, found: Found): Piece {
  if (html !== null || text !== '') {
    return { plain: text || null, html: html === null ? null : decodeBytes(html, '', found.hint).text };
  }
  const unpacked = rtf === null ? null : decompressRtf(rtf);
  const content = unpacked === null ? { text: '', isHtml: false } : readRtf(unpacked);
  return content.isHtml ? { plain: null, html: content.text } : { plain: content.text || null, html: null };
}

function readInvitation(part: MimePart, found: Found, place: Place): Piece[] {
  const content = contentOf(part, found.repairs);
  const { text } = decodeBytes(content.subarray(0, MAX_REPORT_BYTES), part.params.charset ?? '', found.hint);
  const invitation = readCalendar(text);
  if (invitation !== '') found.invitations.add(invitation);
  found.spare.push({ plain: descriptionIn(text), html: null });
  if (part.filename !== '' || part.disposition === 'attachment' || invitation === '') attach(part, found, place);
  return [];
}
