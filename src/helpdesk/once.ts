import type { Decision, TicketRequest } from '../mail/decision.js';
import { refusalOf, ticketInstead } from '../mail/notice.js';
import type { Outcome } from '../mail/outcome.js';
import type { HelpdeskClient } from './client.js';
import { type Caller, openTickets } from './gate.js';
import {
  type Claims,
  findReply,
  findReplyAnywhere,
  findTicket,
  type Recognition,
  type ReplyRecognition,
  repliesOf,
} from './reconcile.js';

/** The calls that delivery makes; a HelpdeskClient, or what stands in for one. */
export type Helpdesk = Pick<HelpdeskClient, 'createTicket' | 'listTickets' | 'viewTicket' | 'replyToTicket'>;

/** One attempt to deliver one mail. */
export interface Delivery extends Recognition, ReplyRecognition, Pick<Caller, 'known'> {
  readonly decision: Exclude<Decision, { kind: 'ignore' }>;
  /**
   * Whether an earlier attempt may have got through: on every attempt but the first, and on that too where the ledger was
   * lost. It stays true once it was: the last attempt may never have left, the one before it may have been carried out.
   */
  readonly lookFirst: boolean;
  /** The tickets of the mails that this one answers, the nearest first. */
  readonly parents: readonly string[];
  /** Called on the first attempt with the replies that say the same and are not of this mail: `repliesBefore` of the next attempts. */
  readonly noteReplies: (ids: readonly string[]) => Promise<void>;
  /** Called before a ticket is made, once it is known that no earlier attempt has made it; rejects where its turn has not come. */
  readonly awaitTurn: () => Promise<void>;
  /** Called right before anything is posted; rejects where the mail is in other hands by now. */
  readonly mustBeOurs: () => Promise<void>;
}

/**
 * Brings a mail to the helpdesk once. Where an earlier attempt may have got through it looks for what that one left, and
 * adopts it instead of posting again.
 *
 * Rejects with the client's errors (failure-classes.ts says what then) or the ledger's; called again with `lookFirst` it
 * picks up from there.
 */
export async function deliver(helpdesk: Helpdesk, delivery: Delivery, claims: Claims): Promise<Outcome> {
  const { decision, lookFirst } = delivery;
  if (decision.kind === 'create') return create(helpdesk, decision.ticket, delivery, claims);

  const { ticketIds, writer, reply } = decision;
  const candidates = [...new Set([...ticketIds.map(String), ...delivery.parents])];
  const instead = ticketInstead(decision, candidates);
  const note = candidates.length > 0 ? { note: refusalOf(decision, candidates) } : {};
  // The gate may have been shut to the earlier attempt and be open now: then what that one left is a ticket.
  const made = lookFirst ? await findTicket(helpdesk, instead, delivery, claims) : null;
  if (made !== null) return { kind: 'created', ticketId: made, adopted: true, ...note };

  const caller = { writer, address: reply.user_email, known: delivery.known };
  let ticketId: string | null = null;
  for await (const open of openTickets(helpdesk, candidates, caller)) {
    ticketId ??= open.ticket.id;
    if (!lookFirst) {
      const others = repliesOf(open, reply.message);
      if (others.length > 0) await delivery.noteReplies(others);
      break;
    }
    // In any of them: the ledger may have learnt of a nearer one since.
    const replyId = await findReply(open, reply.message, delivery, claims);
    if (replyId !== null) return { kind: 'replied', ticketId: open.ticket.id, adopted: true, replyId };
  }
  if (ticketId === null) {
    const earlier = lookFirst ? await findReplyAnywhere(helpdesk, reply, instead.subject, delivery, claims) : null;
    if (earlier !== null) return { kind: 'replied', adopted: true, ...earlier };
    await delivery.awaitTurn();
    await delivery.mustBeOurs();
    return { kind: 'created', ticketId: await helpdesk.createTicket(instead), adopted: false, ...note };
  }
  await delivery.mustBeOurs();
  const replyId = await helpdesk.replyToTicket({ ticket_id: ticketId, ...reply });
  return { kind: 'replied', ticketId, adopted: false, ...(replyId !== null && { replyId }) };
}

async function create(helpdesk: Helpdesk, ticket: TicketRequest, delivery: Delivery, claims: Claims): Promise<Outcome> {
  const earlier = delivery.lookFirst ? await findTicket(helpdesk, ticket, delivery, claims) : null;
  if (earlier !== null) return { kind: 'created', ticketId: earlier, adopted: true };
  await delivery.awaitTurn();
  await delivery.mustBeOurs();
  return { kind: 'created', ticketId: await helpdesk.createTicket(ticket), adopted: false };
}
