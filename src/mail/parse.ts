import { type AddressObject, simpleParser } from 'mailparser';
import type { Address, IncomingMail } from './message.js';

/**
 * Reads the bytes of one mail (RFC 5322 and MIME). Never rejects: what cannot be read is left empty and named in `repairs`.
 */
export async function parseMail(bytes: Uint8Array): Promise<IncomingMail> {
  try {
    const mail = await simpleParser(Buffer.from(bytes), {
      skipTextToHtml: true,
      keepCidLinks: true,
      checksumAlgo: false,
      maxHtmlLengthToParse: 1024 * 1024,
    });
    const references = mail.references === undefined ? [] : [mail.references].flat();
    return {
      messageId: mail.messageId ?? null,
      inReplyTo: mail.inReplyTo ?? null,
      references: references.slice(-20),
      from: addresses(mail.from)[0] ?? null,
      replyTo: addresses(mail.replyTo),
      to: addresses(mail.to),
      cc: addresses(mail.cc),
      subject: mail.subject ?? '',
      date: mail.headers.has('date') ? (mail.date ?? null) : null,
      headers: mail.headerLines.map(({ key, line }) => ({
        name: key,
        value: line
          .slice(line.indexOf(':') + 1)
          .replace(/\s+/g, ' ')
          .trim(),
      })),
      text: mail.text ?? '',
      html: mail.html || null,
      textIsFromHtml: false,
      attachments: mail.attachments.map((part) => ({
        filename: part.filename ?? '',
        contentType: part.contentType,
        bytes: part.size,
        disposition: part.contentDisposition === 'inline' || part.related ? 'inline' : 'attachment',
      })),
      reports: [],
      repairs: [],
    };
  } catch {
    return {
      messageId: null,
      inReplyTo: null,
      references: [],
      from: null,
      replyTo: [],
      to: [],
      cc: [],
      subject: '',
      date: null,
      headers: [],
      text: '',
      html: null,
      textIsFromHtml: false,
      attachments: [],
      reports: [],
      repairs: ['the mail could not be parsed'],
    };
  }
}

function addresses(field: AddressObject | AddressObject[] | undefined): Address[] {
  return [field ?? []]
    .flat()
    .flatMap(({ value }) =>
      value
        .flatMap((entry) => entry.group ?? [entry])
        .flatMap(({ address, name }) => (address ? [{ address, name }] : [])),
    );
}
