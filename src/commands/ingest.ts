import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, loadConfig, type MailboxConfig } from '../config/config.js';
import type { Environment } from '../config/setting-values.js';
import { ArgumentError, QueueFullError } from '../errors.js';
import { ingest } from '../ingest/ingest.js';
import type { Ledger } from '../ingest/ports.js';
import { readRawMail } from '../ingest/raw-mail.js';
import { openSource, type Source } from '../ingest/sources.js';
import { JudgePool } from '../judging/pool.js';
import { MAX_MAILS_UNDER_WAY, MAX_MAILS_UNDER_WAY_OF_IMPORT } from '../limits.js';
import { createLogger } from '../log/logger.js';
import { quietLog } from '../log/quiet-log.js';
import type { LedgerEntry } from '../mail/ledger-entry.js';
import type { Backend } from '../queue/backend.js';
import { type MailJob, QUEUE_NAME } from '../queue/job.js';
import { JobLedger } from '../queue/ledger.js';
import { Postponed } from '../queue/postponed.js';
import { IngestTally } from './ingest-tally.js';
import { openQueue } from './open-queue.js';
import { type Progress, startProgress } from './progress.js';
import { json } from './terminal.js';

export interface IngestCall {
  /** Files and folders, or `-` alone for one mail on standard input. */
  readonly paths: readonly string[];
  /** One of MAILBOXES; null: the first. */
  readonly mailbox: string | null;
  readonly dryRun: boolean;
  readonly json: boolean;
}

const WHILE_SERVED =
  'While the service runs, nobody else can use an embedded queue: stop it for the time of the import, or set QUEUE_URL to redis://… or postgres://… for both';

/** How often it is looked whether there is room again, in ms. */
const ROOM_MS = 1000;

/** Without a delivered mail for this long, an import says that nobody seems to deliver, in ms. */
const STANDSTILL_MS = 30_000;

/**
 * Puts mails into the queue that stand in no watched folder, and prints what was done.
 * @returns the exit code: 0 where every mail is in the queue
 * @throws ConfigError; ArgumentError for a mailbox that is not there, and for a path where no mail is
 * @throws QueueUnavailableError; QueueFullError where it cannot be waited for room
 */
export async function ingestCommand(environment: Environment, call: IngestCall): Promise<number> {
  const isPiped = call.paths.includes('-');
  // Before all else, whatever fails later: who writes into a pipe must not find it closed.
  const sources = isPiped ? [await standardInput()] : await openSources(call.paths);
  const config = loadConfig(environment);
  const { imap, mail: policy } = mailboxOf(config, call.mailbox);
  const log = quietLog(createLogger('warn', { write: (line) => void process.stderr.write(line) }));
  const tally = new IngestTally(call.dryRun);
  const pool = new JudgePool(log, new Map([[imap.mailbox, policy]]));
  let backend: Backend | null = null;
  let progress: Progress | null = null;
  try {
    await pool.ready();
    if (!call.dryRun) backend = await openQueue(config.queue.url, log, WHILE_SERVED);
    const ledger = backend && (await openLedger(backend, config));
    progress = isPiped
      ? null
      : startProgress(
          sources.reduce((sum, { bytes }) => sum + bytes, 0),
          call.dryRun,
        );
    // Beside an embedded queue no service can run that would make room.
    const canWait = !isPiped && backend?.describe().kind !== 'embedded';
    let read = 0;
    for (const source of sources) {
      await ingest(source.mails(), {
        mailbox: imap.mailbox,
        ledger: ledger ?? dryLedger(),
        judge: (mail, envelope) => pool.judge(imap.mailbox, mail, envelope, { real: false, ingested: true }),
        room: async (mails) => {
          if (ledger) await (canWait ? waitForRoom(ledger, mails, progress) : requireRoom(ledger, mails));
        },
        done: (batch) => {
          tally.add(batch);
          progress?.update(tally);
        },
      });
      read += source.bytes;
      // Of an mbox the mails are less than the file.
      tally.bytes = read;
      progress?.update(tally);
    }
  } finally {
    progress?.stop();
    await pool.close();
    await backend?.close();
  }
  if (call.json) process.stdout.write(`${json(tally)}\n`);
  // An MTA may take any word of a program that it pipes to for a failure.
  else if (call.dryRun || !isPiped) process.stdout.write(`${tally.render()}\n`);
  return 0;
}

function mailboxOf({ mailboxes }: Config, name: string | null): MailboxConfig {
  const found = name === null ? mailboxes[0] : mailboxes.find(({ imap }) => imap.name === name);
  if (found) return found;
  const names = mailboxes.map(({ imap }) => imap.name).filter((each) => each !== '');
  const accepted = names.length > 0 ? names.join(', ') : 'none, since MAILBOXES is not set';
  throw new ArgumentError(`--mailbox: "${name}": accepted: ${accepted}`);
}

async function standardInput(): Promise<Source> {
  const mail = await readRawMail(process.stdin);
  if (mail.bytes.length === 0) throw new Error('there is no mail on standard input');
  return {
    bytes: mail.sizeBytes,
    async *mails() {
      yield mail;
    },
  };
}

/** All of them before any is read: a mistyped path is told at once. */
async function openSources(paths: readonly string[]): Promise<Source[]> {
  const sources: Source[] = [];
  for (const path of paths) sources.push(await openSource(path));
  return sources;
}

async function openLedger(backend: Backend, { queue }: Config): Promise<JobLedger> {
  const jobs = await backend.queue<MailJob, never>(QUEUE_NAME);
  return new JobLedger(jobs, queue, await Postponed.open(backend));
}

async function requireRoom(ledger: JobLedger, mails: number): Promise<void> {
  const underWay = await ledger.countUnderWay();
  if (underWay + mails <= MAX_MAILS_UNDER_WAY) return;
  throw new QueueFullError(
    `${underWay} mails are under way, and no more are taken for now; let the service deliver them, and try again: what is queued is passed over`,
  );
}

async function waitForRoom(ledger: JobLedger, mails: number, progress: Progress | null): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  for (let since = Date.now(); ; await sleep(ROOM_MS)) {
    const underWay = await ledger.countUnderWay();
    if (underWay + mails <= MAX_MAILS_UNDER_WAY_OF_IMPORT) return;
    if (underWay < least) since = Date.now();
    least = Math.min(least, underWay);
    const stands = Date.now() - since >= STANDSTILL_MS;
    progress?.waiting(
      `waits, ${underWay} are under way${stands ? '; none has been delivered for a while: does the service run?' : ''}`,
    );
  }
}

/** Knows what it was given, and keeps nothing of it. */
function dryLedger(): Ledger {
  const known = new Map<string, LedgerEntry>();
  return {
    lookUp: async (ids) => new Map(ids.flatMap((id) => (known.has(id) ? [[id, known.get(id) as LedgerEntry]] : []))),
    add: async (entries) => {
      for (const { id, fingerprint, envelope } of entries) {
        const { receivedAt } = envelope;
        known.set(id, { fingerprint, receivedAt, filedIn: null, location: null, state: { kind: 'under way' } });
      }
    },
    addAgain: async () => {},
  };
}
