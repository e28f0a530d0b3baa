import { MAX_BOUNCE_RECIPIENTS, MAX_BOUNCE_TEXT_CHARACTERS, MAX_HEADER_VALUE_CHARACTERS } from '../limits.js';
import { returnedParts } from './bounce-signs.js';
import { header, type IncomingMail } from './message.js';
import { readSesNotice } from './ses.js';

/** What a bounce says of the mail that could not be delivered. */
export interface Bounce {
  readonly recipients: readonly BouncedRecipient[];
  /** The Message-ID of the returned mail, with its angle brackets; null where the bounce does not tell. */
  readonly originalMessageId: string | null;
}

interface BouncedRecipient {
  readonly address: string;
  /** The enhanced status code (RFC 3463), as `5.1.1`; '' where none is told. */
  readonly status: string;
  /** Whether trying again is of no use: by the status' class, else by the action, else by the SMTP reply. */
  readonly permanent: boolean;
}

/** One recipient's block of a delivery report, successes included. */
export interface ReportedRecipient extends BouncedRecipient {
  /** In lower case: `failed`, `delayed`, `delivered`, `relayed`, `expanded` or what the server made up; '' where none is told. */
  readonly action: string;
}

/**
 * Reads whom a bounce is about: from its delivery reports (RFC 3464) or a notice of Amazon SES, else from
 * `X-Failed-Recipients`, else from the words.
 * What is told of one recipient never reaches another. Null where no recipient failed or is late; whether the mail is a
 * bounce at all is for classify to say.
 */
export function readBounce(mail: IncomingMail): Bounce | null {
  const reported = readReports(mail);
  const failed = reported.length > 0 ? reported.filter((each) => !isSuccess(each)) : readWords(mail);
  if (failed.length === 0) return null;
  return {
    recipients: failed
      .slice(0, MAX_BOUNCE_RECIPIENTS)
      .map(({ address, status, permanent }) => ({ address, status, permanent })),
    originalMessageId: originalMessageId(mail),
  };
}

/** Whether the mail arrived at this recipient, so that the report is good news. */
export function isSuccess({ action, status }: ReportedRecipient): boolean {
  return ['delivered', 'relayed', 'expanded'].includes(action) || status.startsWith('2.');
}

/** Every recipient of the mail's machine-readable reports; none where it has none. */
export function readReports(mail: IncomingMail): ReportedRecipient[] {
  const notice = readSesNotice(mail)?.bounced.map((told) =>
    reported(
      told.get('emailAddress') ?? '',
      told.get('action') ?? '',
      told.get('status') ?? '',
      told.get('diagnosticCode') ?? '',
    ),
  );
  return notice ?? readStatusParts(mail);
}

function readStatusParts(mail: IncomingMail): ReportedRecipient[] {
  return mail.reports
    .filter(({ contentType }) => ['message/delivery-status', 'message/global-delivery-status'].includes(contentType))
    .flatMap(({ text }) => text.slice(0, MAX_BOUNCE_TEXT_CHARACTERS).split(/\r?\n[ \t]*(?:\r?\n[ \t]*)+/))
    .flatMap(readBlock);
}

const INTERNET_ADDRESS = /^[^/\s@][^\s@]{0,250}@[^\s@.]{1,250}\.[^\s@]{1,250}$/;

/** A block without a recipient is the one about the whole mail (RFC 3464 section 2.2). */
function readBlock(block: string): ReportedRecipient[] {
  const fields = new Map<string, string>();
  for (const line of block.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const [, name, value] = /^([!-9;-~]{1,76})\s*:\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined && !fields.has(name.toLowerCase()))
      fields.set(name.toLowerCase(), value);
  }
  const told = ['final-recipient', 'original-recipient', 'x-actual-recipient']
    .map((name) => addressIn(fields.get(name) ?? ''))
    .filter((found) => found !== '');
  // The final one may be X.400 (RFC 3464 section 2.3.2) or a name within the server, which tells nobody who was meant.
  const address = told.find((found) => INTERNET_ADDRESS.test(found)) ?? told[0];
  if (address === undefined) return [];
  return [
    reported(address, fields.get('action') ?? '', fields.get('status') ?? '', fields.get('diagnostic-code') ?? ''),
  ];
}

function reported(address: string, actionField: string, status: string, diagnostic: string): ReportedRecipient {
  const action = /^[a-z]+/.exec(actionField.toLowerCase())?.[0] ?? '';
  return { address, action, ...verdict(status, action, diagnostic) };
}

