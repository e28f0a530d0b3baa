import {
  MAX_ADDRESS_FIELD_CHARACTERS,
  MAX_HEADER_VALUE_CHARACTERS,
  MAX_REFERENCES,
  MAX_REPAIRS,
  MAX_SAMPLE_BYTES,
  MAX_TRACE_FIELDS,
} from '../limits.js';
import { readAddresses } from './addresses.js';
import { readBody } from './body.js';
import { cleanLine, cleanText, storable } from './clean.js';
import { readDate } from './date.js';
import { decodeHeader } from './encoded-words.js';
import type { RawField } from './header-block.js';
import { authorBehindList } from './list-author.js';
import type { Address, Attachment, IncomingMail, TraceField } from './message.js';
import { readMime } from './mime.js';
import type { MailSource } from './source.js';

/**
 * Reads the bytes of one mail (RFC 5322, RFC 2045 to 2047, RFC 2231). What is broken is read as far as it goes and named
 * in `repairs`. Never rejects, whatever the bytes.
 * @param leftOut see MailSource; nothing where it is not given
 */
export async function parseMail(bytes: Uint8Array, leftOut: MailSource['leftOut'] = new Map()): Promise<IncomingMail> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return read(buffer, leftOut, true);
  } catch {
    // A fault of ours in a part must not cost the mail: what its header says still makes a ticket.
    try {
      return read(buffer, leftOut, false);
    } catch {
      return { ...EMPTY_MAIL, repairs: ['the mail could not be read'] };
    }
  }
}

/** A mail that says nothing. */
export const EMPTY_MAIL: IncomingMail = {
  messageId: null,
  inReplyTo: null,
  references: [],
  from: null,
  soleAuthor: false,
  replyTo: [],
  to: [],
  cc: [],
  subject: '',
  date: null,
  headers: [],
  traceFields: [],
  text: '',
  html: null,
  textIsFromHtml: false,
  attachments: [],
  reports: [],
  repairs: [],
};

function read(bytes: Buffer, leftOut: MailSource['leftOut'], withBody: boolean): IncomingMail {
  const repairs = new Set<string>();
  const mail = withLineFeeds(bytes, repairs);
  const hint = firstCharset(mail);
  const { root, repairs: mimeRepairs } = readMime(mail, headerStart(mail, repairs), hint, leftOut);
  for (const repair of mimeRepairs) repairs.add(repair);
  const header = readHeader(root.fields, hint, repairs);
  if (!withBody) return { ...EMPTY_MAIL, ...header, repairs: [...repairs, 'the body could not be read'] };
  const body = readBody(root, hint, repairs);
  return {
    ...header,
    text: cleanText(body.text),
    html: body.html === null ? null : storable(body.html),
    textIsFromHtml: body.textIsFromHtml,
    attachments: body.attachments.map(clean),
    reports: body.reports.map(({ contentType, text }) => ({ contentType, text: storable(text) })),
    repairs: [...repairs].slice(0, MAX_REPAIRS),
  };
}

/** Of a header value, where three bytes make a character and each is written as =E3. */
const MAX_BYTES_A_CHARACTER = 10;

