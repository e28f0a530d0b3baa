import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { SeededRandom } from './random.js';
import type { World } from './world.js';

type Event = (world: World, random: SeededRandom) => Promise<unknown>;

const events: Readonly<Record<string, Event>> = {
  'service killed': async ({ service }, random) => {
    await service.kill('SIGKILL');
    await sleep(random.between(0, 3000));
    await service.restart();
  },
  'redis killed': async ({ redis }, random) => {
    await redis?.kill('SIGKILL');
    await sleep(random.between(0, 4000));
    await redis?.restart();
  },
  'redis emptied': async ({ redis }) => {
    if (!redis) return;
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
  },
  'dovecot restarted': ({ dovecot }) => dovecot.restart(),
  'answers lost': ({ fault }, random) =>
    fault({ kind: 'drop', endpoint: 'tickets_create.php', times: random.between(1, 4) }),
  'answers cut off': ({ fault }, random) =>
    fault({ kind: 'truncate', endpoint: 'tickets_create.php', times: random.between(1, 3) }),
  'slow answers': ({ fault }, random) =>
    fault({ kind: 'slow', forMs: random.between(500, 4000), times: random.between(1, 4) }),
  'status 500': ({ fault }, random) =>
    fault({ kind: 'status', status: 500, carriedOut: random.next() < 0.5, times: random.between(1, 10) }),
  'status 503': ({ fault }, random) => fault({ kind: 'status', status: 503, times: random.between(1, 10) }),
  'too many requests': ({ fault }) => fault({ kind: 'status', status: 429, retryAfter: '2' }),
  'wrong token': ({ fault }) => fault({ kind: 'status', status: 401 }),
  'a page instead of JSON': ({ fault }, random) => fault({ kind: 'html', times: random.between(1, 3) }),
  'hangs with the ticket made': ({ fault }) =>
    fault({ kind: 'hang', endpoint: 'tickets_create.php', carriedOut: true }),
  'refuses connections': async ({ fault }, random) => {
    const forMs = random.between(500, 5000);
    await fault({ kind: 'refuse', forMs });
    // Its control is refused as well.
    await sleep(forMs + 500);
  },
};

/** Lets things go wrong at random moments until `end` (ms since 1970). What it breaks it mends itself. */
export async function chaos(
  world: World,
  random: SeededRandom,
  end: number,
  say: (text: string) => void,
): Promise<Record<string, number>> {
  const happened: Record<string, number> = {};
  const names = Object.keys(events).filter((name) => world.redis || !name.startsWith('redis ')) as [
    string,
    ...string[],
  ];
  for (;;) {
    await sleep(Math.min(random.between(500, 6000), Math.max(0, end - Date.now())));
    if (Date.now() >= end) return happened;
    const name = random.pick(names);
    happened[name] = (happened[name] ?? 0) + 1;
    say(`  ${name}`);
    await events[name]?.(world, random);
  }
}
