import { MAX_TRACE_EVIDENCE_CHARACTERS } from '../limits.js';
import { isFromDaemon, isFromServer, isReadByNobody } from './authorship.js';
import {
  absentSubject,
  answersByItself,
  answersSomething,
  autoReplied,
  autoresponder,
  autoSubject,
  LOOP_HEADER,
  marksProgram,
  precedenceReply,
  ruleOfAuthor,
  sentByRule,
} from './auto-reply.js';
import { isSuccess, readReports } from './bounce.js';
import { bounceSigns } from './bounce-signs.js';
import { hasInvitationAnswer } from './calendar.js';
import { disclaimerIn } from './disclaimer.js';
import { anyField, asksForSilence, autoSubmitted, field, nullReturnPath, precedence } from './header-evidence.js';
import { header, type IncomingMail } from './message.js';
import type { MailPolicy } from './policy.js';
import { readSesNotice } from './ses.js';

/** What kind of program wrote a mail, and what that means for it. */
export interface Automatic {
  readonly kind: 'none' | 'auto-reply' | 'bounce' | 'list' | 'bulk' | 'auto-generated' | 'feedback-report';
  /** The header field or shape that decided it, one line; '' where nothing did. */
  readonly evidence: string;
  /**
   * `ignore`: no ticket, since nobody waits for an answer. `no-acknowledgement`: a web form, an alert or a newsletter may be
   * a real request and becomes a ticket, but nothing may be sent back. `none`: a person's mail.
   */
  readonly effect: 'ignore' | 'no-acknowledgement' | 'none';
}

type OwnAddresses = Pick<MailPolicy, 'ownAddresses'>;

/** What speaks for a rule, as one line; null where nothing does. */
type Evidence = (mail: IncomingMail, policy: OwnAddresses) => string | null;

interface Rule extends Pick<Automatic, 'kind' | 'effect'> {
  readonly evidence: Evidence;
}

/**
 * First match wins. A mail lost to a wrong `ignore` is worse than a program's mail that became a ticket, so `ignore` stands
 * only where the sending program says itself what it is, or where several signs agree.
 */
const RULES: readonly Rule[] = [
  { kind: 'feedback-report', effect: 'no-acknowledgement', evidence: feedbackReport },
  { kind: 'auto-reply', effect: 'ignore', evidence: readReceipt },
  { kind: 'auto-generated', effect: 'ignore', evidence: successReport },
  { kind: 'bounce', effect: 'ignore', evidence: deliveryReport },
  { kind: 'bounce', effect: 'ignore', evidence: failedRecipients },
  { kind: 'bounce', effect: 'ignore', evidence: bounceSigns },
  { kind: 'auto-reply', effect: 'ignore', evidence: autoReplied },
  { kind: 'auto-reply', effect: 'ignore', evidence: autoresponder },
  // The subject alone could be a question about absence notices, or the alert of a program that plans holidays.
  { kind: 'auto-reply', effect: 'ignore', evidence: all(answersByItself, answersSomething) },
  // People name an absence too, in a thread as well: a field of a program has to stand beside it.
  { kind: 'auto-reply', effect: 'ignore', evidence: all(absentSubject, answersSomething, marksProgram) },
  { kind: 'auto-reply', effect: 'ignore', evidence: all(ruleOfAuthor, asksForSilence, sentByRule) },
  { kind: 'auto-reply', effect: 'ignore', evidence: all(precedenceReply, answersSomething) },
  { kind: 'auto-reply', effect: 'ignore', evidence: all(autoSubject, autoSubmitted, answersSomething) },
  { kind: 'auto-reply', effect: 'no-acknowledgement', evidence: absentSubject },
  // A person may have written more beside it.
  { kind: 'auto-reply', effect: 'no-acknowledgement', evidence: receiptWithin },
  { kind: 'list', effect: 'no-acknowledgement', evidence: mailingList },
  { kind: 'bulk', effect: 'no-acknowledgement', evidence: massMail },
  { kind: 'auto-generated', effect: 'no-acknowledgement', evidence: generated },
  { kind: 'auto-generated', effect: 'no-acknowledgement', evidence: mailboxNobodyReads },
  // Exchange sets it on people's mail too: it asks for silence and says nothing about the author.
  { kind: 'none', effect: 'no-acknowledgement', evidence: asksForSilence },
  // RFC 3834 section 2: nothing may be sent to the null address. Contact forms use it too, so their mail stays a ticket.
  { kind: 'none', effect: 'no-acknowledgement', evidence: nullReturnPath },
  { kind: 'auto-generated', effect: 'no-acknowledgement', evidence: disclaimer },
];

