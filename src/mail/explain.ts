import type { Automatic } from './automatic.js';
import type { Bounce } from './bounce.js';
import { cleanLine } from './clean.js';
import { judge } from './decide.js';
import type { Decision, ReplyRequest, TicketRequest, TraceStep } from './decision.js';
import type { Address, Attachment } from './message.js';
import { isSurelyNew, ticketInstead } from './notice.js';
import { parseMail } from './parse.js';
import type { MailPolicy } from './policy.js';

/**
 * What becomes of a mail, and why: the JSON that the `explain` command prints. Everything in it is cleaned, since it ends
 * on terminals, where control characters are commands.
 */
export interface Explanation {
  readonly decision: Decision['kind'];
  readonly reason: string;
  /** Of a reply, the ticket tried first. */
  readonly ticketId: number | null;
  /** The form fields that would be sent; null where nothing would. */
  readonly request: TicketRequest | (ReplyRequest & { readonly ticket_id: number }) | null;
  readonly mail: {
    readonly messageId: string | null;
    readonly from: Address | null;
    readonly to: readonly Address[];
    readonly subject: string;
    /** ISO 8601 in UTC. */
    readonly date: string | null;
    /** What an agent would read: of a reply the new words only. */
    readonly text: string;
    /** What was cut off as quoted. */
    readonly quoted: string;
    readonly attachments: readonly Pick<Attachment, 'filename' | 'contentType' | 'bytes'>[];
  };
  readonly automatic: Pick<Automatic, 'kind' | 'evidence'>;
  /** Only of bounces. */
  readonly bounce?: Bounce;
  readonly trace: readonly TraceStep[];
}

/** Judges the bytes of a mail without doing anything about it. Never rejects, however broken the mail is. */
export async function explain(bytes: Uint8Array, policy: MailPolicy): Promise<Explanation> {
  const mail = await parseMail(bytes);
  const { decision: judged, reason, text, quoted, automatic, bounce, trace } = judge(mail, policy);
  const decision = withoutLedger(judged);
  return {
    decision: decision.kind,
    reason,
    ticketId: decision.kind === 'reply' ? (decision.ticketIds[0] ?? null) : null,
    request: requestOf(decision),
    mail: {
      messageId: mail.messageId && cleanLine(mail.messageId),
      from: mail.from && shownAddress(mail.from),
      to: mail.to.map(shownAddress),
      subject: cleanLine(mail.subject),
      date: isoDate(mail.date),
      text,
      quoted,
      attachments: mail.attachments.map(({ filename, contentType, bytes }) => ({
        filename: cleanLine(filename),
        contentType: cleanLine(contentType),
        bytes,
      })),
    },
    automatic: { kind: automatic.kind, evidence: automatic.evidence },
    ...(bounce !== null && { bounce }),
    trace,
  };
}

/** What comes of a decision where no ledger knows the mails that this one answers. */
function withoutLedger(decision: Decision): Decision {
  return decision.kind === 'reply' && isSurelyNew(decision)
    ? { kind: 'create', ticket: ticketInstead(decision, decision.ticketIds.map(String)) }
    : decision;
}

function requestOf(decision: Decision): Explanation['request'] {
  switch (decision.kind) {
    case 'create':
      return decision.ticket;
    case 'reply':
      return { ticket_id: decision.ticketIds[0] ?? 0, ...decision.reply };
    case 'ignore':
      return null;
  }
}

function shownAddress({ address, name }: Address): Address {
  return { address: cleanLine(address), name: cleanLine(name) };
}

/** A Date header can hold a date beyond the range of Date, for which toISOString throws. */
function isoDate(date: Date | null): string | null {
  return date === null || Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** The explanation as text for a terminal. */
export function renderExplanation(e: Explanation): string {
  const { message, ...fields } = e.request ?? { message: e.mail.text };
  return [
    `${headline(e)}\n${e.reason}`,
    section('Mail', [
      ['from', e.mail.from === null ? '(nobody)' : mailbox(e.mail.from)],
      ['to', e.mail.to.map(mailbox).join(', ')],
      ['subject', e.mail.subject],
      ['date', e.mail.date ?? ''],
      ['message-id', e.mail.messageId ?? ''],
      ['written by', e.automatic.kind === 'none' ? 'a person' : `${e.automatic.kind} (${e.automatic.evidence})`],
      ...(e.bounce?.recipients ?? []).map(({ address, status }) => ['bounced', `${address} ${status}`] as const),
    ]),
    section('Sent to the helpdesk', Object.entries(fields).flatMap(formField)),
    block(e.request === null ? 'Text (not sent)' : 'Message', message),
    block('Cut off as quoted', e.mail.quoted),
    rules(e.trace),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function headline({ decision, ticketId }: Explanation): string {
  if (decision === 'reply') return `REPLY to ticket #${ticketId}`;
  return decision === 'create' ? 'CREATE a ticket' : 'IGNORE';
}

function mailbox({ address, name }: Address): string {
  return name === '' ? address : `${name} <${address}>`;
}

/** `custom_fields` has a row for each of its fields. */
function formField([name, value]: [string, unknown]): (readonly [string, string])[] {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).map(([id, text]) => [`${name}[${id}]`, String(text)] as const)
    : [[name, String(value)]];
}

/** Rows without a value are left out, and a section without rows too. */
function section(title: string, rows: readonly (readonly [string, string])[]): string {
  const told = rows.filter(([, value]) => value !== '');
  return told.length === 0 ? '' : [title, ...told.map(([name, value]) => row(name, value))].join('\n');
}

function row(name: string, value: string, width = 18): string {
  return `  ${name.padEnd(width)} ${value}`;
}

function rules(trace: readonly TraceStep[]): string {
  const names = trace.map(({ rule, matched }) => `${matched ? '✓' : '·'} ${rule}`);
  const width = Math.max(...names.map(({ length }) => length));
  return ['Rules', ...trace.map(({ evidence }, i) => row(names[i] ?? '', evidence, width))].join('\n');
}

function block(title: string, text: string): string {
  return text === '' ? '' : [title, ...text.split('\n').map((line) => `  | ${line}`.trimEnd())].join('\n');
}
