/** A row of `tickets`; ids are numbers here and strings on the wire. */
export interface Ticket {
  readonly id: number;
  readonly subject: string;
  readonly message: string;
  readonly priority: string;
  readonly email: string;
  readonly name: string | null;
  readonly company: string | null;
  readonly category_id: string | null;
  readonly status: 'open';
  readonly created_at: string;
  updated_at: string;
  /** Value by id of the custom field. */
  readonly custom_fields: Readonly<Record<string, string>>;
}

/** A row of `ticket_replies`. Nothing ties `ticket_id` to a ticket. */
export interface Reply {
  readonly id: number;
  readonly ticket_id: number;
  /** The agent who wrote it; null for a customer. */
  readonly user_id: number | null;
  readonly message: string;
  readonly created_at: string;
}

export type NewTicket = Omit<Ticket, 'id' | 'status' | 'created_at' | 'updated_at'>;

/** What a database in strict mode does not store. The handlers do not catch it: PHP answers with a bare 500. */
export class StrictModeError extends Error {}

/** MariaDB's default collation knows no case and no accents. */
const collator = new Intl.Collator('en', { sensitivity: 'base', usage: 'search' });

/** The helpdesk's tables, in memory, with the checks of a MariaDB in strict mode. */
export class Database {
  readonly tickets: Ticket[] = [];
  readonly replies: Reply[] = [];
  readonly #repliesOf = new Map<number, Reply[]>();

  /** @param utcOffsetMinutes the server's time zone, which its dates are in and do not name */
  constructor(private readonly utcOffsetMinutes: number) {}

  insertTicket(row: NewTicket): Ticket {
    for (const column of [row.subject, row.email, row.name, row.company]) varchar255(column);
    text(row.message);
    if (!['low', 'medium', 'high'].includes(row.priority)) throw new StrictModeError('ENUM');
    if (row.category_id !== null) integer(row.category_id);
    const now = this.#now();
    const ticket: Ticket = { ...row, id: this.tickets.length + 1, status: 'open', created_at: now, updated_at: now };
    this.tickets.push(ticket);
    return ticket;
  }

  insertReply(ticketId: string, userId: number | null, message: string): Reply {
    text(message);
    const reply = {
      id: this.replies.length + 1,
      ticket_id: integer(ticketId),
      user_id: userId,
      message,
      created_at: this.#now(),
    };
    this.replies.push(reply);
    this.#repliesOf.set(reply.ticket_id, [...this.repliesTo(reply.ticket_id), reply]);
    const ticket = this.ticket(reply.ticket_id);
    if (ticket) ticket.updated_at = reply.created_at;
    return reply;
  }

  ticket(id: number): Ticket | undefined {
    return this.tickets[id - 1];
  }

  /** `WHERE email = ? OR name = ?`, latest change first. */
  ticketsOf(user: string): Ticket[] {
    return this.tickets
      .filter((ticket) => isOf(ticket, user))
      .sort((a, b) => (a.updated_at < b.updated_at ? 1 : a.updated_at > b.updated_at ? -1 : 0));
  }

  repliesTo(ticketId: number): readonly Reply[] {
    return this.#repliesOf.get(ticketId) ?? [];
  }

  /** `NOW()` as a DATETIME. */
  #now(): string {
    const local = new Date(Date.now() + this.utcOffsetMinutes * 60_000);
    return local.toISOString().slice(0, 19).replace('T', ' ');
  }
}

/** Whether `email = ? OR name = ?` holds. The API has no other notion of whose a ticket is. */
export function isOf({ email, name }: Ticket, user: string): boolean {
  return isEqual(email, user) || isEqual(name, user);
}

/** `=` of a collation that also pads with spaces. */
function isEqual(column: string | null, value: string): boolean {
  return column === value || (column !== null && collator.compare(column.trimEnd(), value.trimEnd()) === 0);
}

function varchar255(value: string | null): void {
  if (value !== null && [...value].length > 255) throw new StrictModeError('Data too long');
}

function text(value: string): void {
  if (Buffer.byteLength(value) > 65_535) throw new StrictModeError('Data too long');
}

function integer(value: string): number {
  if (!/^\s*[+-]?\d+\s*$/.test(value)) throw new StrictModeError('Incorrect integer value');
  return Number(value);
}
