import { type Drain, drainByNaiveLoop, drainByService } from './drain.js';
import type { Helpdesk } from './helpdesk.js';
import type { Letters } from './letters.js';
import { median } from './quantile.js';
import { sumOf } from './redis-commands.js';
import type { World } from './world.js';

/** Medians of several drains of one program. */
export interface Summary {
  /** From the log-in at the mailbox to the last ticket. */
  readonly seconds: number;
  readonly mailsPerSecond: number;
  /** From the start of the process to the log-in. */
  readonly startSeconds: number;
  /** From the log-in to the empty inbox; null where nothing is filed. */
  readonly filedSeconds: number | null;
  readonly peakRssMb: number;
  readonly redisPeakRssMb: number | null;
  /** Processor time of the process from its start on, start-up included. */
  readonly cpuMsPerMail: number;
  readonly redisCpuMsPerMail: number | null;
  readonly helpdeskCpuMsPerMail: number;
  readonly bytesFetchedPerMail: number;
  /** Those within scripts too. */
  readonly redisCommandsPerMail: number | null;
}

/** The service and the naive loop on the same mails, in turn. */
export interface Comparison {
  readonly mails: number;
  readonly ticketsOfService: number;
  readonly naive: Summary;
  readonly service: Summary;
  /** Seconds of the service by seconds of the naive loop, of each pair. */
  readonly ratios: readonly number[];
  readonly medianRatio: number;
}

/**
 * Runs A B A B…: what else the machine does meanwhile meets both of a pair alike.
 * @param drainOther what takes the place of the service
 */
export async function compare(
  world: World,
  helpdesk: Helpdesk,
  letters: Letters,
  pairs: number,
  drainOther: (world: World, helpdesk: Helpdesk, letters: Letters) => Promise<Drain> = drainByService,
): Promise<Comparison> {
  const naive: Drain[] = [];
  const service: Drain[] = [];
  for (let pair = 1; pair <= pairs; pair += 1) {
    const loop = await drainByNaiveLoop(world, helpdesk, letters);
    const whole = await drainOther(world, helpdesk, letters);
    naive.push(loop);
    service.push(whole);
    world.say(
      `  pair ${pair} of ${pairs}: naive ${loop.seconds.toFixed(2)} s, beside it ${whole.seconds.toFixed(2)} s`,
    );
  }
  const ratios = service.map(({ seconds }, i) => seconds / (naive[i]?.seconds ?? Number.NaN));
  return {
    mails: letters.files.length,
    ticketsOfService: service[0]?.tickets ?? 0,
    naive: summaryOf(naive),
    service: summaryOf(service),
    ratios,
    medianRatio: median(ratios),
  };
}

/** Medians over drains of the same mails. */
function summaryOf(drains: readonly Drain[]): Summary {
  const of = (figure: (drain: Drain) => number) => median(drains.map(figure));
  const known = (figure: (drain: Drain) => number | null) => {
    const values = drains.map(figure).filter((value) => value !== null);
    return values.length > 0 ? median(values) : null;
  };
  return {
    seconds: of(({ seconds }) => seconds),
    mailsPerSecond: of(({ mails, seconds }) => mails / seconds),
    startSeconds: of(({ startSeconds }) => startSeconds),
    filedSeconds: known(({ filedSeconds }) => filedSeconds),
    peakRssMb: of(({ peakRss }) => peakRss.program / 1e6),
    redisPeakRssMb: known(({ peakRss }) => (peakRss.redis === null ? null : peakRss.redis / 1e6)),
    cpuMsPerMail: of(({ mails, processorSeconds }) => (processorSeconds.program * 1000) / mails),
    redisCpuMsPerMail: known(({ mails, processorSeconds: { redis } }) => redis && (redis * 1000) / mails),
    helpdeskCpuMsPerMail: of(({ mails, processorSeconds }) => (processorSeconds.helpdesk * 1000) / mails),
    bytesFetchedPerMail: of(({ mails, bytesFetched }) => bytesFetched / mails),
    redisCommandsPerMail: known(({ mails, redisCommands }) => redisCommands && sumOf(redisCommands) / mails),
  };
}
