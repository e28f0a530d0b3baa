import type { Authentication } from './authentication.js';
import type { Automatic } from './automatic.js';
import type { Bounce } from './bounce.js';
import type { Writer } from './writer.js';

/** The form fields of `tickets_create.php`, under the API's own names. Clamped and cleaned: they can be sent as they are. */
export interface TicketRequest {
  readonly subject: string;
  readonly message: string;
  readonly user_email: string;
  readonly name?: string;
  readonly company?: string;
  readonly priority?: Priority;
  readonly category_id?: number;
  /** Custom field id to value. */
  readonly custom_fields?: Readonly<Record<string, string>>;
}

/** The form fields of `ticket_reply.php` but the ticket's id, which the reply gate settles. */
export interface ReplyRequest {
  readonly message: string;
  readonly user_email: string;
}

export type Priority = 'low' | 'medium' | 'high';

/** What shall become of a mail. */
export type Decision =
  | { readonly kind: 'create'; readonly ticket: TicketRequest }
  | {
      readonly kind: 'reply';
      /** The ids of the subject's tags, in their order; the first that is open to the writer gets the reply. */
      readonly ticketIds: readonly number[];
      /** Message-IDs of the mails it answers, the nearest first; where one became a ticket, that one is tried after the tags'. */
      readonly parents: readonly string[];
      readonly writer: Writer;
      readonly reply: ReplyRequest;
      /** The ticket that is made instead where none is open, but for the lines of notice.ts. */
      readonly otherwise: TicketRequest;
      /** Whether that ticket is marked as of an unverified sender in any case. */
      readonly mark: boolean;
    }
  | { readonly kind: 'ignore' };

/** One rule that was asked, its answer and its evidence. */
export interface TraceStep {
  readonly rule: string;
  readonly matched: boolean;
  /** What of the mail decided it; never more of the body than a line. */
  readonly evidence: string;
}

/** The decision with its reasons. */
export interface Judgement {
  readonly decision: Decision;
  /** One short sentence for logs and people. */
  readonly reason: string;
  readonly trace: readonly TraceStep[];
  /** What an agent would read: of a new ticket the whole text, of a reply the new words only. */
  readonly text: string;
  /** What was cut off, '' where nothing was. */
  readonly quoted: string;
  /** Whether a person or a program wrote the mail. */
  readonly automatic: Automatic;
  /** Whether the mail is from whom it says. */
  readonly authentication: Authentication['verdict'];
  /** The addresses in From, To and Cc but our own, lower case, at most MAX_PEOPLE_KEPT; none where the sender should be verified and is not. */
  readonly people: readonly string[];
  /** Of a bounce, what could not be delivered to whom; null of any other mail and where it does not tell. */
  readonly bounce: Bounce | null;
}

/** What the queue keeps of it: the words that an agent will read stand in the decision. */
export type QueuedJudgement = Omit<Judgement, 'text' | 'quoted'>;
