import { SingleBar } from 'cli-progress';

/** How far an import has come, on standard error. */
export interface Progress {
  update(done: { readonly bytes: number; readonly queued: number; readonly known: number }): void;
  /** Says why it does not go on; the next update takes it back. */
  waiting(why: string): void;
  stop(): void;
}

/** How often a line is written where nobody looks on, in ms. */
const LINE_MS = 10_000;

/** A bar on a terminal, else a line every ten seconds. */
export function startProgress(totalBytes: number, isDry: boolean): Progress {
  const bar = new SingleBar({
    format: `{bar} {percentage} %  {queued} ${isDry ? 'would be queued' : 'queued'}, {known} known  {state}`,
    stream: process.stderr,
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    noTTYOutput: true,
    notTTYSchedule: LINE_MS,
    // A bar of nothing is done.
    emptyOnZero: false,
  });
  bar.start(totalBytes, 0, { queued: 0, known: 0, state: '' });
  return {
    // The mails of a growing mailbox may come to more than it had at first.
    update: ({ bytes, queued, known }) => bar.update(Math.min(bytes, totalBytes), { queued, known, state: '' }),
    waiting: (why) => bar.update({ state: why }),
    stop: () => bar.stop(),
  };
}
