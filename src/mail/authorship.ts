import { MAX_NAME_CHARACTERS } from '../limits.js';
import { header, type IncomingMail } from './message.js';

/** Whether the mail was sent from the null address, to which nothing may be answered (RFC 5321 section 4.5.5). */
export function hasNullReturnPath(mail: IncomingMail): boolean {
  const path = header(mail, 'return-path');
  return path !== null && /^\s*(?:<\s*>|<?mailer-daemon(?:@[^>]*)?>?)?\s*$/i.test(path);
}

/** Mail servers write under these, some without a domain. A shop or a club may bear a longer name that only begins so. */
const DAEMON =
  /(?:^|<)\W{0,10}(?:mailer[-_]?daemon|mail[-_]daemon|mdaemon(?=@)|double-bounce)(?![\w.+-])|^[^<]*<\s*>\s*$/i;

/** Whether a mail server itself stands as the author: `MAILER-DAEMON`, or nobody (`<>`). */
export function isFromDaemon(mail: IncomingMail): boolean {
  return DAEMON.test(mail.from?.address ?? header(mail, 'from') ?? '');
}

/** Whether a mail server's postmaster stands as the author; a person may sit behind it. */
export function isFromPostmaster(mail: IncomingMail): boolean {
  const { address, name } = mail.from ?? { address: '', name: '' };
  return /^postmaster@/i.test(address) || /^mail delivery? (?:sub)?system$/i.test(name);
}

/** Whether the address says that nobody reads what is sent to it. */
export function isUnread(address: string): boolean {
  if (address.length > MAX_NAME_CHARACTERS) return false;
  return /^(?:[^@]*[._+-])?(?:no-?_?reply|do-?_?not-?_?reply)(?:[._+-][^@]*)?@/i.test(address);
}

/** Whether the header of a mail that no server sent for sure names a mail program, or a thread that it answers. */
export function isWrittenByPerson(mail: IncomingMail): boolean {
  if (isFromDaemon(mail) || hasNullReturnPath(mail)) return false;
  return (
    ['user-agent', 'in-reply-to', 'references', 'thread-index'].some((name) => header(mail, name) !== null) ||
    /apple|iphone|ipad|outlook/i.test(header(mail, 'x-mailer') ?? '')
  );
}

/** Whether a mail server says that it sent the mail: by its null return path, or as the author. */
export function isFromServer(mail: IncomingMail): boolean {
  return hasNullReturnPath(mail) || isFromDaemon(mail) || /^postmaster@/i.test(mail.from?.address ?? '');
}

/** Whether the address is one of those under which programs write, and nobody reads an answer. */
export function isReadByNobody(address: string): boolean {
  return (
    /^(?:mailer[-_]?daemon|mail[-_]daemon|double-bounce|postmaster|abuse|root|cron|nobody)@/i.test(address) ||
    isUnread(address)
  );
}
