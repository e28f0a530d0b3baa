import MailComposer from 'nodemailer/lib/mail-composer';
import { type Acknowledgement, acknowledgementId } from '../mail/acknowledgement.js';
import { LOOP_HEADER } from '../mail/auto-reply.js';
import type { Address } from '../mail/message.js';
import type { MailPolicy } from '../mail/policy.js';
import { fill, type Templates } from './templates.js';

/** What is the same in all acknowledgements. */
export interface Letterhead extends Pick<MailPolicy, 'loopId' | 'subjectTag' | 'replyMarker'> {
  readonly from: Address;
  readonly templates: Templates;
}

/** A mail as it goes over the line. */
export interface OutgoingMail {
  readonly to: string;
  readonly bytes: Buffer;
}

/**
 * Writes an acknowledgement. What keeps programs from answering it: Auto-Submitted (RFC 3834 section 5),
 * X-Auto-Response-Suppress (Exchange) and Precedence (older autoresponders).
 *
 * Rejects where it cannot be written. To be awaited before a line is opened: nodemailer writes a mail within a callback of its
 * socket, where what it throws would end the process.
 */
export async function compose(
  { mail, to, ticketId, answers }: Acknowledgement,
  letterhead: Letterhead,
): Promise<OutgoingMail> {
  const { from, templates, loopId, replyMarker } = letterhead;
  const tag = letterhead.subjectTag.replace('{id}', ticketId);
  const words = { ticketId, tag };
  const composer = new MailComposer({
    // Copies: nodemailer normalizes an address in place, and the configuration is frozen.
    from: { ...from },
    to: { name: '', address: to },
    messageId: acknowledgementId(mail, from.address.slice(from.address.lastIndexOf('@') + 1)),
    ...(answers !== null && { inReplyTo: answers, references: answers }),
    headers: {
      'Auto-Submitted': 'auto-replied',
      'X-Auto-Response-Suppress': 'All',
      Precedence: 'auto_reply',
      [LOOP_HEADER]: loopId,
    },
    subject: `${tag} ${fill(templates.subject, words)}`,
    text: `${replyMarker}\n\n${fill(templates.text, words)}`,
    ...(templates.html !== null && {
      html: below(`<p>${escapeHtml(replyMarker)}</p>\n`, fill(templates.html, escaped(words))),
    }),
    // A template is text, never a path or an address to read from.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { to, bytes: await composer.compile().build() };
}

/** The page with the line at its top, in the body where it is a whole document. */
function below(line: string, page: string): string {
  const body = /<body\b[^>]*>/i.exec(page);
  if (body === null) return line + page;
  const at = body.index + body[0].length;
  return `${page.slice(0, at)}\n${line}${page.slice(at)}`;
}

function escaped({ ticketId, tag }: { ticketId: string; tag: string }) {
  return { ticketId: escapeHtml(ticketId), tag: escapeHtml(tag) };
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
