import { drainByService } from './drain.js';
import type { Helpdesk } from './helpdesk.js';
import type { Letters } from './letters.js';
import { sumOf } from './redis-commands.js';
import { imapCommands, type Relay, redisCommands, startRelay } from './relay.js';
import type { World } from './world.js';

/** Requests for a mail while a mailbox is drained, log-in and folders included. Not timed: a relay stands in between. */
export interface RoundTrips {
  readonly mails: number;
  readonly imapPerMail: number;
  readonly imapByCommand: Readonly<Record<string, number>>;
  readonly redisRequestsPerMail: number;
  readonly redisByCommand: Readonly<Record<string, number>>;
  readonly redisBytesPerMail: { readonly toRedis: number; readonly fromRedis: number };
  /** What Redis carried out in all, those within scripts too (INFO commandstats). */
  readonly redisCommandsPerMail: number;
  readonly helpdeskRequestsPerMail: number;
}

export async function countRoundTrips(world: World, helpdesk: Helpdesk, letters: Letters): Promise<RoundTrips> {
  const relays: Relay[] = [];
  try {
    const drain = await drainByService(world, helpdesk, letters, {
      async before({ port }) {
        relays.push(await startRelay(world.dovecot.port, imapCommands), await startRelay(port, redisCommands));
        return { IMAP_PORT: String(relays[0]?.port), QUEUE_URL: `redis://127.0.0.1:${relays[1]?.port}` };
      },
    });
    const [imap, redis] = relays;
    if (!imap || !redis) throw new Error('nothing was counted');
    const { mails } = drain;
    return {
      mails,
      imapPerMail: sumOf(imap.requests) / mails,
      imapByCommand: imap.requests,
      redisRequestsPerMail: sumOf(redis.requests) / mails,
      redisByCommand: redis.requests,
      redisBytesPerMail: { toRedis: redis.bytes.toServer / mails, fromRedis: redis.bytes.toClient / mails },
      redisCommandsPerMail: sumOf(drain.redisCommands ?? {}) / mails,
      helpdeskRequestsPerMail: drain.tickets / mails,
    };
  } finally {
    for (const relay of relays) await relay.stop();
  }
}
