import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Environment } from '../config/setting-values.js';
import { MAX_MAILS_LISTED } from '../limits.js';
import { type MailState, mailStates } from '../mail/mail-record.js';

/** Adds `mail` to the program; what it does is in mail.ts, which is loaded when it is called. */
export function defineMail(program: Command, environment: () => Environment): void {
  const mail = program
    .command('mail')
    .description('what became of which mail, and another try for those that failed')
    .addHelpText(
      'after',
      `
The running service is asked where HTTP_PORT, DASHBOARD_USER and DASHBOARD_PASSWORD are set and it answers; else the queue of
QUEUE_URL is opened. An embedded queue can be opened only while the service does not run.

Examples:
  mail2ticket mail list                          the latest 20 mails, newest first
  mail2ticket mail list --state failed           those that the helpdesk refused
  mail2ticket mail list --search ann@example.com a part of a sender, subject or Message-ID, or a ticket as 123
  mail2ticket mail show 3f2a9c01bd               why it became what it became; six digits of an id will do
  mail2ticket mail show '<1234@example.com>'     the same by its Message-ID
  mail2ticket mail retry 3f2a9c01bd              moves it back from Failed, to be tried again under today's configuration
  mail2ticket mail retry --all                   the same with all that failed

Exit code 0 where it was found or done, 1 where not.`,
    );

  mail
    .command('list')
    .description('the latest mails with what became of them')
    .addOption(new Option('--state <state>', 'only those in this state').choices(mailStates))
    .option('--search <text>', 'part of a sender, subject or Message-ID, or the number of a ticket', '')
    .addOption(new Option('--limit <count>', 'how many at most').argParser(countUpTo(MAX_MAILS_LISTED)).default(20))
    .option('--json', 'print one JSON object')
    .action(
      async ({ state, search, limit, json }: { state?: MailState; search: string; limit: number; json?: true }) => {
        const { listMails } = await import('./mail.js');
        process.exitCode = await listMails(environment(), { state: state ?? null, search, limit, json: json ?? false });
      },
    );

  mail
    .command('show')
    .description('one mail: what became of it, the rules that were asked, and how its attempts ended')
    .argument(
      '<id>',
      'its id in the ledger, as in the log and in lists, or six digits of its beginning; or its Message-ID',
    )
    .option('--json', 'print one JSON object')
    .action(async (id: string, { json }: { json?: true }) => {
      const { showMail } = await import('./mail.js');
      process.exitCode = await showMail(environment(), id, json ?? false);
    });

  mail
    .command('retry')
    .description('move failed mails back into the watched folder, where the service tries them again')
    .argument('[id...]', 'ids in the ledger, or six digits of their beginnings')
    .option('--all', 'every mail that has failed')
    .option('--json', 'print one JSON object')
    .action(async (ids: string[], { all, json }: { all?: true; json?: true }, command: Command) => {
      if (ids.length > 0 === (all ?? false)) command.error('error: give the ids of mails, or --all');
      const { retryMails } = await import('./mail.js');
      process.exitCode = await retryMails(environment(), all ? 'all' : ids, json ?? false);
    });
}

function countUpTo(most: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (Number.isInteger(count) && count >= 1 && count <= most) return count;
    throw new InvalidArgumentError(`accepted: a whole number from 1 to ${most}`);
  };
}
