#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import { defineMail } from './commands/define-mail.js';
import { defineTickets } from './commands/define-tickets.js';
import { loadMailPolicy } from './config/config.js';
import { warningLine } from './config/config-warning.js';
import type { Environment } from './config/setting-values.js';
import { hints, readSources, type Sources } from './config/sources.js';
import { ConfigError } from './errors.js';
import { EXIT_TRY_AGAIN, report } from './exit-code.js';
import { MAX_MAILS_UNDER_WAY_OF_IMPORT } from './limits.js';
import type { Role } from './service/service.js';
import { fitEngine } from './v8-flags.js';
import { ownVersion } from './version.js';

// Each command loads its own part when it is called: a health check every half minute must not cost loading all of it.
const program = new Command('mail2ticket')
  .description('Turns support email into SupportEngine tickets and replies.')
  .version(ownVersion())
  .exitOverride()
  .addHelpText(
    'after',
    `
Settings come from the environment and from a file .env in the current folder; .env.example explains each.

Examples:
  mail2ticket start                       watch the mailbox and deliver, until SIGTERM
  mail2ticket check                       whether all is set up right, and what to do where not
  mail2ticket login                       a token for Gmail or Microsoft 365 (IMAP_AUTH=oauth2)
  mail2ticket explain complaint.eml       what would be done with a mail, and why; touches nothing
  mail2ticket explain - --json < raw.eml  the same for programs
  mail2ticket health                      whether the running service is ready
  mail2ticket mail list                   what became of which mail
  mail2ticket mail retry --all            another try for all that failed
  mail2ticket tickets list ann@acme.test  what the helpdesk has of a person
  mail2ticket audit                       what in the mailbox has no decision yet
  mail2ticket ingest archive.mbox         makes tickets of mail from elsewhere

Exit codes: 0 done, 1 not done, 2 wrong call or configuration.`,
  );

program
  .command('start')
  .description('watch the mailbox, queue its mail and deliver it to the helpdesk')
  .addHelpText(
    'after',
    `
Runs until SIGTERM or SIGINT and then ends within ten seconds; a second signal ends it at once. Nothing is lost
either way. One line is logged for each mail and outcome: JSON, or text on a terminal (LOG_LEVEL).

One process does all of it. With --role the halves run apart, as many of each as you like, on machines that share the
queue (redis:// or postgres://): a watcher reads the mailboxes, a worker delivers.`,
  )
  .addOption(
    new Option('--role <role>', 'which half of the work: mail into the queue, or out of it')
      .choices(['all', 'watcher', 'worker'])
      .default('all'),
  )
  .action(async ({ role }: { role: Role }) => {
    fitEngine();
    const { startCommand } = await import('./commands/start.js');
    // Ends here: a store that is away leaves handles of its driver behind, which would hold the process.
    process.exit(await startCommand(settingSources(), role));
  });

program
  .command('check')
  .description('look at everything the service needs, and say what to do about what is wrong')
  .option('--json', 'print one JSON object')
  .addHelpText(
    'after',
    `
To be run before the first start, and whenever something is odd; it may be run beside the service. One line for each
thing it looks at, and all are looked at, whatever fails:

  ✓ as it should be    ! works, but could be better    ✗ does not work    – could not be looked at

It looks at the configuration, DNS, certificates, the IMAP log-in and what may be done in the mailbox, the queue, the
helpdesk's API with its custom fields and categories, clocks, HTTP_PORT and SMTP_URL. No mail of the watched folder is
read and no ticket made. In the mailbox it makes a folder Mail2Ticket-Check-… with a mail of its own and removes both.

Examples:
  mail2ticket check
  mail2ticket check --json | jq '.findings[] | select(.level == "problem")'

Exit code 0 where nothing is wrong (there may be warnings), 1 where something is, 2 where the configuration cannot be
used: then the parts whose settings are right are looked at all the same.`,
  )
  .action(async ({ json }: { json?: true }) => {
    const { checkCommand } = await import('./commands/check.js');
    // Ends here: what did not answer in time may hold the process for longer.
    process.exit(await checkCommand(settingSources(), json ?? false));
  });

program
  .command('login')
  .description('let mail2ticket into a mailbox of Gmail or Microsoft 365, and print the refresh token to store')
  .argument('[mailbox]', 'one of MAILBOXES, or smtp for SMTP_OAUTH_…')
  .option('--browser', 'use a browser on this machine, where the provider would give a code for another device')
  .addHelpText(
    'after',
    `
Needed once, for IMAP_AUTH=oauth2 with a person's consent. It wants OAUTH_PROVIDER and OAUTH_CLIENT_ID, for most providers
OAUTH_CLIENT_SECRET, and for Microsoft OAUTH_TENANT: docs/gmail.md and docs/microsoft-365.md say where these come from.

  Microsoft  shows a code to enter at a page of Microsoft's, on any device (device flow). Where the tenant forbids that
             flow, --browser.
  Google     shows an address to open in a browser (authorization code flow). On a machine without one, open it anywhere
             and paste the address on localhost that the browser ends at.

Log in there as the mailbox itself, not as yourself. The refresh token goes to standard output, everything else to
standard error; it opens the mailbox, so treat it like a password.

Examples:
  mail2ticket login                             shows what to do, then the token
  mail2ticket login > /run/secrets/refresh      stores it, for OAUTH_REFRESH_TOKEN_FILE
  mail2ticket login billing                     of several mailboxes; goes into BILLING_OAUTH_REFRESH_TOKEN
  docker compose run --rm mail2ticket login     in the container

Exit code 0 where there is a token, 1 where not, 2 for a configuration that cannot be used.`,
  )
  .action(async (mailbox: string | undefined, { browser }: { browser?: true }) => {
    const { loginCommand } = await import('./commands/login.js');
    process.exitCode = await loginCommand(environment(), mailbox, browser ?? false);
  });

