import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis, type TestRedis } from '../../test/services/redis.js';
import { type Child, type Sample, startChild } from './child.js';
import type { Helpdesk } from './helpdesk.js';
import type { Letters } from './letters.js';
import type { Mailbox } from './mailbox.js';
import { memoryOf, processorSecondsOf } from './proc.js';
import { type CommandCount, commandCounts, countedSince } from './redis-commands.js';
import { sessionsOf } from './sessions.js';
import type { World } from './world.js';

/** One full mailbox, from the log-in of the program to its last ticket. */
export interface Drain {
  readonly mails: number;
  readonly tickets: number;
  /** From the log-in at the mailbox to the last ticket, by the clocks of the two servers. */
  readonly seconds: number;
  /** From the start of the process to the log-in. */
  readonly startSeconds: number;
  /** From the log-in to the empty inbox, to a tenth of a second; null where nothing is filed. */
  readonly filedSeconds: number | null;
  /** When the first and the last ticket were made, ms since 1970. */
  readonly firstTicketAt: number;
  readonly lastTicketAt: number;
  readonly peakRss: { readonly program: number; readonly redis: number | null };
  readonly processorSeconds: { readonly program: number; readonly redis: number | null; readonly helpdesk: number };
  /** What the mail server sent to it, whatever it was. */
  readonly bytesFetched: number;
  /** Commands that Redis carried out, those within scripts too. */
  readonly redisCommands: CommandCount | null;
  readonly samples: readonly Sample[];
}

/** How long a drain may stand still. */
const STILL_MS = 60_000;
const LOOK_MS = 100;

type Role = 'all' | 'watcher' | 'worker';

export interface ServiceOptions {
  /** Which half of the work the process does. Default: all of it. */
  readonly role?: Role;
  /** Beside those that name the mailbox, the helpdesk and the queue, which they may replace. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Called with the run's own Redis before the service starts; what it gives back are settings as well. */
  readonly before?: (redis: TestRedis) => Promise<Readonly<Record<string, string>>>;
  /** Called when it is over, whatever came of it, while that Redis still runs. */
  readonly after?: () => Promise<void>;
}

/** The service drains a new mailbox with these mails, with a Redis of its own that keeps an append-only file. */
export async function drainByService(
  world: World,
  helpdesk: Helpdesk,
  letters: Letters,
  { role = 'all', settings = {}, before = async () => ({}), after = async () => {} }: ServiceOptions = {},
): Promise<Drain> {
  const redis = await startRedis();
  try {
    const counted = await commandCounts(redis.url);
    const more = { ...settings, ...(await before(redis)) };
    const start = (user: string) => startService(world, user, helpdesk, redis.url, more, role);
    const drained = await drain(world, helpdesk, letters, start, true);
    return {
      ...drained,
      peakRss: { program: drained.peakRss.program, redis: memoryOf(redis.pid()).peak },
      processorSeconds: { ...drained.processorSeconds, redis: processorSecondsOf(redis.pid()) },
      redisCommands: countedSince(counted, await commandCounts(redis.url)),
    };
  } finally {
    await after();
    await redis.stop();
  }
}

/** One process of the service; the whole of it unless a role is given. */
export function startService(
  world: World,
  user: string,
  helpdesk: Helpdesk,
  redisUrl: string,
  settings: Readonly<Record<string, string>>,
  role: Role = 'all',
): Child {
  return startChild(
    world.scripts.service,
    ['start', '--role', role],
    {
      ...world.dovecot.settings(user),
      ...helpdesk.settings,
      QUEUE_URL: redisUrl,
      IMAP_BACKLOG: 'import',
      ...settings,
    },
    { directory: world.directory, name: `${user}.${role}`, profile: world.profile },
  );
}

/** The naive loop does the same. */
export function drainByNaiveLoop(world: World, helpdesk: Helpdesk, letters: Letters): Promise<Drain> {
  return drain(world, helpdesk, letters, (user) => startNaiveLoop(world, user, helpdesk), false);
}

/** The naive loop, with a queue of BullMQ in between and nothing else. */
export async function drainByQueuedLoop(world: World, helpdesk: Helpdesk, letters: Letters): Promise<Drain> {
  const redis = await startRedis();
  try {
    const start = (user: string) => startNaiveLoop(world, user, helpdesk, { QUEUE_URL: redis.url });
    return await drain(world, helpdesk, letters, start, false);
  } finally {
    await redis.stop();
  }
}

function startNaiveLoop(
  world: World,
  user: string,
  helpdesk: Helpdesk,
  settings: Readonly<Record<string, string>> = {},
): Child {
  return startChild(
    world.scripts.naive,
    [],
    { ...world.dovecot.settings(user), ...helpdesk.settings, ...settings },
    { directory: world.directory, name: user },
  );
}

async function drain(
  world: World,
  helpdesk: Helpdesk,
  letters: Letters,
  start: (user: string) => Child,
  files: boolean,
): Promise<Drain> {
  const mailbox = await world.mailbox(letters);
  await helpdesk.forget();
  const helpdeskBefore = processorSecondsOf(helpdesk.pid());
  const child = start(mailbox.user);
  try {
    const emptyAt = await drained(child, mailbox, helpdesk, letters, files);
    const { peakRss, processorSeconds } = child.usage();
    const helpdeskAfter = processorSecondsOf(helpdesk.pid());
    const made = await helpdesk.madeAt();
    await child.stop();
    // The first session is ours, with which the mailbox was filled.
    const [, ...sessions] = sessionsOf(world.dovecot.log(), mailbox.user);
    const loggedInAt = sessions[0]?.loggedInAt ?? Number.NaN;
    const last = made.at(-1) ?? Number.NaN;
    return {
      mails: letters.files.length,
      tickets: made.length,
      seconds: (last - loggedInAt) / 1000,
      startSeconds: (loggedInAt - child.startedAt) / 1000,
      filedSeconds: files ? (emptyAt - loggedInAt) / 1000 : null,
      firstTicketAt: made[0] ?? Number.NaN,
      lastTicketAt: last,
      peakRss: { program: peakRss, redis: null },
      processorSeconds: { program: processorSeconds, redis: null, helpdesk: helpdeskAfter - helpdeskBefore },
      bytesFetched: sessions.reduce((sum, { bytesSent }) => sum + (bytesSent ?? 0), 0),
      redisCommands: null,
      samples: child.samples,
    };
  } finally {
    await child.stop();
    await mailbox.close();
  }
}

/**
 * Waits until all is done: every mail filed away, or, of what files nothing, every mail posted.
 * @returns when that was seen, ms since 1970
 */
async function drained(
  child: Child,
  mailbox: Mailbox,
  helpdesk: Helpdesk,
  { files: { length: mails }, tickets }: Letters,
  files: boolean,
): Promise<number> {
  let made = 0;
  for (let movedAt = Date.now(); ; await sleep(LOOK_MS)) {
    const now = (await helpdesk.madeAt()).length;
    const moved = now > made;
    if (moved) movedAt = Date.now();
    made = now;
    // The mailbox is asked only when all may be done: that costs the mail server a look through its folder.
    if (files ? !(tickets === null ? moved : made < tickets) && (await mailbox.left()) === 0 : made >= mails)
      return Date.now();
    const still = Date.now() - movedAt > STILL_MS;
    if (still || !child.running())
      throw new Error(
        `${made} tickets of ${mails} mails, and ${still ? 'nothing happens any more' : 'the process has ended'}:\n${child.output().slice(-2000)}`,
      );
  }
}
