import { MAX_BOUNCE_TEXT_CHARACTERS } from '../limits.js';
import { hasNullReturnPath, isFromDaemon, isFromPostmaster, isUnread, isWrittenByPerson } from './authorship.js';
import { header, type IncomingMail, type ReportPart } from './message.js';
import type { MailPolicy } from './policy.js';

/**
 * Signs that a mail without a machine-readable report is a bounce all the same: old and small mail servers write to people
 * only. No single sign is enough, since each of them stands in ordinary mail too: a customer pastes the bounce he got, a
 * shop's contact form with a null return path says "Delivery failed" of a parcel. Without a sign of the sender nothing counts.
 */
interface Sign {
  readonly name: string;
  readonly weight: number;
  readonly of: 'sender' | 'content';
  readonly in: (mail: IncomingMail, text: string, policy: Pick<MailPolicy, 'ownAddresses'>) => boolean;
}

/** The sum of weights from which a mail counts as a bounce: words alone never reach it, a sender alone neither. */
const ENOUGH = 5;

const SIGNS: readonly Sign[] = [
  { name: 'sent by a mail daemon', weight: 3, of: 'sender', in: isFromDaemon },
  { name: 'null return path', weight: 2, of: 'sender', in: hasNullReturnPath },
  { name: 'sent by the postmaster', weight: 2, of: 'sender', in: isFromPostmaster },
  { name: 'sent by a machine', weight: 1, of: 'sender', in: (mail) => isUnread(mail.from?.address ?? '') },
  { name: 'X-Failed-Recipients', weight: 2, of: 'content', in: (mail) => header(mail, 'x-failed-recipients') !== null },
  { name: 'the returned mail as a part', weight: 2, of: 'content', in: returnsPart },
  { name: 'the returned mail in the text', weight: 1, of: 'content', in: returnsText },
  { name: 'the returned mail is ours', weight: 1, of: 'content', in: returnsOurs },
  { name: 'the subject of a bounce', weight: 1, of: 'content', in: (mail) => SUBJECT.test(mail.subject) },
  { name: 'the words of a bounce', weight: 1, of: 'content', in: (_mail, text) => WORDS.test(text) },
  { name: 'an SMTP reply', weight: 1, of: 'content', in: (_mail, text) => SMTP_REPLY.test(text) },
  // A postmaster at his desk, or a customer whose mail was forwarded with a null return path.
  { name: 'written by a person', weight: -2, of: 'content', in: isWrittenByPerson },
];

/** The signs that make a mail a bounce, as one line, or null where they are not enough. */
export function bounceSigns(mail: IncomingMail, policy: Pick<MailPolicy, 'ownAddresses'>): string | null {
  const text = mail.text.slice(0, MAX_BOUNCE_TEXT_CHARACTERS);
  const seen = SIGNS.filter((sign) => sign.in(mail, text, policy));
  if (!seen.some((sign) => sign.of === 'sender')) return null;
  if (!isFromDaemon(mail) && !isFromPostmaster(mail) && !namesLostMail(mail, text)) return null;
  const weight = seen.reduce((sum, sign) => sum + sign.weight, 0);
  return weight >= ENOUGH ? seen.map((sign) => sign.name).join(', ') : null;
}

const RETURNED: ReadonlySet<string> = new Set(['message/rfc822', 'text/rfc822-headers', 'message/global']);

/** The parts that hold the header of the mail that came back. */
export function returnedParts(mail: IncomingMail): readonly ReportPart[] {
  return mail.reports.filter(({ contentType }) => RETURNED.has(contentType));
}

function returnsPart(mail: IncomingMail): boolean {
  // Outside a multipart/report the parser cannot know that it came back: there it is an attached mail.
  return returnedParts(mail).length > 0 || mail.attachments.some(({ contentType }) => RETURNED.has(contentType));
}

/**
 * Shops and alarms write from the null address too, and of failed deliveries. Where no mail server names itself as the author,
 * the mail has to show which one was lost.
 */
function namesLostMail(mail: IncomingMail, text: string): boolean {
  return returnsPart(mail) || returnsText(mail, text) || header(mail, 'x-failed-recipients') !== null;
}

/** What servers write over the mail that came back; "-----Original Message-----" is a mail program's. */
const RETURN_TITLE = new RegExp(
  `^[ \\t]{0,20}[-=_*]{0,20} ?(?:the )?(?:${[
    '(?:original message|message headers?) (?:as received )?(?:follows?|is)',
    'header (?:of the original message|and top \\d{1,4} lines of the message)',
  ].join('|')})\\b`,
  'im',
);

/** Three fields of a header at the start of lines, or a title over them. Quoted ones (`> From:`) are a conversation, not a bounce. */
function returnsText(mail: IncomingMail, text: string): boolean {
  if (returnsPart(mail)) return false;
  if (RETURN_TITLE.test(text)) return true;
  const fields = text.match(/^(?:return-path|received|message-id|mime-version|from|to|subject|date):/gim) ?? [];
  return new Set(fields.map((field) => field.toLowerCase())).size >= 3;
}

function returnsOurs(mail: IncomingMail, text: string, { ownAddresses }: Pick<MailPolicy, 'ownAddresses'>): boolean {
  const authors = [...returnedParts(mail).map((part) => part.text), text].flatMap(
    (part) => part.match(/^from:[^\n]{0,998}/gim)?.map((line) => line.toLowerCase()) ?? [],
  );
  return ownAddresses.some((own) => authors.some((author) => author.includes(own)));
}

