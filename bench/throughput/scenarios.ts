import { existsSync } from 'node:fs';
import { type Arrival, measureArrival } from './arrival.js';
import { type Backlog, drainBacklog } from './backlog.js';
import { type Comparison, compare } from './compare.js';
import { type drainByNaiveLoop, drainByQueuedLoop, drainByService } from './drain.js';
import { type Helpdesk, startHelpdesk } from './helpdesk.js';
import { fetchLargeMail, type LargeMail } from './large-mail.js';
import { MIX, SMALL } from './letters.js';
import { countRoundTrips, type RoundTrips } from './round-trips.js';
import { drainAgainstSlowApi, type SlowApi } from './slow-api.js';
import { drainByWorkers, type Workers } from './workers.js';
import type { World } from './world.js';

/** How much each scenario does. */
export interface Sizes {
  readonly mails: number;
  readonly pairs: number;
  /** How long the service rests before mail comes, and how long it comes. */
  readonly restSeconds: number;
  readonly arrivalSeconds: number;
  readonly backlog: number;
  readonly slowApiMails: number;
  /** Where corpora of real mail are. */
  readonly corpora: string;
}

export const FULL = { mails: 1000, pairs: 5, restSeconds: 30, arrivalSeconds: 60, backlog: 20_000, slowApiMails: 5000 };
/** Under a minute in all, on two cores that nobody else uses. */
export const QUICK = { mails: 300, pairs: 2, restSeconds: 1, arrivalSeconds: 5, backlog: 1500, slowApiMails: 1500 };

/** What was measured, by scenario; one that was not run is not there. */
export interface Figures {
  readonly mix?: Comparison;
  readonly small?: Comparison;
  /** The naive loop with a queue, where the others have the service. */
  readonly queue?: Comparison;
  readonly corpora?: Comparison;
  readonly trips?: RoundTrips;
  readonly arrival?: Arrival;
  readonly large?: LargeMail;
  readonly slowApi?: SlowApi;
  readonly workers?: readonly Workers[];
  readonly backlog?: Backlog;
}

export type ScenarioName = keyof Figures;

/** Gmail takes 25 MB. */
const LARGE_BYTES = 25_000_000;
const SLOW_API = { delayMs: 50, concurrency: 32 };
/** Few deliveries at once for each, so that it is the API that limits and another worker can help. */
const WORKERS = { delayMs: 50, concurrency: 8, counts: [1, 2, 4] };

interface Scenario {
  readonly about: string;
  readonly run: (world: World, helpdesk: Helpdesk, sizes: Sizes) => Promise<Figures>;
}

/** In the order in which they run. */
export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  mix: {
    about: 'mails of which one in ten carries 1 MB: the whole service and the naive loop in turn',
    run: async (world, helpdesk, { mails, pairs }) => ({
      mix: await compare(world, helpdesk, world.letters('mix', mails, MIX), pairs),
    }),
  },
  small: {
    about: 'the same with small mails only',
    run: async (world, helpdesk, { mails, pairs }) => ({
      small: await compare(world, helpdesk, world.letters('small', mails, SMALL), pairs),
    }),
  },
  queue: {
    about: 'the same with the naive loop through a queue in place of the service: what the queue alone costs',
    run: async (world, helpdesk, { mails, pairs }) => ({
      queue: await compare(world, helpdesk, world.letters('small', mails, SMALL), pairs, drainByQueuedLoop),
    }),
  },
  corpora: {
    about: 'the same with real mails, where corpora are there',
    run: async (world, helpdesk, { corpora, pairs }) => {
      if (!existsSync(corpora)) {
        world.say(`  skipped: there is no ${corpora}`);
        return {};
      }
      // Many of these mails are from one sender, who would have to wait for an hour, and some stand there twice, which a full pass sees.
      const options = { settings: { FLOOD_LIMIT: '0', IMAP_POLL_SECONDS: '5' } };
      const drain = (...place: Parameters<typeof drainByNaiveLoop>) => drainByService(...place, options);
      return { corpora: await compare(world, helpdesk, world.corpora(corpora), pairs, drain) };
    },
  },
  trips: {
    about: 'requests to the mail server and to Redis, counted in a run of its own',
    run: async (world, helpdesk, { mails }) => ({
      trips: await countRoundTrips(world, helpdesk, world.letters('mix', mails, MIX)),
    }),
  },
  arrival: {
    about: 'from arrival to ticket while mail comes steadily, and memory at rest',
    run: async (world, helpdesk, { arrivalSeconds: seconds, restSeconds }) => ({
      arrival: await measureArrival(world, helpdesk, { seconds, restSeconds }),
    }),
  },
  large: {
    about: 'bytes fetched of a mail with an attachment of 25 MB',
    run: async (world, helpdesk) => ({ large: await fetchLargeMail(world, helpdesk, LARGE_BYTES) }),
  },
  slowApi: {
    about: 'an API that takes 50 ms for every request, 32 at once',
    run: async (world, _, { slowApiMails }) => {
      const slow = await startHelpdesk(SLOW_API.delayMs);
      try {
        const letters = world.letters('small', slowApiMails, SMALL);
        return { slowApi: await drainAgainstSlowApi(world, slow, letters, SLOW_API) };
      } finally {
        await slow.stop();
      }
    },
  },
  workers: {
    about: 'a watcher and 1, 2 and 4 workers as processes, an API that takes 50 ms',
    run: async (world, _, { mails }) => {
      const slow = await startHelpdesk(WORKERS.delayMs);
      const workers: Workers[] = [];
      try {
        const letters = world.letters('small', mails, SMALL);
        for (const count of WORKERS.counts) workers.push(await drainByWorkers(world, slow, letters, count, WORKERS));
        return { workers };
      } finally {
        await slow.stop();
      }
    },
  },
  backlog: {
    about: 'a large backlog: memory must not grow with it',
    run: async (world, helpdesk, { backlog }) => ({ backlog: await drainBacklog(world, helpdesk, backlog) }),
  },
};
