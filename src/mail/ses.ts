import { MAX_BOUNCE_TEXT_CHARACTERS } from '../limits.js';
import { header, type IncomingMail } from './message.js';

/** What Amazon SES tells of a mail that was sent through it. */
export interface SesNotice {
  readonly type: 'Bounce' | 'Complaint' | 'Delivery';
  /** Of a bounce, the fields of each recipient as they stand: `emailAddress`, `action`, `status`, `diagnosticCode`. */
  readonly bounced: readonly ReadonlyMap<string, string>[];
}

/**
 * SES sends its notices through SNS, whose mails hold JSON as text; null where the mail is none. Picked out by pattern, not
 * parsed: the JSON is one line of kilobytes, which mail servers break at 998 characters, within strings too, and some topics
 * wrap it as a string into JSON of their own.
 */
export function readSesNotice(mail: IncomingMail): SesNotice | null {
  if (header(mail, 'x-amz-sns-message-id') === null) return null;
  const json = mail.text
    .slice(0, MAX_BOUNCE_TEXT_CHARACTERS)
    .replace(/!?\r?\n ?/g, '')
    .replaceAll('\\"', '"');
  const type = /"(?:notificationType|eventType)"\s*:\s*"(Bounce|Complaint|Delivery)"/.exec(json)?.[1];
  if (!isNoticeType(type)) return null;
  const list = type === 'Bounce' ? (/"bouncedRecipients"\s*:\s*\[([^\]]*)/.exec(json)?.[1] ?? '') : '';
  const bounced = (list.match(/\{[^{}]*\}/g) ?? []).map(
    (recipient) =>
      new Map([...recipient.matchAll(/"(\w+)"\s*:\s*"([^"]*)"/g)].map(([, name = '', value = '']) => [name, value])),
  );
  return { type, bounced };
}

function isNoticeType(type: string | undefined): type is SesNotice['type'] {
  return type === 'Bounce' || type === 'Complaint' || type === 'Delivery';
}
