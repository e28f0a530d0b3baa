import { setTimeout as sleep } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import { startRedis } from '../../test/services/redis.js';
import { until } from '../../test/services/until.js';
import { SeededRandom } from '../torture/random.js';
import { startService } from './drain.js';
import type { Helpdesk } from './helpdesk.js';
import { letter } from './letters.js';
import type { Mailbox } from './mailbox.js';
import { memoryOf } from './proc.js';
import { quantile } from './quantile.js';
import type { World } from './world.js';

interface Delay {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** From the moment the mail server has a mail to its ticket, while mail comes steadily. */
export interface Arrival {
  readonly mails: number;
  readonly mailsPerSecond: number;
  readonly toTicket: Delay;
  /** Until a bare client in IDLE is told of a mail, in a mailbox of its own that gets the same mails. */
  readonly toNotification: Delay;
  /** The difference of the two: what the service adds. Negative where a command of its own had the server tell sooner. */
  readonly beyond: Delay;
  /** Resident memory before the first mail; null where the rest was too short for V8 to give back what the start has used. */
  readonly idleRssMb: number | null;
}

const MAILS_PER_SECOND = 5;
/** V8 collects garbage for a process that rests, some 16 s after its last work. */
const REST_SECONDS = 20;

/**
 * Delivers mail for that long to a service that watches, and in the same moments to a mailbox that only a bare client watches.
 * @param restSeconds how long the service rests before
 */
export async function measureArrival(
  world: World,
  helpdesk: Helpdesk,
  { seconds, restSeconds }: { seconds: number; restSeconds: number },
): Promise<Arrival> {
  const none = { directory: world.directory, files: [], tickets: 0 };
  const [mailbox, control] = [await world.mailbox(none), await world.mailbox(none)];
  const redis = await startRedis();
  await helpdesk.forget();
  const service = startService(world, mailbox.user, helpdesk, redis.url, {});
  const listener = await listen(world, control.user);
  try {
    await until('the service watches', () => service.output().includes('"mailbox.watched"'));
    await sleep(restSeconds * 1000);
    const idleRssMb = restSeconds < REST_SECONDS ? null : memoryOf(service.pid).now / 1e6;
    const mails = seconds * MAILS_PER_SECOND;
    const delivered = await deliverSteadily(mailbox, control, mails);
    await until('every mail is a ticket', async () => (await helpdesk.madeAt()).length >= mails);
    await until('every mail was told of', () => listener.toldAt.length >= mails);
    const made = await helpdesk.madeBySubject();
    const toTicket = delivered.map(({ subject, at }) => (made.get(subject) ?? Number.NaN) - at);
    const toNotification = delivered.map(({ controlAt }, index) => (listener.toldAt[index] ?? Number.NaN) - controlAt);
    const [ticket, notification] = [delayOf(toTicket), delayOf(toNotification)];
    return {
      mails,
      mailsPerSecond: MAILS_PER_SECOND,
      toTicket: ticket,
      toNotification: notification,
      beyond: { p50Ms: ticket.p50Ms - notification.p50Ms, p99Ms: ticket.p99Ms - notification.p99Ms },
      idleRssMb,
    };
  } finally {
    listener.stop();
    await service.stop();
    await redis.stop();
    await mailbox.close();
    await control.close();
  }
}

/**
 * At random moments, the same in every run: of an even beat the first mail of each 500 ms would start the server's clock, and how long the
 * others wait for it would depend on who gave back the folder when.
 */
async function deliverSteadily(mailbox: Mailbox, control: Mailbox, mails: number) {
  const delivered: { subject: string; at: number; controlAt: number }[] = [];
  const random = new SeededRandom(1);
  const begin = Date.now();
  for (let index = 0, due = begin; index < mails; index += 1) {
    due += (-Math.log(1 - random.next()) * 1000) / MAILS_PER_SECOND;
    await sleep(Math.max(0, due - Date.now()));
    const raw = letter(index);
    const [at, controlAt] = await Promise.all(
      [mailbox, control].map(async (box) => {
        await box.deliver(raw);
        return Date.now();
      }),
    );
    const subject = /^Subject: (.*)\r$/m.exec(raw)?.[1] ?? '';
    delivered.push({ subject, at: at ?? Number.NaN, controlAt: controlAt ?? Number.NaN });
  }
  return delivered;
}

/** When a client that does nothing but IDLE was told of each mail. Nothing leaves its folder, so the count names the mails. */
async function listen(world: World, user: string): Promise<{ toldAt: number[]; stop(): void }> {
  const { IMAP_PASSWORD = '' } = world.dovecot.settings(user);
  const client = new ImapFlow({
    host: world.dovecot.host,
    port: world.dovecot.port,
    secure: false,
    doSTARTTLS: false,
    auth: { user, pass: IMAP_PASSWORD },
    logger: false,
    autoIdleDelay: 20,
  });
  client.on('error', () => {});
  const toldAt: number[] = [];
  client.on('exists', ({ count }: { count: number }) => {
    while (toldAt.length < count) toldAt.push(Date.now());
  });
  await client.connect();
  await client.mailboxOpen('INBOX');
  return { toldAt, stop: () => client.close() };
}

function delayOf(values: readonly number[]): Delay {
  return { p50Ms: Math.round(quantile(values, 0.5)), p99Ms: Math.round(quantile(values, 0.99)) };
}
