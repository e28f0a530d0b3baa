import { HelpdeskRefusedError } from '../errors.js';
import { MAX_TICKETS_ASKED } from '../limits.js';
import type { KnownTicket } from '../mail/ledger-entry.js';
import type { Writer } from '../mail/writer.js';
import type { TicketView } from './answers.js';
import type { HelpdeskClient } from './client.js';

/** Somebody who wants to write into a ticket that is there already. */
export interface Caller {
  readonly writer: Writer;
  /** The address the reply would be posted under. */
  readonly address: string;
  /** What the ledger knows of a ticket; null where it was made of no mail, or too long ago. */
  readonly known: (ticketId: string) => Promise<KnownTicket | null>;
}

type Viewer = Pick<HelpdeskClient, 'viewTicket'>;

/**
 * Those of these tickets that are open to the caller, in their order, each asked for as it is taken. `ticket_reply.php` checks
 * nothing, so this is all that keeps a guessed `[#12]` or a forged In-Reply-To from writing into a stranger's ticket, or into
 * one that does not exist.
 *
 * Rejects as the client does where the helpdesk cannot tell: an error is no "no", else an outage would turn every answer of a
 * customer into a new ticket.
 */
export async function* openTickets(
  helpdesk: Viewer,
  ticketIds: readonly string[],
  caller: Caller,
): AsyncGenerator<TicketView> {
  for (const id of ticketIds.slice(0, MAX_TICKETS_ASKED)) {
    const view = await openedTo(helpdesk, id, caller);
    if (view) yield view;
  }
}

async function openedTo(helpdesk: Viewer, id: string, { writer, address, known }: Caller): Promise<TicketView | null> {
  switch (writer.kind) {
    case 'nobody':
      return null;
    case 'customer': {
      const own = await ticketOf(helpdesk, id, address);
      if (own || !writer.mayTakePart) return own;
      const ticket = await known(id);
      const takesPart = ticket?.people.includes(address.toLowerCase()) ?? false;
      return ticket && takesPart ? ticketOf(helpdesk, id, ticket.owner) : null;
    }
    case 'staff': {
      // The API shows a ticket to nobody but its owner, so that it exists is known once an owner of it is.
      const owner = (await known(id))?.owner;
      for (const candidate of new Set([...(owner === undefined ? [] : [owner]), address, ...writer.others])) {
        const view = await ticketOf(helpdesk, id, candidate);
        if (view) return view;
      }
      return null;
    }
  }
}

/** The ticket where it is that person's. A refusal in other words than "not found" is a no as well: `[#0]` counts as no id at all. */
async function ticketOf(helpdesk: Viewer, ticketId: string, person: string): Promise<TicketView | null> {
  try {
    const view = await helpdesk.viewTicket(ticketId, person);
    return view && belongsTo(view, person) ? view : null;
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
