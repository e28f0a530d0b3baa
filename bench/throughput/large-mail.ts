import { drainByService } from './drain.js';
import type { Helpdesk } from './helpdesk.js';
import { SMALL } from './letters.js';
import type { World } from './world.js';

/** What a mail costs that carries much which is not read. */
export interface LargeMail {
  readonly attachmentBytes: number;
  /** Beyond what a small mail costs in a session of its own, log-in and folders included in both. */
  readonly bytesFetched: number;
  readonly seconds: number;
  readonly peakRssMb: number;
}

export async function fetchLargeMail(world: World, helpdesk: Helpdesk, attachmentBytes: number): Promise<LargeMail> {
  const small = await drainByService(world, helpdesk, world.letters('small', 1, SMALL));
  const large = await drainByService(
    world,
    helpdesk,
    world.letters('large', 1, () => attachmentBytes),
  );
  return {
    attachmentBytes,
    bytesFetched: large.bytesFetched - small.bytesFetched,
    seconds: large.seconds,
    peakRssMb: large.peakRss.program / 1e6,
  };
}
