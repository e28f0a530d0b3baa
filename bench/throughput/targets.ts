import type { Figures } from './scenarios.js';

/** What the service has to show. */
interface Target {
  readonly name: string;
  readonly unit: string;
  readonly most: number;
  readonly value: (figures: Figures) => number | undefined;
}

/** A target with what was measured. */
export interface TargetResult extends Omit<Target, 'value'> {
  readonly value: number;
  readonly met: boolean;
}

const targets: readonly Target[] = [
  { name: 'mix: time by that of the naive loop', unit: '', most: 1, value: ({ mix }) => mix?.medianRatio },
  {
    name: 'small mails: time by that of the naive loop',
    unit: '',
    most: 1.3,
    value: ({ small }) => small?.medianRatio,
  },
  {
    name: 'bytes fetched of a mail with 25 MB attached',
    unit: 'B',
    most: 100_000,
    value: ({ large }) => large?.bytesFetched,
  },
  {
    name: 'arrival to ticket beyond the notification, p50',
    unit: 'ms',
    most: 50,
    value: ({ arrival }) => arrival?.beyond.p50Ms,
  },
  {
    name: 'arrival to ticket beyond the notification, p99',
    unit: 'ms',
    most: 250,
    value: ({ arrival }) => arrival?.beyond.p99Ms,
  },
  { name: 'memory at rest', unit: 'MB', most: 130, value: ({ arrival }) => arrival?.idleRssMb ?? undefined },
  { name: 'memory while a backlog is drained', unit: 'MB', most: 250, value: ({ backlog }) => backlog?.peakRssMb },
  {
    // A core that is used up excuses: then more cores would give more.
    name: 'slow API: share of the ideal rate that is missing, unless CPU-bound',
    unit: '%',
    most: 20,
    value: ({ slowApi }) => slowApi && (slowApi.bound === 'CPU' ? 0 : 100 * (1 - slowApi.share)),
  },
];

/** Of what was measured. */
export function judgeTargets(figures: Figures): TargetResult[] {
  return targets.flatMap(({ value: read, ...target }) => {
    const value = read(figures);
    return value === undefined ? [] : [{ ...target, value, met: value <= target.most }];
  });
}
