import { type Command, InvalidArgumentError } from 'commander';
import type { Environment } from '../config/setting-values.js';

/** Adds `tickets` to the program; what it does is in tickets.ts, which is loaded when it is called. */
export function defineTickets(program: Command, environment: () => Environment): void {
  const tickets = program
    .command('tickets')
    .description("look up a person's tickets at the helpdesk")
    .addHelpText(
      'after',
      `
The helpdesk shows tickets only to the one they belong to, so each call needs the person's address. Needs HELPDESK_URL
and HELPDESK_TOKEN; neither the mailbox nor the queue is asked.

Examples:
  mail2ticket tickets list ann@example.com       all her tickets, latest change first
  mail2ticket tickets view 123 ann@example.com   one of them with its fields and replies

Exit code 0 where something was found, 1 where not.`,
    );

  tickets
    .command('list')
    .description('the tickets of one person, latest change first')
    .argument('<email>', "the person's address", address)
    .option('--json', 'print one JSON array')
    .action(async (email: string, { json }: { json?: true }) => {
      const { listTickets } = await import('./tickets.js');
      process.exitCode = await listTickets(environment(), email, json ?? false);
    });

  tickets
    .command('view')
    .description('one ticket with its custom fields and replies')
    .argument('<id>', "the ticket's number", ticketNumber)
    .argument('<email>', 'the address of the person it belongs to', address)
    .option('--json', 'print one JSON object')
    .action(async (id: string, email: string, { json }: { json?: true }) => {
      const { viewTicket } = await import('./tickets.js');
      process.exitCode = await viewTicket(environment(), id, email, json ?? false);
    });
}

function address(text: string): string {
  if (/^[^\s@]+@[^\s@]+$/.test(text)) return text;
  throw new InvalidArgumentError('accepted: an address, as ann@example.com');
}

function ticketNumber(text: string): string {
  if (/^\d+$/.test(text)) return text;
  throw new InvalidArgumentError('accepted: the number of a ticket, as 123');
}
