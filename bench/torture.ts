import { setTimeout as sleep } from 'node:timers/promises';
import Table from 'cli-table3';
import { Command, InvalidArgumentError, Option } from 'commander';
import { chaos } from './torture/chaos.js';
import { census, type Letter, lettersOf, written } from './torture/letters.js';
import { SeededRandom } from './torture/random.js';
import { startWorld, USER, type World } from './torture/world.js';

interface Options {
  readonly mails: number;
  readonly minutes: number;
  readonly seed: number;
  readonly store: 'redis' | 'embedded';
  readonly json?: true;
}

const positive = (value: string) => {
  if (!/^\d+(\.\d+)?$/.test(value) || Number(value) === 0) throw new InvalidArgumentError('accepted: a number above 0');
  return Number(value);
};

const options = new Command('npm run torture --')
  .description(
    'Mail arrives while the service, Redis and Dovecot are killed and the helpdesk fails in every way; then all heals, and every mail is counted.',
  )
  .option('--mails <n>', 'mails to send', positive, 500)
  .option('--minutes <n>', 'how long things go wrong', positive, 5)
  .option('--seed <n>', 'repeats the same course of events', positive, Math.ceil(Math.random() * 1_000_000))
  .addOption(new Option('--store <store>', 'where the queue is').choices(['redis', 'embedded']).default('redis'))
  .option('--json', 'print the report as one object')
  .addHelpText('after', '\nExit code 0 where no mail is lost, doubled or wrongly filed, else 1.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Options>();

/** How long a mail may take to settle once everything is healthy: the longest backoff it may have got into, and some. */
const DRAIN_LIMIT_MS = 20 * 60 * 1000;

const say = (text: string) => process.stderr.write(`${text}\n`);

const world = await startWorld(options.store);
try {
  process.exitCode = await run(world);
} finally {
  await world.close();
}

async function run(world: World): Promise<number> {
  say(`seed ${options.seed}, ${options.mails} mails, ${options.minutes} minutes, ${options.store}`);
  const random = new SeededRandom(options.seed);
  const end = Date.now() + options.minutes * 60_000;
  // The service makes its folders and its mark before the first mail, which would be old otherwise.
  while ((await world.dovecot.list(USER, 'Mail2Ticket')).length === 0) await sleep(100);
  const letters = lettersOf(options.mails, random);
  const [events] = await Promise.all([chaos(world, random, end, say), sendAll(world, letters, end)]);

  say('everything is healthy again; waiting for the inbox to drain');
  const healed = Date.now();
  for (let left = -1; left !== 0 && Date.now() - healed < DRAIN_LIMIT_MS; await sleep(500)) {
    const now = (await world.dovecot.list(USER, 'INBOX')).length;
    if (now !== left && process.stderr.isTTY) say(`${now} in the inbox`);
    left = now;
  }
  const report = {
    seed: options.seed,
    store: options.store,
    sent: letters.length,
    events,
    ...(await census(world, letters)),
    drainSeconds: Math.round((Date.now() - healed) / 1000),
  };
  const wrong = new Set([...report.duplicates, ...report.lost, ...report.wronglyFiled]);
  for (const { subject, messageId } of letters)
    if (wrong.has(subject)) say([subject, ...world.logOf(messageId)].join('\n  '));
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else process.stdout.write(`${tableOf(report)}\n`);
  return report.duplicates.length + report.lost.length + report.wronglyFiled.length === 0 ? 0 : 1;
}

/** Spread over the time, so that every event meets mail that is under way. A letter that answers a ticket which is not there yet is sent last. */
async function sendAll(world: World, letters: readonly Letter[], end: number): Promise<void> {
  const tooSoon: Letter[] = [];
  for (const [index, letter] of letters.entries()) {
    const due = end - (end - Date.now()) * ((letters.length - index) / (letters.length - index + 1));
    await sleep(Math.max(0, due - Date.now()));
    if (!(await send(world, letter))) tooSoon.push(letter);
  }
  for (const letter of tooSoon) {
    for (const limit = Date.now() + DRAIN_LIMIT_MS; !(await send(world, letter)); await sleep(500)) {
      if (Date.now() > limit) break;
    }
  }
}

/** A mail that Dovecot does not take is sent again, as an MTA does. False where the letter cannot be written yet. */
async function send(world: World, letter: Letter): Promise<boolean> {
  const raw = await written(letter, world);
  if (raw === null) return false;
  const deliver = () =>
    world.dovecot.deliver(USER, raw).then(
      () => true,
      () => false,
    );
  while (!(await deliver())) await sleep(200);
  return true;
}

function tableOf(report: Readonly<Record<string, unknown>>): string {
  const table = new Table({ style: { head: [], border: [] } });
  for (const [name, value] of Object.entries(report)) table.push([name, shown(value)]);
  return table.toString();
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return [value.length, ...value.slice(0, 10)].join('\n');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, count]) => `${count} × ${name}`)
    .join('\n');
}
