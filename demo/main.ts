import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Table from 'cli-table3';
import { Command } from 'commander';
import { createTransport } from 'nodemailer';
import { pino } from 'pino';
import { loadConfig } from '../src/config/config.js';
import { startService } from '../src/service/service.js';
import { type LookAlike, startLookAlike } from './helpdesk/look-alike.js';
import { freePort, type MailServer, startMailServer } from './mail-server.js';
import { type DemoMail, mails, SUPPORT } from './mails.js';

/** What the service's log says of a mail at its end. */
interface Outcome {
  readonly action: string;
  readonly ticketId?: string;
  readonly reason?: string;
}

/** How long one mail may take before the demo gives up on it. */
const MAIL_LIMIT_MS = 30_000;

/** Who may see the service's page. */
const OPERATOR = { user: 'operator', password: 'playground' };

const program = new Command('npm run demo --')
  .description(
    'mail2ticket with everything around it, in one process: a mailbox, an SMTP door, a helpdesk with a page.',
  )
  .option('--once', 'send the mails, show what became of them and end: exit code 0 where all came out as they should')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();

const once = program.opts<{ once?: true }>().once ?? false;
const releases: (() => Promise<void> | void)[] = [];
process.exitCode = await run().finally(async () => {
  for (const release of releases.reverse()) await release();
});
// A library's timer must not keep a demo alive that has come to its end.
process.exit();

async function run(): Promise<number> {
  say('Starting a mailbox, a helpdesk and mail2ticket (the embedded queue takes some seconds the first time) …');
  const ports = once
    ? { imap: 0, smtp: 0, page: 0, operator: 0 }
    : { imap: 1143, smtp: 2525, page: 8080, operator: 8081 };
  const token = randomUUID();
  const mailServer = await startMailServer(SUPPORT, 'demo', ports);
  releases.push(() => mailServer.close());
  const helpdesk = await startLookAlike({
    port: await freePort(ports.page),
    token,
    fields: [{ id: '7', name: 'Order number', required: false }],
  });
  releases.push(() => helpdesk.close());
  const operatorPort = await freePort(ports.operator);
  const outcomes = await startMail2ticket(mailServer, helpdesk, token, operatorPort);

  say(`Sending ${mails.length} mails to ${SUPPORT} through SMTP …\n`);
  const smtp = createTransport({ host: mailServer.host, port: mailServer.smtpPort, secure: false, ignoreTLS: true });
  const rows: { sent: DemoMail; outcome: Outcome | null }[] = [];
  for (const sent of mails) {
    const messageId = `<${randomUUID()}@demo.example>`;
    await smtp.sendMail({ ...sent.mail, messageId });
    rows.push({ sent, outcome: await outcomeOf(messageId, outcomes) });
  }
  smtp.close();
  say(tableOf(rows, helpdesk));
  const good = rows.filter(({ sent, outcome }) => outcome?.action === `mail.${sent.expected.outcome}`).length;
  say(`\n${good} of ${rows.length} mails came out as they should.`);
  if (once) return good === rows.length ? 0 : 1;

  say(`
The helpdesk's page:      ${helpdesk.url}
What became of a mail:    http://127.0.0.1:${operatorPort}, user ${OPERATOR.user}, password ${OPERATOR.password}
Send a mail of your own:  curl smtp://${mailServer.host}:${mailServer.smtpPort} --mail-from you@example.com --mail-rcpt ${SUPPORT} -T mail.eml
Look into the mailbox:    IMAP at ${mailServer.host}:${mailServer.imapPort}, no TLS, user ${mailServer.user}, password ${mailServer.password}
Ctrl-C ends everything; nothing is kept.
`);
  await new Promise<void>((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
  say('Ending …');
  return 0;
}

/** Starts the service as `mail2ticket start` does and gives the outcomes by Message-ID, as they come into its log. */
async function startMail2ticket(
  mailServer: MailServer,
  helpdesk: LookAlike,
  token: string,
  operatorPort: number,
): Promise<Map<string, Outcome>> {
  const directory = mkdtempSync(join(tmpdir(), 'mail2ticket-demo-'));
  releases.push(() => rmSync(directory, { recursive: true, force: true }));
  const config = loadConfig({
    HELPDESK_URL: helpdesk.apiUrl,
    HELPDESK_TOKEN: token,
    IMAP_HOST: mailServer.host,
    IMAP_PORT: String(mailServer.imapPort),
    IMAP_TLS: 'none',
    IMAP_USER: mailServer.user,
    IMAP_PASSWORD: mailServer.password,
    QUEUE_URL: `embedded:${directory}`,
    CUSTOM_FIELDS: '{"7":"header:X-Order-Id"}',
    HTTP_PORT: String(operatorPort),
    DASHBOARD_USER: OPERATOR.user,
    DASHBOARD_PASSWORD: OPERATOR.password,
  });
  const outcomes = new Map<string, Outcome>();
  const log = pino({ level: 'info' }, { write: (line: string) => take(JSON.parse(line), outcomes) });
  const service = await startService(config, log, new AbortController().signal);
  releases.push(() => service.stop());
  for (const end = Date.now() + MAIL_LIMIT_MS; !service.health.ready && Date.now() < end; ) await sleep(50);
  if (!service.health.ready) throw new Error(`mail2ticket did not get ready: ${JSON.stringify(service.health.parts)}`);
  return outcomes;
}

interface LogLine extends Outcome {
  readonly messageId?: string | null;
  readonly from?: string;
}

function take({ action, messageId, ticketId, reason, from }: LogLine, outcomes: Map<string, Outcome>): void {
  if (!/^mail\.(created|replied|ignored|failed)$/.test(action)) return;
  const outcome = { action, ...(ticketId && { ticketId }), ...(reason && { reason }) };
  if (messageId?.endsWith('@demo.example>')) outcomes.set(messageId, outcome);
  // A mail of the person who plays with the demo.
  else say(`mail from ${from}: ${became(outcome)}`);
}

async function outcomeOf(messageId: string, outcomes: ReadonlyMap<string, Outcome>): Promise<Outcome | null> {
  for (const end = Date.now() + MAIL_LIMIT_MS; Date.now() < end; await sleep(20)) {
    const outcome = outcomes.get(messageId);
    if (outcome) return outcome;
  }
  return null;
}

function tableOf(rows: readonly { sent: DemoMail; outcome: Outcome | null }[], helpdesk: LookAlike): string {
  const table = new Table({
    head: ['', 'From', 'Subject', 'It is', 'Became'],
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [3, 28, 34, 30, 26],
  });
  for (const { sent, outcome } of rows) {
    const right = outcome?.action === `mail.${sent.expected.outcome}`;
    table.push([right ? '✓' : '✗', String(sent.mail.from), sent.mail.subject, sent.expected.why, became(outcome)]);
  }
  return `${table.toString()}\n${helpdesk
    .tickets()
    .map(({ id, subject, replies }) => `  ticket #${id}: ${subject} (${replies.length} replies)`)
    .join('\n')}`;
}

function became(outcome: Outcome | null): string {
  if (!outcome) return 'nothing in time';
  switch (outcome.action) {
    case 'mail.created':
      return `ticket #${outcome.ticketId}`;
    case 'mail.replied':
      return `reply on ticket #${outcome.ticketId}`;
    default:
      return `${outcome.action.slice(5)}: ${outcome.reason}`;
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
