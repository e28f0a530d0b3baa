import type { Child } from './child.js';
import { drainByService, startService } from './drain.js';
import type { Helpdesk } from './helpdesk.js';
import type { Letters } from './letters.js';
import type { World } from './world.js';

/** One watcher and some workers, each a process, on one queue. */
export interface Workers {
  readonly workers: number;
  readonly concurrencyOfEach: number;
  readonly delayMs: number;
  readonly mails: number;
  /** From the first ticket to the last. */
  readonly mailsPerSecond: number;
  readonly idealPerSecond: number;
  /** Processor time of the watcher, and of all workers. */
  readonly watcherCpuMsPerMail: number;
  readonly workersCpuMsPerMail: number;
  readonly peakRssMbOfWorker: number;
}

/** @param helpdesk one that takes `delayMs` for every request */
export async function drainByWorkers(
  world: World,
  helpdesk: Helpdesk,
  letters: Letters,
  workers: number,
  { delayMs, concurrency }: { delayMs: number; concurrency: number },
): Promise<Workers> {
  const settings = { WORKER_CONCURRENCY: String(concurrency) };
  const children: Child[] = [];
  let usages: ReturnType<Child['usage']>[] = [];
  const drain = await drainByService(world, helpdesk, letters, {
    role: 'watcher',
    async before({ url }) {
      for (let number = 1; number <= workers; number += 1)
        children.push(startService(world, `worker-${workers}-${number}`, helpdesk, url, settings, 'worker'));
      return settings;
    },
    async after() {
      usages = children.map((child) => child.usage());
      await Promise.all(children.map((child) => child.stop()));
    },
  });
  return {
    workers,
    concurrencyOfEach: concurrency,
    delayMs,
    mails: drain.mails,
    mailsPerSecond: ((drain.tickets - 1) * 1000) / (drain.lastTicketAt - drain.firstTicketAt),
    idealPerSecond: (workers * concurrency * 1000) / delayMs,
    watcherCpuMsPerMail: (drain.processorSeconds.program * 1000) / drain.mails,
    workersCpuMsPerMail: usages.reduce((sum, usage) => sum + usage.processorSeconds * 1000, 0) / drain.mails,
    peakRssMbOfWorker: Math.max(...usages.map(({ peakRss }) => peakRss)) / 1e6,
  };
}