/** Says whether a person or a program wrote the mail, and what follows (RFC 3834, RFC 3464, RFC 5965, RFC 8098). */
export function classify(mail: IncomingMail, policy: OwnAddresses): Automatic {
  for (const { kind, effect, evidence } of RULES) {
    const found = evidence(mail, policy);
    if (found !== null) return { kind, effect, evidence: found.slice(0, MAX_TRACE_EVIDENCE_CHARACTERS) };
  }
  return { kind: 'none', effect: 'none', evidence: '' };
}

/**
 * What says that the mail comes from ourselves, by our address or by what we write into its header; null where nothing does.
 * Taken as a ticket, the notification or acknowledgement of that ticket would be the next one, for ever. So not even a Reply-To
 * of someone else excepts it; a contact form must not write in our name.
 */
export function signOfOwnMail(
  mail: IncomingMail,
  { ownAddresses, loopId }: Pick<MailPolicy, 'ownAddresses' | 'loopId'>,
): string | null {
  if (mail.from !== null && ownAddresses.includes(mail.from.address.toLowerCase())) return `From: ${mail.from.address}`;
  return loopId !== '' && header(mail, LOOP_HEADER)?.trim() === loopId ? `${LOOP_HEADER}: ${loopId}` : null;
}

function isMultipartReport(mail: IncomingMail): boolean {
  return /^\s*multipart\/report\b/i.test(header(mail, 'content-type') ?? '');
}

/** The report type of a multipart/report (RFC 6522), '' for every other mail. */
function reportType(mail: IncomingMail): string {
  if (!isMultipartReport(mail)) return '';
  return /report-type\s*=\s*"?([\w-]+)/i.exec(header(mail, 'content-type') ?? '')?.[1]?.toLowerCase() ?? '';
}

function hasReport(mail: IncomingMail, contentType: string): boolean {
  return mail.reports.some((report) => report.contentType === contentType);
}

/** A recipient calls a mail of ours spam, or wants no more of them: somebody has to act on it, so it becomes a ticket. */
function feedbackReport(mail: IncomingMail): string | null {
  if (reportType(mail) === 'feedback-report') return 'Content-Type: multipart/report; report-type=feedback-report';
  if (hasReport(mail, 'message/feedback-report')) return 'a part message/feedback-report';
  if (readSesNotice(mail)?.type === 'Complaint') return 'a notice of Amazon SES: Complaint';
  const isOutlooks = mail.from?.address === 'staff@hotmail.com' && /^complaint about message from /i.test(mail.subject);
  return isOutlooks ? `Subject: ${mail.subject}` : field(mail, 'x-apple-unsubscribe', /^true$/i);
}

function readReceipt(mail: IncomingMail): string | null {
  if (reportType(mail) === 'disposition-notification')
    return 'Content-Type: multipart/report; report-type=disposition-notification';
  return isMultipartReport(mail) ? receiptPart(mail) : null;
}

/** A receipt, or a click on an invitation, within another mail. */
function receiptWithin(mail: IncomingMail): string | null {
  return receiptPart(mail) ?? (hasInvitationAnswer(mail.text) ? 'an answer to an invitation' : null);
}

function receiptPart(mail: IncomingMail): string | null {
  return hasReport(mail, 'message/disposition-notification') ? 'a part message/disposition-notification' : null;
}