function readHeader(fields: readonly RawField[], hint: string, repairs: Set<string>) {
  const all = (name: string) => fields.filter((field) => field.name === name).map((field) => field.value);
  const first = (name: string) => all(name).find((value) => value !== '') ?? '';
  const addresses = (name: string) => {
    let left = MAX_ADDRESS_FIELD_CHARACTERS;
    return all(name).flatMap((value) => {
      const read = readAddresses(value.slice(0, left), hint);
      left = Math.max(0, left - value.length);
      return read;
    });
  };
  const text = (binary: string) => {
    const decoded = decodeHeader(binary.slice(0, MAX_HEADER_VALUE_CHARACTERS * MAX_BYTES_A_CHARACTER), hint);
    for (const repair of decoded.repairs) repairs.add(repair);
    return cleanLine(decoded.text).slice(0, MAX_HEADER_VALUE_CHARACTERS);
  };
  /** Some programs encode a subject that is encoded already. */
  const subject = (binary: string) => {
    const once = text(binary);
    return /=\?[\w-]+\?[BQ]\?[^?]*\?=/i.test(once) ? text(Buffer.from(once).toString('latin1')) : once;
  };
  const authorBehind = (author: Address | null) => {
    const behind = author && authorBehindList(author, addresses('x-original-sender'), first('list-id'));
    if (behind) repairs.add('a list stands in From, X-Original-Sender says who wrote to it');
    return behind ?? author;
  };
  if (all('from').length > 1) repairs.add('several From fields, the first usable one counts');
  const from = addresses('from');
  const replyTo = addresses('reply-to');
  return {
    messageId: messageIds(first('message-id'))[0] ?? null,
    inReplyTo: messageIds(first('in-reply-to'))[0] ?? null,
    references: messageIds(all('references').join(' ')).slice(-MAX_REFERENCES),
    soleAuthor: all('from').length === 1 && from.length === 1 && from[0]?.address.includes('@') === true,
    from: authorBehind(authorOf(from, replyTo, addresses('sender'), repairs)),
    replyTo,
    to: addresses('to'),
    cc: addresses('cc'),
    subject: subject(first('subject')),
    date: readDate(first('date')),
    headers: fields.map(({ name, value }) => ({ name, value: text(value) })),
    traceFields: fields
      .flatMap(({ name, value }): TraceField[] =>
        name === 'received' || name === 'authentication-results' || name === 'arc-authentication-results'
          ? [{ name, value: value.slice(0, MAX_HEADER_VALUE_CHARACTERS + 1) }]
          : [],
      )
      .slice(0, MAX_TRACE_FIELDS),
  };
}

/** The first From that has a domain. Where there is none, who asks for the answers or sent it: the answer reaches somebody. */
function authorOf(
  from: readonly Address[],
  replyTo: readonly Address[],
  sender: readonly Address[],
  repairs: Set<string>,
): Address | null {
  const author = from.find(({ address }) => address.includes('@'));
  if (author !== undefined) return author;
  const [standIn, field] = replyTo[0] !== undefined ? [replyTo[0], 'Reply-To'] : [sender[0], 'Sender'];
  if (standIn === undefined) return from[0] ?? null;
  repairs.add(`no usable From, ${field} stands in`);
  return standIn;
}

/** `<…>` tokens; where there are none, what stands there at all (RFC 5322 section 3.6.4 asks for the brackets). */
function messageIds(value: string): string[] {
  const ids = value.match(/<[^<>\s][^<>]*>/g) ?? value.split(/[\s,]+/).filter((word) => word.includes('@'));
  return ids.map((id) => cleanLine(id));
}

/** Old Macs, and scripts that think they still are, end lines with CR alone. */
function withLineFeeds(bytes: Buffer, repairs: Set<string>): Buffer {
  if (bytes.includes(0x0a) || !bytes.includes(0x0d)) return bytes;
  repairs.add('lines end with CR only');
  return Buffer.from(bytes.map((byte) => (byte === 0x0d ? 0x0a : byte)));
}

/** Where the header begins: after a byte order mark, blank lines and the `From ` line of an mbox file. */
function headerStart(bytes: Buffer, repairs: Set<string>): number {
  const head = bytes.toString('latin1', 0, MAX_SAMPLE_BYTES);
  const skipped = /^(?:\xEF\xBB\xBF)?\s*(?:>?From [^\n]*\n\s*)?/.exec(head)?.[0] ?? '';
  if (skipped !== '') repairs.add('the mail does not begin with its header');
  return skipped.length;
}

/** The charset that the mail names first, for bytes whose own charset is nowhere named. */
function firstCharset(bytes: Buffer): string {
  return /\bcharset\s*=\s*"?([\w:.+-]{2,40})/i.exec(bytes.toString('latin1', 0, MAX_SAMPLE_BYTES))?.[1] ?? '';
}

function clean({ filename, contentType, ...rest }: Attachment): Attachment {
  return { ...rest, filename: cleanLine(filename), contentType: cleanLine(contentType) };
}