program
  .command('explain')
  .description('say what would be done with a raw mail and why, without doing it')
  .argument('<file>', 'a raw mail (.eml), or - for standard input')
  .option('--json', 'print one JSON object')
  .addHelpText(
    'after',
    `
Works offline and without any configuration; SUBJECT_TAG, CUSTOM_FIELDS, OWN_ADDRESSES and the like are honoured
where they are set. Exit code 0 for any mail, however broken.`,
  )
  .action(async (file: string, { json }: { json?: true }) => {
    const { explain, renderExplanation } = await import('./mail/explain.js');
    const policy = loadMailPolicy(environment());
    const explanation = await explain(await readInput(file), policy);
    process.stdout.write(json ? `${JSON.stringify(explanation, null, 2)}\n` : `${renderExplanation(explanation)}\n`);
  });

program
  .command('health')
  .description('ask the running service whether it is ready (needs HTTP_PORT)')
  .option('--json', 'print the answer as it is')
  .addHelpText(
    'after',
    '\nExit code 0 where every part works, 1 where one does not or nothing answers, 2 where HTTP_PORT is not set.',
  )
  .action(async ({ json }: { json?: true }) => {
    const { healthCommand } = await import('./commands/health.js');
    process.exitCode = await healthCommand(environment(), json ?? false);
  });

defineTickets(program, environment);

defineMail(program, environment);

program
  .command('ingest')
  .description(
    'put mails into the queue that stand in no watched folder: files, folders, mbox files, or a pipe of an MTA',
  )
  .argument(
    '<path...>',
    'mails (.eml), folders of them, mbox files, Maildirs; or - alone for one mail on standard input',
  )
  .option('--mailbox <name>', 'the one of MAILBOXES in whose name they are taken (default: the first)')
  .option('--dry-run', 'only say what would become of them; no queue is needed')
  .option('--json', 'print one JSON object')
  .addHelpText(
    'after',
    `
The running service delivers them. What the ledger knows already is passed over, whether it came from here or from the
mailbox, so it may be cut off and run again at any time. A mail that failed after it was ingested is tried again.

At most ${MAX_MAILS_UNDER_WAY_OF_IMPORT} mails are under way at one time; it waits for the service to deliver them.

Examples:
  mail2ticket ingest --dry-run archive.mbox    which mail would become what, by which rule
  mail2ticket ingest archive.mbox ~/Maildir    both of them
  mail2ticket ingest - < mail.eml              one mail, as from the pipe transport of an MTA

Exit code 0 when all of it is in the queue, 1 where it is not, 2 for a wrong call or configuration. With -, 0 when
the mail is safely in the queue, and 75 for everything else: that is what makes an MTA keep the mail and try again.`,
  )
  .action(
    async (
      paths: string[],
      { mailbox, dryRun, json }: { mailbox?: string; dryRun?: true; json?: true },
      command: Command,
    ) => {
      if (paths.includes('-') && paths.length > 1) command.error('error: - is standard input, and stands alone');
      const { ingestCommand } = await import('./commands/ingest.js');
      const call = { paths, mailbox: mailbox ?? null, dryRun: dryRun ?? false, json: json ?? false };
      // Ends here: what a store that is away leaves behind would hold the process, and an MTA with it.
      process.exit(await ingestCommand(environment(), call));
    },
  );

program
  .command('audit')
  .description('compare the mailbox with the ledger and list what has no decision; changes nothing')
  .option('--json', 'print one JSON object')
  .addHelpText(
    'after',
    `
Looks at the watched folder, at Processed, Ignored and Failed, and at the queue of QUEUE_URL. An embedded queue can be
read only while the service does not run; the service logs the same figures once an hour (audit.done).

Exit code 0 where all is in order, 1 where a mail has been without a decision for over 15 minutes or the comparison
could not be made.`,
  )
  .action(async ({ json }: { json?: true }) => {
    const { auditCommand } = await import('./commands/audit.js');
    process.exitCode = await auditCommand(environment(), json ?? false);
  });

/** What was read, once it was. */
let sources: Sources | null = null;

nameHelp(program, 'mail2ticket');

// Whatever happens to a mail from a pipe, a fault of ours or a wrong call included, the MTA is to keep it.
const isPiped = process.argv[2] === 'ingest' && process.argv.includes('-');
if (isPiped) {
  process.on('uncaughtException', (error) => {
    report(error);
    process.exit(EXIT_TRY_AGAIN);
  });
  process.on('SIGTERM', () => process.exit(EXIT_TRY_AGAIN));
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof ConfigError && sources !== null)
    for (const hint of hints(sources, error.problems)) process.stderr.write(`mail2ticket: ${warningLine(hint)}\n`);
  const code = report(error);
  if (isPiped && code !== 0) process.exit(EXIT_TRY_AGAIN);
  process.exitCode = code;
}

/** Lets each command end its errors with its own help. */
function nameHelp(command: Command, name: string): void {
  command.showHelpAfterError(`(${name} --help shows what there is)`);
  for (const each of command.commands) nameHelp(each, `${name} ${each.name()}`);
}

function environment(): Environment {
  return settingSources().environment;
}

function settingSources(): Sources {
  sources = readSources(process.env, '.env');
  return sources;
}

async function readInput(file: string): Promise<Uint8Array> {
  return file === '-' ? buffer(process.stdin) : readFileSync(file);
}
