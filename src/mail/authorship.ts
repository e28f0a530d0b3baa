import { MAX_GREETING_CHARACTERS, MAX_NAME_CHARACTERS } from '../limits.js';
import { isForwardSubject } from './forward-subject.js';
import { header, type IncomingMail } from './message.js';

/** Whether the mail was sent from the null address, to which nothing may be answered (RFC 5321 section 4.5.5). */
export function hasNullReturnPath(mail: IncomingMail): boolean {
  const path = header(mail, 'return-path');
  return path !== null && /^\s*(?:<\s*>|<?mailer-daemon(?:@[^>]*)?>?)?\s*$/i.test(path);
}

/**
 * Mail servers write under these, some without a domain; the long one is of every Exchange server. A shop or a club may bear a longer
 * name that only begins so.
 */
const DAEMON =
  /(?:^|<)\W{0,10}(?:mailer[-_]?daemon|mail[-_]daemon|(?:mdaemon|microsoftexchange329e71ec88ae4615bbc36ab6ce41109e)(?=@)|double-bounce)(?![\w.+-])|^[^<]*<\s*>\s*$/i;

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

/** How people begin a letter: en, de, fr, es, it, pt, nl, Nordic, pl, cs, ru, uk, tr; ja, zh and ko put no space behind it. */
const GREETING = new RegExp(
  `^[ \\t]*(?:(?:${[
    'hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|greetings',
    'hallo|guten (?:tag|morgen|abend)|moin|servus|sehr geehrte[rs]?|liebe[rs]?|grüezi',
    'bonjour|bonsoir|salut|chère?s?|hola|buen[ao]s|estimad[oa]s?|ciao|buongiorno|buonasera|gentil[ei]|salve|spett\\.?',
    'ol[áa]|bo[ma] (?:dia|tarde|noite)|prezad[oa]s?|car[oa]s?|beste|geachte|hej|hei|kära|kære|moi|terve',
    'cze[śs][ćc]|dzie[ńn] dobry|szanown\\p{L}+|dobr[ýy] den|vážen\\p{L}+|здравствуйте|добрый день|уважаем\\p{L}+|добрий день|шановн\\p{L}+|merhaba|sayın',
  ].join('|')})(?!\\p{L})|お世話に|いつもお世話|こんにちは|您好|你好|안녕하)`,
  'imu',
);

/**
 * Whether a person wrote the mail, as far as one can tell: he greets or forwards, or his mail program names itself or the thread.
 * Mail servers that greet too (qmail, Google) name themselves as the author. A server in between may have set a null return path,
 * but with one a mail program's fields may be those of the mail that came back.
 */
export function isWrittenByPerson(mail: IncomingMail): boolean {
  if (isFromDaemon(mail)) return false;
  if (GREETING.test(mail.text.slice(0, MAX_GREETING_CHARACTERS)) || isForwardSubject(mail.subject)) return true;
  return !hasNullReturnPath(mail) && isFromMailProgram(mail);
}

function isFromMailProgram(mail: IncomingMail): boolean {
  return (
    ['user-agent', 'in-reply-to', 'references', 'thread-index'].some((name) => header(mail, name) !== null) ||
    /apple|iphone|ipad|outlook/i.test(header(mail, 'x-mailer') ?? '')
  );
}

/** Whether a mail server sent the mail: as its author, or by a null return path or the postmaster's address where no person writes. */
export function isFromServer(mail: IncomingMail): boolean {
  const isLikely = hasNullReturnPath(mail) || /^postmaster@/i.test(mail.from?.address ?? '');
  return isFromDaemon(mail) || (isLikely && !isWrittenByPerson(mail));
}

/** Mailboxes of mail servers, of the accounts of a Unix machine, of office devices and of monitoring. */
const READ_BY_NOBODY = new RegExp(
  `^(?:${[
    'mailer[-_]?daemon|mail[-_]daemon|double-bounce|postmaster|abuse',
    'root|cron|nobody|www-data|apache',
    'scan(?:ner)?|copier|fax(?:2mail)?|voice-?mail',
    'nagios|zabbix|icinga|monitoring|alerts?|notifications?',
  ].join('|')})@`,
  'i',
);

/** Whether the address is one of those under which programs write, and nobody reads an answer. */
export function isReadByNobody(address: string): boolean {
  return READ_BY_NOBODY.test(address) || isUnread(address);
}