/** Anchored: people write these words too, but in the middle of a subject or after a `Re:`. */
const SUBJECT = new RegExp(
  `^\\s*(?:${[
    // English: postfix, exim, qmail, sendmail, Exchange, Gmail, Yahoo and their kin
    'undeliver(?:able|ed)\\b',
    'returned (?:e?mail|message)\\b',
    'e?mail (?:delivery (?:fail|error|problem|status)|fail|could not|not delivered|system error|undeliver|returned)',
    '(?:permanent |temporary )?deliver(?:y|ies) (?:has |have )?(?:fail|error|problem|report|delay|status|notification|incomplete|unsuccessful)',
    'fail(?:ure|ed) (?:notice|delivery|mail|notification)',
    'message (?:delivery|undeliverable|could not|not delivered|status)',
    'warning: (?:message|could not send|e?mail) ',
    '(?:could not|unable to|cannot) (?:send|deliver)',
    'non-?deliver',
    'delayed mail',
    'there was an error sending your mail',
    'bounce(?:d)?\\b.{0,20}(?:notif|mail|message)|e?mail bounce',
    'postfix smtp server: errors',
    'nondeliverable',
    // Exchange and Outlook, Gmail and providers in other languages
    'unzustellbar|nicht zustellbar|zustellung fehlgeschlagen|fehler bei der zustellung|(?:ihre )?nachricht nicht zugestellt',
    'non remis|non distribu|[ée]chec (?:de |d.)(?:la )?(?:remise|livraison|distribution)|message non ',
    'no se (?:puede|pudo) entregar|(?:mensaje|correo) no (?:entregado|enviado)|error (?:de|en la) entrega|no entregado',
    'impossibile recapitare|mancat[oa] (?:recapito|consegna)|non recapitabile|mancata consegna|notifica (?:di|sullo) stato',
    'n[ãa]o (?:entregue|foi poss[ií]vel entregar|[ée] poss[ií]vel entregar)|mensagem n[ãa]o entregue|falha na entrega',
    'onbestelbaar|niet bezorgd|kan niet worden bezorgd',
    'g[åa]r inte att leverera|kunde inte leverera|kan ikke leveres|ikke leveret|kunne ikke leveres|kunne ikke levere',
    'niedostarcz|nie można dostarczyć|nie dostarczono|zwrot poczty',
    'nedoručit|doručení se nezdařilo|kézbesíthetetlen|nelivrat|teslim edilemedi|iletilemedi|toimittaminen epäonnistui',
    'недоставлен|не доставлен|не удалось доставить|ваше сообщение не доставлено|невозможно доставить|не вдалося доставити',
    'メールエラー|配信不能|配信できません|配信エラー|未配信|送信エラー|送信できません|不達',
    '无法投递|无法送达|未送达|未能送达|系统退信|退信|邮件被退回|無法傳遞|無法投遞|未傳遞|傳送失敗|退信通知',
    '배달되지|배달 실패|전송 실패|반송',
  ].join('|')})`,
  'iu',
);

const WORDS = new RegExp(
  [
    "(?:could|can|was|were|has|have|is|did|will|do)(?: ?n[o'’]t)(?: yet| be| been)*(?: able to)? (?:deliver|reach the following|accept|be delivered|send)",
    '(?:unable|wasn.t able|not able|failed|impossible) to (?:deliver|send|relay|reach)',
    'deliver(?:y|ing)?[^.\\n]{0,40}(?:fail|has been rejected|error|delayed|not possible|impossible)|fail(?:ed|ure)?[^.\\n]{0,20}deliver',
    'undeliver(?:able|ed)|non-?deliver|returned (?:to (?:the )?sender|mail|message)|bounced? (?:back|mail|message|notif)',
    'permanent (?:fatal )?(?:error|failure)|fatal errors|transcript of (?:the )?session|failure reason|returned message',
    'user(?:\\(s\\))? (?:unknown|account|not found|is not)|unknown (?:user|recipient|mailbox)|no such (?:user|recipient|mailbox|person)',
    'mailbox[^.\\n]{0,20}full|over (?:the )?quota|quota exceeded|account is (?:disabled|inactive|suspended)|address rejected|message rejected',
    'created automatically by (?:the )?mail|mail deliver(?:y|) (?:sub)?system|error sending your mail|could not be (?:sent|delivered)',
    'nicht zugestellt|unzustellbar|nicht zustellbar|n.a pas pu [êe]tre (?:remis|distribu|livr)|non remis|no (?:se )?(?:pudo|ha podido|puede) (?:ser )?entrega',
    'non [èe] stato (?:possibile )?(?:recapita|consegna)|impossibile (?:recapitare|consegnare)|n[ãa]o (?:p[ôo]de|foi poss[ií]vel) (?:ser )?entreg',
    'niet (?:worden )?(?:bezorgd|afgeleverd)|kunde inte levereras|kunne ikke leveres|nie (?:można|udało się) dostarczyć|не (?:может быть|было|удалось) доставл',
    '(?:送信|配信|配送|配達)(?:でき|に失敗|不能)|宛先|見つかりません|エラーメッセージ|无法(?:投递|送达|发送)|退信|無法(?:傳遞|投遞)|배달(?:되지|할 수)|반송',
  ].join('|'),
  'iu',
);

/** A reply line with its code (RFC 5321 section 4.2), an enhanced status (RFC 3463), or qmail's `(#5.1.1)`. Not "450 euro". */
const SMTP_REPLY =
  /^[>< ]{0,8}[45]\d\d[ -](?:#?[45]\.\d{1,3}\.\d{1,3}\b|[^\d\s])|(?:said|with|error|response|reply|after [a-z: ]{1,20})\W{1,4}(?:host \S{1,255} )?[45]\d\d[ -]|\b[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}\b|#[45]\.\d{1,3}\.\d{1,3}\b|\bstatus: ?[45]\.\d{1,3}\.\d{1,3}/im;
