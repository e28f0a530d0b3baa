import { HelpdeskRefusedError } from '../errors.js';
import { MAX_SUBJECT_TAGS } from '../limits.js';
import type { TicketView } from './answers.js';
import type { HelpdeskClient } from './client.js';

/**
 * The first of these tickets that is the sender's own, or null. `ticket_reply.php` checks nothing, so this is all that keeps
 * a guessed `[#12]` from writing into a stranger's ticket.
 *
 * Rejects as the client does where the helpdesk cannot tell: an error is no "no", else an outage would turn every answer of a
 * customer into a new ticket.
 */
export async function firstOwnTicket(
  helpdesk: Pick<HelpdeskClient, 'viewTicket'>,
  ticketIds: readonly number[],
  sender: string,
): Promise<TicketView | null> {
  for (const id of ticketIds.slice(0, MAX_SUBJECT_TAGS)) {
    const view = await viewOrRefused(helpdesk, String(id), sender);
    if (view && belongsTo(view, sender)) return view;
  }
  return null;
}

/** A refusal in other words than "not found" is a no as well: `[#0]` counts as no id at all. */
async function viewOrRefused(
  helpdesk: Pick<HelpdeskClient, 'viewTicket'>,
  ticketId: string,
  sender: string,
): Promise<TicketView | null> {
  try {
    return await helpdesk.viewTicket(ticketId, sender);
  } catch (error) {
    if (error instanceof HelpdeskRefusedError) return null;
    throw error;
  }
}

/**
 * The server also grants a ticket whose *name* is the sender's address, which whoever opened it could choose, and MariaDB
 * compares without regard to accents: `víctim@` passes for `victim@`. So where the ticket has an address, it must be the sender's.
 */
function belongsTo({ ticket }: TicketView, sender: string): boolean {
  const owner = ticket.email || ticket.name;
  return owner === '' || owner.trim().toLowerCase() === sender.trim().toLowerCase();
}
