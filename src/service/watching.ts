import { startHourlyAudit } from '../imap/hourly-audit.js';
import type { Unsettled } from '../imap/ports.js';
import { earlier } from '../imap/under-way.js';
import { Watcher } from '../imap/watcher.js';
import { JudgePool } from '../judging/pool.js';
import { MAX_FETCHED_BODY_BYTES } from '../limits.js';
import { QUEUE_NAME } from '../queue/job.js';
import { JobReadings, READINGS_QUEUE_NAME } from '../queue/readings.js';
import { watchedMailbox } from './credential-sources.js';
import { partOf, type Shared } from './shared.js';

/**
 * Watches each mailbox, apart from the others, so that one that fails touches none of them.
 * @param releases gets what is to be released after the watching has ended
 * @returns ends the watching
 */
export async function startWatching(shared: Shared, releases: (() => Promise<void>)[]): Promise<() => Promise<void>> {
  const { config, credentials, backend, ledger, log, health, metrics } = shared;
  const judges = new JudgePool(log, new Map(config.mailboxes.map(({ imap, mail }) => [imap.mailbox, mail])));
  releases.push(() => judges.close());
  await judges.ready();
  const readings = new JobReadings(await backend.queue(READINGS_QUEUE_NAME));
  const events = await backend.queueEvents(QUEUE_NAME);
  const watchers = config.mailboxes.map(
    ({ imap, mail }) =>
      new Watcher({
        ...watchedMailbox(imap, credentials),
        ledger,
        judge: (source, envelope, options) => judges.judge(imap.mailbox, source, envelope, options),
        readings,
        // A signature holds over every byte of a mail, files and all.
        wholeBytes: mail.senderAuthCheck === 'dns' ? MAX_FETCHED_BODY_BYTES : undefined,
        log,
        observer: metrics.watcher,
        report: (state) => health.report(partOf(imap), state),
      }),
  );
  metrics.watchMailbox(() => together(watchers.map(({ unsettled }) => unsettled)));
  const finished = ({ jobId }: { jobId: string }) => {
    for (const watcher of watchers) watcher.finished(jobId);
  };
  events.on('completed', finished).on('failed', finished);
  for (const watcher of watchers) watcher.start();
  for (const { imap } of config.mailboxes) {
    releases.push(startHourlyAudit({ ...watchedMailbox(imap, credentials), ledger, log }));
  }
  return async () => {
    await Promise.all(watchers.map((watcher) => watcher.stop()));
  };
}

/** What stands unsettled in all mailboxes; null before the first look at any. */
function together(each: readonly (Unsettled | null)[]): Unsettled | null {
  const looked = each.filter((one) => one !== null);
  if (looked.length === 0) return null;
  return {
    underWay: looked.reduce((sum, { underWay }) => sum + underWay, 0),
    oldest: looked.reduce<number | null>((oldest, one) => earlier(oldest, one.oldest), null),
  };
}
