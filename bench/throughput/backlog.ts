import { drainByService } from './drain.js';
import type { Helpdesk } from './helpdesk.js';
import { SMALL } from './letters.js';
import { median } from './quantile.js';
import type { World } from './world.js';

/** A backlog much larger than what may be under way at one time. */
export interface Backlog {
  readonly mails: number;
  readonly seconds: number;
  readonly mailsPerSecond: number;
  readonly filedSeconds: number;
  readonly peakRssMb: number;
  /** Median of the resident memory in each quarter of the time; flat means that the last is not above the second. */
  readonly rssMbByQuarter: readonly number[];
}

export async function drainBacklog(world: World, helpdesk: Helpdesk, mails: number): Promise<Backlog> {
  const drain = await drainByService(world, helpdesk, world.letters('small', mails, SMALL));
  const quarter = Math.ceil(drain.samples.length / 4);
  return {
    mails,
    seconds: drain.seconds,
    mailsPerSecond: mails / drain.seconds,
    filedSeconds: drain.filedSeconds ?? Number.NaN,
    peakRssMb: drain.peakRss.program / 1e6,
    rssMbByQuarter: [0, 1, 2, 3].map(
      (index) => median(drain.samples.slice(index * quarter, (index + 1) * quarter).map(({ rss }) => rss)) / 1e6,
    ),
  };
}