/** `rfc822; jane@example.com`, with or without the type and angle brackets. Some servers have only a local part. */
function addressIn(value: string): string {
  const bare = value
    .slice(0, MAX_HEADER_VALUE_CHARACTERS)
    .replace(/^\s*[\w-]+\s*;/, '')
    .replace(/\([^()]*\)\s*$/, '');
  return (/<([^<>\s]+)>/.exec(bare)?.[1] ?? bare).trim().replace(/^["']|["']$/g, '');
}

const STATUS = /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/;
const FAILURE = /(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/;
/** Not a telephone number, as 480-624-2500. */
const REPLY_CODE = /(?<![\d.-])([45])\d\d(?=[ #]|-(?!\d{3}-\d))/;

/** The words of a server that goes on trying. */
const LATE =
  /\bdelay|not yet|temporar|time[d-]? ?out|will (?:continue|keep|be retried)|still trying|no action is required/i;

/** The server at the other end often says `5.1.1` where ours says only `5.0.0`: the exact one of the same class stands. */
function verdict(statusField: string, action: string, words: string): Pick<BouncedRecipient, 'status' | 'permanent'> {
  const own = STATUS.exec(statusField)?.[1] ?? '';
  const other = FAILURE.exec(words)?.[1] ?? '';
  const isVague = own === '' || (/^\d\.0\.0$/.test(own) && other.startsWith(own.slice(0, 2)));
  const status = isVague && other !== '' ? other : own;
  if (status !== '') return { status, permanent: status.startsWith('5') };
  if (action === 'failed' || action === 'delayed') return { status, permanent: action === 'failed' };
  const code = REPLY_CODE.exec(words)?.[1];
  return { status, permanent: code === undefined ? !LATE.test(words) : code === '5' };
}

/** Where the server's own words end and the returned mail begins. */
const RETURNED_FROM =
  /^(?:[ \t]{0,20}[-=_*]{2,20}.{0,120}(?:original|returned|copy|unsent|below this line|message follows|headers? follow)|(?:your )?original message\b.{0,20}$|message headers? follow|return-path:|received:)/im;

const ADDRESS = '([^\\s<>()\\[\\]"\':,;@（）：，；。、「」【】]{1,64}@[a-z0-9-]{1,63}(?:\\.[a-z0-9-]{1,63}){1,9})';
const AT_LINE_START = new RegExp(`^[\\s*•>-]{0,12}["'<]{0,2}${ADDRESS}(?=[>"':,;.]|\\s|$)`, 'i');
/** "(generated from bob@…)" of exim names a recipient. */
const ANYWHERE = new RegExp(
  `(mail from:\\s?<?|(?<!generated )\\bfrom:?\\s{1,5}<?|^\\s{0,20}to:\\s{0,20})?${ADDRESS}`,
  'gi',
);

/** Recipients as the words tell them: each owns what stands from its address on to the next one. */
function readWords(mail: IncomingMail): ReportedRecipient[] {
  const text = mail.text.slice(0, MAX_BOUNCE_TEXT_CHARACTERS);
  const words = text.slice(0, RETURNED_FROM.exec(text)?.index || undefined);
  const failed = (header(mail, 'x-failed-recipients') ?? '')
    .split(',')
    .map(addressIn)
    .filter((address) => address !== '');
  // Most servers put each address at the start of a line; the others name it in a sentence, beside the sender's.
  const atStart = told(words, (line) => AT_LINE_START.exec(line)?.[1]);
  const senders = new Set(mail.to.map(({ address }) => address.toLowerCase()));
  const others = atStart.size > 0 ? atStart : told(words, (line) => recipientWithin(line, senders));
  const addresses = failed.length > 0 ? failed : [...others.keys()];
  return addresses.map((address) => {
    // A single recipient is meant by all of the words, wherever they stand.
    const own = addresses.length === 1 ? words : (others.get(address) ?? '');
    // Exchange shows X.400 addresses too: `dda:SMTP=bob@example.org`.
    return { address: address.replace(/^smtp=/i, ''), action: '', ...verdict('', '', own) };
  });
}

function told(words: string, addressOf: (line: string) => string | undefined): Map<string, string> {
  const found = new Map<string, string>();
  let current = '';
  for (const line of words.split(/\r?\n/)) {
    current = addressOf(line) ?? current;
    if (current !== '') found.set(current, `${found.get(current) ?? ''}${line}\n`);
  }
  return found;
}

/** The first address of a line that is neither a sender of the lost mail, who gets the bounce, nor a mail server. */
function recipientWithin(line: string, senders: ReadonlySet<string>): string | undefined {
  for (const [, role, address = ''] of line.matchAll(ANYWHERE)) {
    const isSender = role !== undefined || senders.has(address.toLowerCase());
    if (!isSender && !/^(?:postmaster|mailer-daemon)@/i.test(address)) return address;
  }
  return undefined;
}

/** From the returned header, else from the text, else what the bounce answers (Gmail threads it so). */
function originalMessageId(mail: IncomingMail): string | null {
  const text = mail.text.slice(0, MAX_BOUNCE_TEXT_CHARACTERS);
  const ids = [...returnedParts(mail), ...mail.reports].map((part) => part.text).concat(text);
  for (const part of ids) {
    const id = /^(?:x-original-)?message-id:\s*(<[^<>\s]{1,998}>)/im.exec(part)?.[1];
    if (id !== undefined) return id;
  }
  return mail.inReplyTo ?? mail.references.at(-1) ?? null;
}
