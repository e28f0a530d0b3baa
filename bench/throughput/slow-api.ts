import { cpus } from 'node:os';
import type { Sample } from './child.js';
import { drainByService } from './drain.js';
import type { Helpdesk } from './helpdesk.js';
import type { Letters } from './letters.js';
import { machineSeconds } from './proc.js';
import type { World } from './world.js';

/** How near the service comes to what an API with a fixed delay allows. */
export interface SlowApi {
  readonly delayMs: number;
  readonly concurrency: number;
  readonly mails: number;
  /** From the first ticket to the last. */
  readonly mailsPerSecond: number;
  readonly idealPerSecond: number;
  readonly share: number;
  /** Cores that the service used, and that all our processes but the mail server did, while tickets were made. */
  readonly serviceCores: number;
  readonly ourCores: number;
  /** Share of all cores that were in use, by whoever. */
  readonly machineBusy: number;
  /** `others`: by what else runs on the machine. */
  readonly bound: 'API' | 'CPU' | 'others' | 'neither';
}

const NEAR_IDEAL = 0.8;
/** A core counts as used up from here on: the rest goes to what cannot overlap. */
const USED_UP = 0.85;

/** @param helpdesk one that takes `delayMs` for every request */
export async function drainAgainstSlowApi(
  world: World,
  helpdesk: Helpdesk,
  letters: Letters,
  { delayMs, concurrency }: { delayMs: number; concurrency: number },
): Promise<SlowApi> {
  const before = machineSeconds();
  const drain = await drainByService(world, helpdesk, letters, {
    settings: { WORKER_CONCURRENCY: String(concurrency) },
  });
  const after = machineSeconds();
  const { firstTicketAt, lastTicketAt, processorSeconds, samples } = drain;
  const seconds = (lastTicketAt - firstTicketAt) / 1000;
  const mailsPerSecond = (drain.tickets - 1) / seconds;
  const idealPerSecond = (concurrency * 1000) / delayMs;
  const share = mailsPerSecond / idealPerSecond;
  const serviceCores = coresUsed(samples.filter(({ at }) => at >= firstTicketAt && at <= lastTicketAt));
  const ourCores = serviceCores + ((processorSeconds.redis ?? 0) + processorSeconds.helpdesk) / seconds;
  const machineBusy = (after.busy - before.busy) / (after.all - before.all);
  const cpuBound = serviceCores >= USED_UP || ourCores >= USED_UP * cpus().length;
  const bound = share >= NEAR_IDEAL ? 'API' : cpuBound ? 'CPU' : machineBusy >= USED_UP ? 'others' : 'neither';
  return {
    ...{ delayMs, concurrency, mails: drain.mails, mailsPerSecond, idealPerSecond, share },
    ...{ serviceCores, ourCores, machineBusy, bound },
  };
}

function coresUsed(samples: readonly Sample[]): number {
  const [from, to] = [samples[0], samples.at(-1)];
  if (!from || !to || from === to) return Number.NaN;
  return ((to.processorSeconds - from.processorSeconds) * 1000) / (to.at - from.at);
}
