import type { Decision, TicketRequest } from '../mail/decision.js';
import type { Outcome } from '../mail/outcome.js';
import type { HelpdeskClient } from './client.js';
import { firstOwnTicket } from './gate.js';
import { type Claims, findReply, findTicket, type Recognition } from './reconcile.js';

/** The calls that delivery makes; a HelpdeskClient, or what stands in for one. */
export type Helpdesk = Pick<HelpdeskClient, 'createTicket' | 'listTickets' | 'viewTicket' | 'replyToTicket'>;

/** One attempt to deliver one mail. */
export interface Delivery extends Recognition {
  readonly decision: Exclude<Decision, { kind: 'ignore' }>;
  /**
   * Whether an earlier attempt may have got through: on every attempt but the first, and on that too where the ledger was
   * lost. It stays true once it was: the last attempt may never have left, the one before it may have been carried out.
   */
  readonly lookFirst: boolean;
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

  const { ticketIds, reply, otherwise } = decision;
  const own = await firstOwnTicket(helpdesk, ticketIds, reply.user_email);
  if (own === null) {
    return { ...(await create(helpdesk, otherwise, delivery, claims)), note: noteAbout(ticketIds) };
  }
  const ticketId = own.ticket.id;
  const earlier = lookFirst ? await findReply(own, reply.message, delivery, claims) : null;
  const replyId = earlier ?? (await helpdesk.replyToTicket({ ticket_id: ticketId, ...reply }));
  return { kind: 'replied', ticketId, adopted: earlier !== null, ...(replyId !== null && { replyId }) };
}

async function create(
  helpdesk: Helpdesk,
  ticket: TicketRequest,
  delivery: Delivery,
  claims: Claims,
): Promise<Extract<Outcome, { kind: 'created' }>> {
  const earlier = delivery.lookFirst ? await findTicket(helpdesk, ticket, delivery, claims) : null;
  return {
    kind: 'created',
    ticketId: earlier ?? (await helpdesk.createTicket(ticket)),
    adopted: earlier !== null,
  };
}

/** For the ledger; the agent reads the like at the head of the ticket, where the decision put it. */
function noteAbout(ticketIds: readonly number[]): string {
  const ids = ticketIds.map((id) => `#${id}`).join(', ');
  return ticketIds.length === 1
    ? `The subject names ticket ${ids}, which is not one of this sender's tickets, so this is a new ticket.`
    : `The subject names tickets ${ids}, none of which is this sender's, so this is a new ticket.`;
}
