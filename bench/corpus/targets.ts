import { groupBy } from './group-by.js';
import type { Result } from './run.js';

/** What the whole run has to reach. */
interface Target {
  readonly name: string;
  /** Which scores it is about. */
  readonly of: (result: Result, field: string) => boolean;
  /** `each`: share of all scores. `corpus`: mean of the shares of each corpus, where a large one must not drown the others. */
  readonly share: 'each' | 'corpus';
  /** The least share that is met, 0 to 1. */
  readonly least: number;
}

export interface TargetResult extends Pick<Target, 'name' | 'least'> {
  /** Null where the corpora hold nothing of it. */
  readonly share: number | null;
  readonly met: boolean;
  readonly misses: number;
  readonly of: number;
}

const targets: readonly Target[] = [
  { name: 'does not throw', of: (_, field) => field === 'does not throw', share: 'each', least: 1 },
  { name: 'takes at most 2 s', of: (_, field) => field === 'takes at most 2 s', share: 'each', least: 1 },
  { name: 'subject without U+FFFD', of: (_, field) => field === 'subject without U+FFFD', share: 'each', least: 1 },
  { name: 'subject', of: (result, field) => isKnown(result) && field === 'subject', share: 'each', least: 0.98 },
  { name: 'from', of: (result, field) => isKnown(result) && field === 'from', share: 'each', least: 1 },
  {
    name: 'text of whole mails',
    of: (result, field) => isKnown(result) && !isReply(result) && field === 'text',
    share: 'each',
    least: 0.97,
  },
  {
    name: 'reply trimming, text',
    of: (result, field) => isExplicit(result) && isReply(result) && field === 'text' && result.row.format !== 'html',
    share: 'corpus',
    least: 0.85,
  },
  {
    name: 'reply trimming, HTML',
    of: (result, field) => isExplicit(result) && isReply(result) && field === 'textNoSpace',
    share: 'corpus',
    least: 0.85,
  },
  {
    name: 'bounces recognised',
    of: ({ row }, field) => row.expect.isBounce === true && field === 'isBounce',
    share: 'each',
    least: 0.99,
  },
  {
    name: 'automatic replies recognised',
    of: ({ row }, field) => row.expect.isAuto === true && field === 'isAuto',
    share: 'each',
    least: 0.95,
  },
  {
    name: 'ordinary mail stays ordinary',
    of: (_, field) => field === 'ordinary mail stays ordinary',
    share: 'each',
    least: 0.997,
  },
];

/** Holds the results against every target. A target that nothing is known about counts as met. */
export function judgeTargets(results: readonly Result[]): TargetResult[] {
  return targets.map(({ name, of, share: kind, least }) => {
    const scores = results.flatMap((result) =>
      result.scores.filter(({ field }) => of(result, field)).map(({ met }) => ({ corpus: result.row.corpus, met })),
    );
    const groups = kind === 'each' ? [scores] : [...groupBy(scores, ({ corpus }) => corpus).values()];
    const share = scores.length === 0 ? null : mean(groups.map((group) => mean(group.map(({ met }) => Number(met)))));
    return {
      name,
      least,
      share,
      met: share === null || share >= least,
      misses: scores.filter(({ met }) => !met).length,
      of: scores.length,
    };
  });
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}

function isExplicit({ row }: Result): boolean {
  return row.quality === 'explicit';
}

function isKnown({ row }: Result): boolean {
  return row.quality !== 'weak' && !row.bodyOnly;
}

function isReply({ row }: Result): boolean {
  return row.kind === 'reply-trim';
}