function successReport(mail: IncomingMail): string | null {
  if (readSesNotice(mail)?.type === 'Delivery') return 'a notice of Amazon SES: Delivery';
  const reported = isReport(mail) ? readReports(mail) : [];
  return reported.length > 0 && reported.every(isSuccess) ? 'a delivery report: it arrived at every recipient' : null;
}

function deliveryReport(mail: IncomingMail): string | null {
  if (readSesNotice(mail)?.type === 'Bounce') return 'a notice of Amazon SES: Bounce';
  if (!isReport(mail)) return null;
  const told = readReports(mail).map(({ action, status }) => `${action} ${status}`.trim());
  return `a delivery report (RFC 3464)${told.length > 0 ? `: ${told.join(', ')}` : ''}`;
}

/** A delivery report as a part makes no bounce of a mail: people forward one they got. The whole mail or its sender has to say so. */
function isReport(mail: IncomingMail): boolean {
  if (reportType(mail) === 'delivery-status') return true;
  const isReported = hasReport(mail, 'message/delivery-status') || hasReport(mail, 'message/global-delivery-status');
  return isReported && (isMultipartReport(mail) || isFromServer(mail));
}

/** Set by exim and Gmail; people's mail never has it. */
function failedRecipients(mail: IncomingMail): string | null {
  return isFromServer(mail) ? field(mail, 'x-failed-recipients') : null;
}

/** Matches where all of the signs are there. */
function all(...signs: readonly Evidence[]): Evidence {
  return (mail, policy) => {
    const seen = signs.map((sign) => sign(mail, policy));
    return seen.every((sign) => sign !== null) ? seen.join(', ') : null;
  };
}

function mailingList(mail: IncomingMail): string | null {
  return anyField(mail, ['list-id', 'list-post', 'mailing-list', 'x-mailing-list']) ?? precedence(mail, /list/i);
}

function massMail(mail: IncomingMail): string | null {
  return (
    precedence(mail, /bulk|junk/i) ??
    anyField(mail, ['list-unsubscribe', 'x-campaign', 'x-csa-complaints']) ??
    field(mail, 'feedback-id', NOT_OF_A_MAILBOX)
  );
}

/** Senders of mass mail have a Feedback-ID; but Fastmail, Proton, Zoho and QQ write one into every mail of the people they host. */
const NOT_OF_A_MAILBOX = /^(?!\s*bizesmtp|.*:(?:fastmail|user:proton|zohomail)\s*$)/i;

/** What other helpdesks, and challenges that ask a sender to confirm his mail, write into theirs, those of their people included. */
const HELPDESK = [
  'x-servicenow-generated',
  'x-sfdc-emailcategory',
  'x-otrs-loop',
  'x-rt-loop-prevention',
  'x-jira-fingerprint',
  'x-spamarrest-verification',
  'x-bluebottle-request',
];

/** Alerts, web forms, reports, cron: written by a program, but maybe about something a person has to do. */
function generated(mail: IncomingMail): string | null {
  return (
    autoSubmitted(mail) ??
    precedenceReply(mail) ??
    anyField(mail, [
      'x-autogenerated',
      'x-auto-generated',
      'x-fc-machinegenerated',
      'x-cron-env',
      'x-loop',
      'tls-report-domain',
      ...HELPDESK,
    ]) ??
    field(mail, 'x-amazon-mail-relay-type', /^notification$/i) ??
    // The subject of an aggregate report, RFC 7489 section 7.2.1.1.
    (/\breport domain: ?\S{1,255}\.\S/i.test(mail.subject) ? `Subject: ${mail.subject}` : null)
  );
}

function mailboxNobodyReads(mail: IncomingMail): string | null {
  const address = mail.from?.address ?? '';
  return isFromDaemon(mail) || isReadByNobody(address) ? `From: ${address}` : null;
}

function disclaimer(mail: IncomingMail): string | null {
  const words = disclaimerIn(mail.text);
  return words === null ? null : `the words: ${words}`;
}
