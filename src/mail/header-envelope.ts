import libmime from 'libmime';
import { parseAddressHeader } from 'mailparser';
import { MAX_ADDRESS_FIELD_CHARACTERS, MAX_HEADER_BYTES } from '../limits.js';
import { isoOf, readDate } from './date.js';
import type { Envelope } from './identity.js';

/** A field of the header and the folded lines that go on with it (RFC 5322 section 2.2.3). */
const FIELD = /^(message-id|from|subject|date|received)[ \t]*:(.*(?:\r?\n[ \t].*)*)/gim;

/**
 * The envelope of a mail that no IMAP server has, made of its header as servers make ENVELOPE of it and as the IMAP client reads
 * that (last of several fields, From of all of them, white space folded), so that the mail has one identity wherever it is met.
 * In place of INTERNALDATE stands when the last server received it: the first Received field, or Date where there is none.
 *
 * @param bytes the mail, or the beginning of it
 * @param sizeBytes of the whole mail with CR LF line ends, as RFC822.SIZE has it
 * @param now ms since 1970: a mail that was received after it has no date that could be used
 */
export function envelopeOfHeader(bytes: Uint8Array, sizeBytes: number, now: number): Envelope {
  const values = fieldsOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const all = (name: string) => values.filter((field) => field.name === name).map(({ value }) => value);
  const date = all('date').at(-1) ?? '';
  const received = all('received')[0];
  const receivedAt = readDate(received === undefined ? date : received.slice(received.lastIndexOf(';') + 1));
  return {
    messageId: all('message-id').at(-1) || null,
    from: all('from').flatMap(addressesOf).join(', '),
    subject: libmime.decodeWords(all('subject').at(-1) ?? ''),
    date: isoOf(date),
    sizeBytes,
    receivedAt: receivedAt && receivedAt.getTime() <= now ? receivedAt.toISOString() : '',
  };
}

function fieldsOf(bytes: Buffer): { name: string; value: string }[] {
  const text = bytes.toString('utf8', 0, MAX_HEADER_BYTES);
  // After what stands before a header at times: a byte order mark, blank lines, the line of an mbox file.
  const start = /^\uFEFF?\s*(?:>?From [^\n]*\n)?/.exec(text)?.[0].length ?? 0;
  const end = /\r?\n\r?\n|\r\r/g;
  end.lastIndex = start;
  const header = text.slice(start, end.exec(text)?.index);
  return [...header.matchAll(FIELD)].map(([, name = '', value = '']) => ({
    name: name.toLowerCase(),
    value: value
      .replace(/\0/g, '\uFFFD')
      .replace(/[ \t\r\n]+/g, ' ')
      .trim(),
  }));
}

/** As servers list them: a group begins with a name instead of an address, which comes out empty. */
function addressesOf(field: string): string[] {
  const { value } = parseAddressHeader(field.slice(0, MAX_ADDRESS_FIELD_CHARACTERS), { decodePunycode: false });
  return value.flatMap((one) => ('group' in one && one.group ? ['', ...one.group.map(written)] : [written(one)]));
}

/** Servers leave out the quotes of a local part. */
function written({ address = '' }: { readonly address?: string }): string {
  return address.replace(/^"(.*)"@/, '$1@');
}
