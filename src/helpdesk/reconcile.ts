import { MAX_CANDIDATES } from '../limits.js';
import type { ReplyRequest, TicketRequest } from '../mail/decision.js';
import { withoutNotice } from '../mail/notice.js';
import type { TicketReply, TicketSummary, TicketView } from './answers.js';
import type { HelpdeskClient } from './client.js';
import { endsWithText, isSameText } from './same-text.js';

/*
 * Did an earlier attempt get through? The API takes no idempotency key, so the only way to know is to look for what that
 * attempt would have left behind.
 */

/**
 * What other mails hold already. The ledger answers. It is asked last, of what would be adopted if it were free: an answer of
 * "free" may hold it for this mail from then on, so that two that look at the same time cannot both have it.
 */
export interface Claims {
  /**
   * Whether another mail's entry holds this ticket: of two mails with the same words each must get its own.
   * @param alike whether the ticket is this mail's by its words only, and every other such ticket is asked about too: then it
   *   counts as taken where a mail in the same words must have made one
   */
  isTaken(ticketId: string, alike: boolean): Promise<boolean>;
  /** Those of these tickets that other mails hold, so that they need not be looked at. It holds none. */
  heldByOthers?(ticketIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** The same for a reply. Without it, of two equal answers to one ticket the second may take the first for its own. */
  isReplyTaken?(replyId: string): Promise<boolean>;
}

/** How the mail's own ticket is told from others. */
export interface Recognition {
  /** INTERNALDATE of the mail; what was made before it came is not its own. Null where it is not known. */
  readonly receivedAt: Date | null;
  /** The custom field that carries the Message-ID, and its value for this mail. It decides where the ticket has it filled in. */
  readonly messageIdField: { readonly id: string; readonly value: string } | null;
}

/** How the mail's own reply is told from others. */
export interface ReplyRecognition extends Pick<Recognition, 'receivedAt'> {
  /** Replies that stood in the ticket before anything was posted of this mail. The ledger may not know any more whose they are. */
  readonly repliesBefore: readonly string[];
}

/**
 * The helpdesk's dates have no time zone: read as UTC, one from a server at UTC-12 looks 12 hours too early. The rest is for
 * clocks that go wrong. So a date can rule out yesterday's tickets, and no more.
 */
const DATE_MARGIN_MS = 14 * 60 * 60 * 1000;

/**
 * The sender's ticket that an earlier attempt made of this request, or null. Looks at the newest MAX_CANDIDATES tickets with
 * the same subject that no other mail holds, each of which costs a call. Rejects as the client does: then nothing is known.
 */
export async function findTicket(
  helpdesk: Pick<HelpdeskClient, 'listTickets' | 'viewTicket'>,
  ticket: TicketRequest,
  by: Recognition,
  claims: Claims,
): Promise<string | null> {
  const tickets = await helpdesk.listTickets(ticket.user_email);
  const candidates = tickets
    .filter((candidate) => isSameText(ticket.subject, candidate.subject) && isRecent(candidate.created_at, by))
    .sort(newestFirst);
  const held = await claims.heldByOthers?.(candidates.map(({ id }) => id));
  const free = candidates.filter(({ id }) => !held?.has(id));
  // Where some are not looked at, one that is seen must not pass for that of an equal mail, whose own may be among those.
  const all = free.length <= MAX_CANDIDATES;
  for (const { id } of free.slice(0, MAX_CANDIDATES)) {
    const view = await helpdesk.viewTicket(id, ticket.user_email);
    const known = view && knownBy(view, ticket, by);
    if (known && !(await claims.isTaken(id, all && known === 'words'))) return id;
  }
  return null;
}

/** The ids of the replies in a ticket that say the same, the latest MAX_CANDIDATES of them. */
export function repliesOf(view: TicketView, message: string): string[] {
  return view.replies
    .filter((reply) => isSameReply(message, reply))
    .map(({ id }) => id)
    .slice(-MAX_CANDIDATES);
}

/** The reply in a ticket that an earlier attempt made of this message, or null. */
export async function findReply(
  view: TicketView,
  message: string,
  by: ReplyRecognition,
  claims: Claims,
): Promise<string | null> {
  for (const reply of view.replies) {
    if (by.repliesBefore.includes(reply.id)) continue;
    if (!isRecent(reply.created_at, by) || !isSameReply(message, reply)) continue;
    if (!(await claims.isReplyTaken?.(reply.id))) return reply.id;
  }
  return null;
}

/**
 * The same where nothing tells any more which ticket an earlier attempt wrote into: the ledger that knew the mail which this one
 * answers is lost, or the gate has shut since. Looks at the sender's MAX_CANDIDATES latest tickets whose subject the mail's ends with.
 */
export async function findReplyAnywhere(
  helpdesk: Pick<HelpdeskClient, 'listTickets' | 'viewTicket'>,
  { user_email, message }: ReplyRequest,
  subject: string,
  by: ReplyRecognition,
  claims: Claims,
): Promise<{ ticketId: string; replyId: string } | null> {
  const tickets = await helpdesk.listTickets(user_email);
  const candidates = tickets.filter((ticket) => endsWithText(subject, ticket.subject));
  for (const { id } of candidates.slice(0, MAX_CANDIDATES)) {
    const view = await helpdesk.viewTicket(id, user_email);
    const replyId = view && (await findReply(view, message, by, claims));
    if (replyId) return { ticketId: id, replyId };
  }
  return null;
}

/** Whether the sender could be verified may have changed between two attempts, and with it the mark. */
function isSameReply(message: string, reply: TicketReply): boolean {
  return isSameText(withoutNotice(message), withoutNotice(reply.message));
}

/** By what a ticket is known as the mail's own; null where it is not. */
function knownBy(
  view: TicketView,
  ticket: TicketRequest,
  { messageIdField }: Recognition,
): 'message-id' | 'words' | null {
  const messageId = messageIdField && view.custom_fields[messageIdField.id]?.value;
  if (messageId) return isSameText(messageIdField.value, messageId) ? 'message-id' : null;
  return isSameText(withoutNotice(ticket.message), withoutNotice(view.ticket.message)) ? 'words' : null;
}

function isRecent(createdAt: string, { receivedAt }: Pick<Recognition, 'receivedAt'>): boolean {
  const time = asUtc(createdAt);
  // A mail of the future says nothing of when it came.
  if (receivedAt === null || Number.isNaN(time) || receivedAt.getTime() > Date.now()) return true;
  return time >= receivedAt.getTime() - DATE_MARGIN_MS;
}

function newestFirst(a: TicketSummary, b: TicketSummary): number {
  // Ids count up, so they order tickets of one second, and all of them where there are no dates.
  return asUtc(b.created_at) - asUtc(a.created_at) || Number(b.id) - Number(a.id);
}

/** `2024-06-01 12:00:00`, or a date that names its zone; NaN where it is neither. */
function asUtc(date: string): number {
  return Date.parse(/^\d{4}-\d\d-\d\d[ T][\d:.]+$/.test(date) ? `${date.replace(' ', 'T')}Z` : date);
}
