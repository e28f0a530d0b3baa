import Table from 'cli-table3';
import { DISPUTED, type Disputed } from './disputed.js';
import { groupBy } from './group-by.js';
import { qualities } from './rows.js';
import type { Result } from './run.js';
import { PROMISES } from './run.js';
import { judgeTargets, type TargetResult } from './targets.js';

/** The figures of a run: what `--json` prints, and what the tables are drawn from. */
export interface Report {
  readonly messages: number;
  readonly slowest: { readonly message: string; readonly milliseconds: number } | null;
  readonly fields: readonly FieldCount[];
  readonly targets: readonly TargetResult[];
  /** Expectations left out because we mean not to meet them. */
  readonly disputed: readonly Disputed[];
  readonly failures?: readonly Failure[];
}

/** How often a field was met in one corpus, by what is known of it. */
interface FieldCount {
  readonly corpus: string;
  readonly field: string;
  readonly quality: (typeof qualities)[number];
  readonly met: number;
  readonly of: number;
}

interface Failure {
  readonly message: string;
  readonly field: string;
  readonly expected: string;
  readonly got: string;
}

/** Adds up a run; the single differences only where they are asked for. */
export function reportOf(results: readonly Result[], withFailures: boolean): Report {
  const slowest = results.reduce<Result | null>(
    (a, b) => (a !== null && a.milliseconds >= b.milliseconds ? a : b),
    null,
  );
  return {
    messages: results.length,
    slowest: slowest && { message: nameOf(slowest), milliseconds: Math.round(slowest.milliseconds) },
    fields: countFields(results),
    targets: judgeTargets(results),
    disputed: DISPUTED.filter(({ message }) => results.some((result) => nameOf(result) === message)),
    ...(withFailures && { failures: failuresOf(results) }),
  };
}

function countFields(results: readonly Result[]): FieldCount[] {
  const scores = results.flatMap(({ row, scores }) =>
    scores.map(({ field, met }) => ({
      corpus: row.corpus,
      field: fieldName(row.kind, field),
      quality: row.quality,
      met,
    })),
  );
  const groups = groupBy(scores, ({ corpus, field, quality }) => [corpus, field, quality].join('\n'));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ ...first, met: group.filter(({ met }) => met).length, of: group.length }] : [];
  });
}

/** The text of a reply is another thing than that of a whole mail. */
function fieldName(kind: string, field: string): string {
  return kind === 'reply-trim' && /^text/.test(field) ? `${field} of the reply` : field;
}

function failuresOf(results: readonly Result[]): Failure[] {
  return results.flatMap((result) =>
    result.scores
      .filter(({ met }) => !met)
      .map(({ field, expected, got }) => ({
        message: nameOf(result),
        field: fieldName(result.row.kind, field),
        expected,
        got,
      })),
  );
}

function nameOf({ row }: Result): string {
  return `${row.corpus}/${row.file}`;
}

/** The report for people: promises that every message keeps have their line among the targets alone. */
export function render({ messages, slowest, fields, targets, disputed, failures = [] }: Report): string {
  const differences = failures.map(
    ({ message, field, expected, got }) => `${message}: ${field}\n  expected ${expected}\n  got      ${got}`,
  );
  const last = `${messages} messages${slowest ? `, the slowest ${slowest.message} in ${slowest.milliseconds} ms` : ''}`;
  return [
    ...differences,
    fieldTable(fields.filter(({ field, met, of }) => !PROMISES.has(field) || met < of)),
    targetTable(targets),
    ...disputed.map(({ message, field, why }) => `left out: ${field} of ${message}, which ${why}`),
    last,
  ].join('\n');
}

function fieldTable(fields: readonly FieldCount[]): string {
  const table = newTable(['corpus', 'field', ...qualities]);
  const rows = groupBy(fields, ({ corpus, field }) => `${corpus}\n${field}`);
  for (const [key, counts] of rows) {
    const cells = qualities.map((quality) => counts.find((count) => count.quality === quality));
    table.push([...key.split('\n'), ...cells.map((count) => (count ? `${count.met}/${count.of}` : ''))]);
  }
  return table.toString();
}

function targetTable(targets: readonly TargetResult[]): string {
  const table = newTable(['target', 'least', 'reached', 'misses', 'of', '']);
  for (const { name, least, share, misses, of, met } of targets) {
    table.push([name, percent(least), share === null ? 'unknown' : percent(share), misses, of, met ? 'met' : 'MISSED']);
  }
  return table.toString();
}

/** Cut off, not rounded: 99.96 % must not read as 100 %. */
function percent(share: number): string {
  return `${(Math.floor(share * 1000 + 1e-9) / 10).toFixed(1)} %`;
}

function newTable(head: string[]) {
  return new Table({ head, style: { head: [], border: [], compact: true } });
}
