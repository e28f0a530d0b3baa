import type { Automatic } from './automatic.js';
import type { Bounce } from './bounce.js';
import { judge } from './decide.js';
import type { Decision, ReplyRequest, TicketRequest, TraceStep } from './decision.js';
import type { Address, Attachment } from './message.js';
import { parseMail } from './parse.js';
import type { MailPolicy } from './policy.js';

/** What became or would become of a mail, and why: the JSON that the `explain` command prints. */
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
  const { decision, reason, text, quoted, automatic, bounce, trace } = judge(mail, policy);
  return {
    decision: decision.kind,
    reason,
    ticketId: decision.kind === 'reply' ? (decision.ticketIds[0] ?? null) : null,
    request: requestOf(decision),
    mail: {
      messageId: mail.messageId,
      from: mail.from,
      to: mail.to,
      subject: mail.subject,
      date: isoDate(mail.date),
      text,
      quoted,
      attachments: mail.attachments.map(({ filename, contentType, bytes }) => ({ filename, contentType, bytes })),
    },
    automatic: { kind: automatic.kind, evidence: automatic.evidence },
    ...(bounce !== null && { bounce }),
    trace,
  };
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

/** A Date header can hold a date beyond the range of Date, for which toISOString throws. */
function isoDate(date: Date | null): string | null {
  return date === null || Number.isNaN(date.getTime()) ? null : date.toISOString();
}
