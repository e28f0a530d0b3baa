import { loadConfig } from '../config/config.js';
import type { Environment } from '../config/setting-values.js';
import { type AuditReport, auditMailbox, type FindingKind } from '../imap/audit.js';
import { createLogger } from '../log/logger.js';
import { clampCharacters } from '../mail/clamp.js';
import { cleanLine } from '../mail/clean.js';
import { type MailJob, QUEUE_NAME } from '../queue/job.js';
import { JobLedger } from '../queue/ledger.js';
import { credentialSources, watchedMailbox } from '../service/credential-sources.js';
import { openQueue } from './open-queue.js';
import { age, json, table } from './terminal.js';

const WHILE_SERVED =
  'While the service runs it alone can read an embedded queue; it writes the same figures into its log once an hour (action audit.done)';

/** Characters of an address or subject that a row of the table shows. */
const MAX_CELL_CHARACTERS = 40;

/**
 * Compares each mailbox with the ledger and prints what has no decision.
 * @returns the exit code: 1 where a mail has been without a decision for over 15 minutes, else 0
 * @throws ConfigError, and the errors of `auditMailbox`
 * @throws QueueUnavailableError where the ledger cannot be opened, as an embedded queue while the service runs
 */
export async function auditCommand(environment: Environment, asJson: boolean): Promise<number> {
  const config = loadConfig(environment);
  const log = createLogger('silent');
  const backend = await openQueue(config.queue.url, log, WHILE_SERVED);
  try {
    const ledger = new JobLedger(await backend.queue<MailJob, never>(QUEUE_NAME), config.queue);
    const settledSince = new Date(Date.now() - config.queue.ledgerDays * 86_400_000);
    const credentials = credentialSources(log);
    const reports: AuditReport[] = [];
    for (const { imap } of config.mailboxes) {
      reports.push(await auditMailbox({ ...watchedMailbox(imap, credentials), ledger, settledSince, log }));
    }
    const late = reports.some((report) => report.late);
    process.stdout.write(asJson ? `${json({ late, mailboxes: reports })}\n` : reports.map(render).join('\n'));
    return late ? 1 : 0;
  } finally {
    await backend.close();
  }
}

const meanings: Readonly<Record<FindingKind, string>> = {
  unknown: 'in the watched folder, not queued yet',
  'under way': 'in the watched folder, queued and not delivered yet',
  'not filed': 'settled, and still in the watched folder',
  contradicted: 'in a folder where by the ledger it does not belong',
};

function render({
  mailbox,
  counts,
  settled,
  unaccounted,
  oldestUndecidedSeconds,
  late,
  findings,
}: AuditReport): string {
  const figures = [
    ...Object.entries(meanings).map(([kind, meaning]) => [kind, String(counts[kind as FindingKind]), meaning]),
    ['settled', String(settled.mails), 'in Processed, Ignored and Failed, of the days that the ledger keeps'],
    ['forgotten', String(settled.forgotten), 'of these, not in the ledger any more'],
    [
      'unaccounted',
      String(unaccounted),
      'of these, of the last day: the queue was emptied, or another mail2ticket with another QUEUE_URL files here',
    ],
  ];
  const rows = findings.map(({ kind, ageSeconds, folder, from, subject, ledger }) => [
    kind,
    age(ageSeconds),
    folder,
    ...[from, subject, ledger].map((text) => clampCharacters(text, MAX_CELL_CHARACTERS)),
  ]);
  return [
    cleanLine(mailbox),
    table(['what', 'mails', ''], figures),
    ...(rows.length > 0 ? [table(['what', 'age', 'folder', 'from', 'subject', 'the ledger says'], rows)] : []),
    late
      ? `NOT IN ORDER: the oldest mail without a decision has waited for ${age(oldestUndecidedSeconds)}; over 15 min is too long`
      : 'In order: no mail has been without a decision for over 15 min',
    '',
  ].join('\n');
}
