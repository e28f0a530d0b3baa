import { type Database, isOf, StrictModeError, type Ticket } from './database.js';
import type { PhpForm } from './php-form.js';

/** A custom field of tickets, as the operator of the helpdesk has set it up. */
export interface FieldSetup {
  readonly id: string;
  readonly name: string;
  /** Default `text`. */
  readonly type?: string;
  readonly required?: boolean;
  /** What a field of type `select` offers. */
  readonly possible_values?: string;
}

/** What the handlers work on. */
export interface Helpdesk {
  readonly database: Database;
  readonly fields: readonly FieldSetup[];
  /** The agents' addresses; their place in the list is their user id, from 1. */
  readonly agents: readonly string[];
}

export type Handler = (form: PhpForm, helpdesk: Helpdesk) => object;

/** The four handlers, which want a token. An error is a `success: false`; what they throw becomes a 500. */
export const HANDLERS: Readonly<Record<string, Handler>> = {
  'tickets_create.php': createTicket,
  'tickets_list.php': listTickets,
  'ticket_view.php': viewTicket,
  'ticket_reply.php': replyToTicket,
};

/** The handlers that only newer servers have. They answer without a token. */
export const NEWER_HANDLERS: Readonly<Record<string, Handler>> = {
  'ticket_custom_fields.php': (_, { fields }) => ({
    success: true,
    fields: fields.map(({ id, name, type = 'text', required, possible_values = null }) => ({
      id,
      name,
      type,
      required: required ? '1' : '0',
      possible_values,
    })),
  }),
  'ticket_categories.php': () => ({
    success: true,
    categories: [
      { id: '2', name: 'Billing', icon: 'credit-card' },
      { id: '1', name: 'General', icon: null },
    ],
  }),
};

function createTicket({ post }: PhpForm, { database, fields }: Helpdesk): object {
  const subject = scalar(post.subject ?? '');
  const message = scalar(post.message ?? '');
  const email = scalar(post.user_email ?? '');
  const given = customFields(post.custom_fields ?? '{}');
  if (!truthy(subject) || !truthy(message) || !truthy(email)) return refused('Missing required fields');

  const missing = fields.filter(({ id, required }) => required && !given[id]);
  if (missing.length > 0) {
    const custom_field_errors = Object.fromEntries(missing.map(({ id }) => [id, 'This field is required.']));
    return { ...refused('Missing required custom fields'), custom_field_errors };
  }
  const optional = (name: string) => {
    const value = scalar(post[name] ?? '');
    return truthy(value) ? value : null;
  };
  const { id } = database.insertTicket({
    subject,
    message,
    priority: scalar(post.priority ?? 'medium'),
    email,
    name: optional('name'),
    company: optional('company'),
    category_id: optional('category_id'),
    custom_fields: Object.fromEntries(fields.map((field) => [field.id, given[field.id] ?? ''])),
  });
  return { success: true, ticket_id: String(id) };
}

function listTickets({ get, post }: PhpForm, { database }: Helpdesk): object {
  const user = scalar(post.user_email ?? get.user_email ?? '');
  if (!truthy(user)) return refused('Missing user_email');
  const tickets = database.ticketsOf(user).map(({ id, subject, status, priority, created_at, updated_at }) => ({
    id: String(id),
    subject,
    status,
    priority,
    created_at,
    updated_at,
  }));
  return { success: true, tickets };
}

function viewTicket({ get, post }: PhpForm, { database, fields }: Helpdesk): object {
  const ticketId = scalar(post.ticket_id ?? get.ticket_id ?? '');
  const user = scalar(post.user_email ?? get.user_email ?? '');
  if (!truthy(ticketId) || !truthy(user)) return refused('Missing ticket_id or user_email');
  // A comparison of an integer with a text reads the digits it begins with.
  const id = Number.parseInt(ticketId, 10);
  const ticket = database.ticket(id);
  if (!ticket || !isOf(ticket, user)) return refused('Ticket not found or no permission');
  const { custom_fields, ...row } = ticket;
  return {
    success: true,
    ticket: { ...row, id: String(id) },
    replies: database.repliesTo(id).map((reply) => ({
      ...reply,
      id: String(reply.id),
      ticket_id: String(reply.ticket_id),
      user_id: reply.user_id === null ? null : String(reply.user_id),
      attachment: null,
    })),
    custom_fields:
      fields.length === 0 ? [] : Object.fromEntries(fields.map((field) => [field.id, shown(field, ticket)])),
  };
}

/** Looks at nothing but whether the three are there: any sender may write to any id, even to one that does not exist. */
function replyToTicket({ post }: PhpForm, { database, agents }: Helpdesk): object {
  const ticketId = scalar(post.ticket_id ?? '');
  const email = scalar(post.user_email ?? '');
  const message = scalar(post.message ?? '');
  if (!truthy(ticketId) || !truthy(email) || !truthy(message)) return refused('Missing required fields');
  const agent = agents.findIndex((address) => address.toLowerCase() === email.toLowerCase());
  const reply = database.insertReply(ticketId, agent === -1 ? null : agent + 1, message);
  return { success: true, reply_id: String(reply.id) };
}

function refused(error: string): object {
  return { success: false, error };
}

function shown({ id, name, type = 'text', required }: FieldSetup, ticket: Ticket): object {
  return { name, type, required: required ? '1' : '0', value: ticket.custom_fields[id] ?? null };
}

/** PHP's truth of a text: `"0"` is false. */
function truthy(value: string): boolean {
  return value !== '' && value !== '0';
}

function scalar(value: unknown): string {
  if (typeof value === 'object' && value !== null) throw new StrictModeError('Array to string conversion');
  return String(value ?? '');
}

/** `json_decode` takes text only: what came as a nested object is a TypeError. Text that is no object counts as none. */
function customFields(value: unknown): Record<string, string> {
  if (typeof value !== 'string') throw new TypeError('json_decode(): Argument #1 ($json) must be of type string');
  try {
    const fields: unknown = JSON.parse(value);
    if (typeof fields !== 'object' || fields === null) return {};
    return Object.fromEntries(Object.entries(fields).map(([id, field]) => [id, scalar(field)]));
  } catch (error) {
    if (error instanceof StrictModeError) throw error;
    return {};
  }
}
