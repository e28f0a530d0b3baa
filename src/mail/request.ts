import { MAX_SUBJECT_CHARACTERS, MAX_TICKET_MESSAGE_BYTES } from '../limits.js';
import { listAttachments } from './attachments.js';
import { clampCharacters, fitMessage } from './clamp.js';
import { cleanLine, isBlank, present } from './clean.js';
import { customFieldsOf } from './custom-fields.js';
import type { ReplyRequest, TicketRequest } from './decision.js';
import type { IncomingMail } from './message.js';
import type { MailPolicy } from './policy.js';
import { priorityOf } from './priority.js';
import type { Requester } from './sender.js';

/**
 * The new ticket that a mail makes.
 *
 * @param text the cleaned body
 * @param roomBytes what is kept free in the message, for lines that may be put before it
 */
export function ticketRequest(
  mail: IncomingMail,
  policy: MailPolicy,
  { user_email, name, company }: Requester,
  text: string,
  roomBytes = 0,
): TicketRequest {
  const priority = priorityOf(mail);
  const customFields = customFieldsOf(mail, policy);
  const category = categoryOf(mail, policy);
  return {
    subject: present(clampCharacters(cleanLine(mail.subject), MAX_SUBJECT_CHARACTERS), '(no subject)'),
    message: messageOf(mail, text, roomBytes),
    user_email,
    ...(name !== undefined && { name }),
    ...(company !== undefined && { company }),
    ...(priority !== undefined && { priority }),
    ...(category !== null && { category_id: category }),
    ...(Object.keys(customFields).length > 0 && { custom_fields: customFields }),
  };
}

/** The reply that a mail makes; `text` as in ticketRequest. */
export function replyRequest(mail: IncomingMail, { user_email }: Requester, text: string): ReplyRequest {
  return { message: messageOf(mail, text), user_email };
}

/** The text with the attachments named below it; these alone where there is no text. */
function messageOf(mail: IncomingMail, text: string, roomBytes = 0): string {
  const attachments = listAttachments(mail.attachments);
  if (isBlank(text) && attachments !== '') return attachments;
  return fitMessage(present(text, '(no text)'), attachments, MAX_TICKET_MESSAGE_BYTES - roomBytes);
}

/** Where a mail was sent to, as the sender wrote it, and else as the server delivered it: the first address that has a category. */
function categoryOf(mail: IncomingMail, { categoryByRecipient, categoryId }: MailPolicy): number | null {
  const delivered = mail.headers.filter(({ name }) => name === 'delivered-to' || name === 'x-original-to');
  const recipients = [...mail.to, ...mail.cc].map(({ address }) => address);
  for (const address of [...recipients, ...delivered.map(({ value }) => value.replace(/^<|>$/g, ''))]) {
    const known = address.toLowerCase();
    // Only its own keys: a mail may be addressed to `constructor`.
    const category = Object.hasOwn(categoryByRecipient, known) ? categoryByRecipient[known] : undefined;
    if (category !== undefined) return category;
  }
  return categoryId;
}
