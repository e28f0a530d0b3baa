import type { Batch } from '../ingest/ingest.js';
import type { Decision, QueuedJudgement } from '../mail/decision.js';
import { table } from './terminal.js';

type Outcome = Decision['kind'];

/** What was done with the mails that were read. */
export class IngestTally {
  /** Bytes that were read. */
  bytes = 0;
  queued = 0;
  /** Had failed after they were ingested, and are tried again. */
  again = 0;
  /** Were in the ledger, or there twice. */
  known = 0;
  /** Of those queued, what they are to become, by the rule that decided it. */
  readonly #outcomes = new Map<Outcome, Map<string, number>>();

  add({ bytes, queued, again, known }: Batch): void {
    this.bytes += bytes;
    this.queued += queued.length;
    this.again += again;
    this.known += known;
    for (const judgement of queued) this.#count(judgement);
  }

  get mails(): number {
    return this.queued + this.again + this.known;
  }

  toJSON(): unknown {
    const outcomes = [...this.#outcomes].map(([outcome, rules]) => [outcome, Object.fromEntries(rules)] as const);
    const { mails, queued, again, known } = this;
    return { mails, queued, again, known, outcomes: Object.fromEntries(outcomes) };
  }

  render(isDry: boolean): string {
    const meanings = { create: 'new ticket', reply: 'reply', ignore: 'ignored' };
    const rows = [...this.#outcomes].flatMap(([outcome, rules]) =>
      [...rules].map(([rule, count]) => [meanings[outcome], rule, String(count)]),
    );
    const { mails, queued, again, known } = this;
    const told = isDry
      ? `${mails} read: ${queued} would be queued, ${known} are there more than once. Nothing was done.`
      : `${mails} read: ${queued} queued, ${known} known already${again > 0 ? `, ${again} that had failed are tried again` : ''}.`;
    return [...(rows.length > 0 ? [table(['to become', 'by the rule', 'mails'], rows)] : []), told].join('\n');
  }

  #count({ decision, trace }: QueuedJudgement): void {
    const rules = this.#outcomes.get(decision.kind) ?? new Map<string, number>();
    const rule = trace.findLast(({ matched }) => matched)?.rule ?? '';
    rules.set(rule, (rules.get(rule) ?? 0) + 1);
    this.#outcomes.set(decision.kind, rules);
  }
}
