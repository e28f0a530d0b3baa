import { loadHelpdeskConfig } from '../config/config.js';
import type { Environment } from '../config/setting-values.js';
import type { TicketReply, TicketView } from '../helpdesk/answers.js';
import { HelpdeskClient } from '../helpdesk/client.js';
import { clampCharacters } from '../mail/clamp.js';
import { cleanLine, cleanText } from '../mail/clean.js';
import { json, print, table } from './terminal.js';

/** Characters of a subject in a list: with the other columns a row still fits a wide terminal. */
const MAX_SUBJECT_WIDTH = 60;

/**
 * Prints a person's tickets.
 * @returns the exit code: 1 where there are none
 * @throws ConfigError, or a HelpdeskError where the helpdesk does not answer the question
 */
export async function listTickets(environment: Environment, email: string, asJson: boolean): Promise<number> {
  const tickets = await ask(environment, (helpdesk) => helpdesk.listTickets(email));
  if (asJson) print(json(tickets));
  else if (tickets.length === 0) print(`The helpdesk has no tickets of ${cleanLine(email)}.`);
  else {
    const rows = tickets.map((t) => [
      t.id,
      clampCharacters(t.subject, MAX_SUBJECT_WIDTH),
      t.status,
      t.priority,
      t.created_at,
      t.updated_at,
    ]);
    print(table(['id', 'subject', 'status', 'priority', 'created', 'changed'], rows));
  }
  return tickets.length > 0 ? 0 : 1;
}

/**
 * Prints a ticket with its custom fields and replies.
 * @returns the exit code: 1 where there is no such ticket of that person
 * @throws ConfigError, or a HelpdeskError where the helpdesk does not answer the question
 */
export async function viewTicket(
  environment: Environment,
  id: string,
  email: string,
  asJson: boolean,
): Promise<number> {
  const view = await ask(environment, (helpdesk) => helpdesk.viewTicket(id, email));
  if (asJson) print(json(view));
  else if (view === null) print(`The helpdesk has no ticket ${cleanLine(id)} that belongs to ${cleanLine(email)}.`);
  else print(render(view));
  return view === null ? 1 : 0;
}

async function ask<T>(environment: Environment, question: (helpdesk: HelpdeskClient) => Promise<T>): Promise<T> {
  const helpdesk = new HelpdeskClient(loadHelpdeskConfig(environment));
  try {
    return await question(helpdesk);
  } finally {
    await helpdesk.close();
  }
}

function render({ ticket, replies, custom_fields }: TicketView): string {
  const facts: (readonly [string, string])[] = [
    ['ticket', ticket.id],
    ['subject', ticket.subject],
    ['of', ticket.name === '' ? ticket.email : `${ticket.name} <${ticket.email}>`],
    ['status', ticket.status],
    ['priority', ticket.priority],
    ['created', ticket.created_at],
    ['changed', ticket.updated_at],
    ...Object.entries(custom_fields).map(
      ([id, { name, value }]) => [`field ${id}${name === '' ? '' : ` (${name})`}`, value] as const,
    ),
  ];
  return [
    table(
      [],
      facts.filter(([, value]) => value !== ''),
    ),
    said('Message', ticket.message),
    ...replies.map((reply) => said(headline(reply), reply.message)),
  ].join('\n\n');
}

function headline({ id, user_id, created_at }: TicketReply): string {
  const by = user_id === '' ? 'the customer' : `agent ${cleanLine(user_id)}`;
  return `Reply ${cleanLine(id)} by ${by}, ${cleanLine(created_at)}`;
}

/** Each line marked as quoted, so that a message cannot pass itself off as the next reply's headline. */
function said(title: string, message: string): string {
  const lines = cleanText(message).split('\n');
  return [title, ...lines.map((line) => `  | ${line}`.trimEnd())].join('\n');
}
