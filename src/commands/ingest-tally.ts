import type { Batch } from '../ingest/ingest.js';
import { MAX_INDEXED_CHARACTERS, MAX_INGESTED_NAMED } from '../limits.js';
import { clampCharacters } from '../mail/clamp.js';
import type { Decision, QueuedJudgement } from '../mail/decision.js';
import type { NewEntry } from '../mail/ledger-entry.js';
import { table } from './terminal.js';

type Outcome = Decision['kind'];

const MEANINGS: Readonly<Record<Outcome, string>> = { create: 'new ticket', reply: 'reply', ignore: 'ignored' };

/** What a mail is to become. */
interface Named {
  readonly outcome: Outcome;
  readonly rule: string;
  readonly from: string;
  readonly subject: string;
  readonly messageId: string | null;
}

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
  readonly #named: Named[] = [];

  /** @param isDry whether nothing is queued: then no ledger could tell which mail was to become what, and they are named here */
  constructor(private readonly isDry: boolean) {}

  add({ bytes, queued, again, known }: Batch): void {
    this.bytes += bytes;
    this.queued += queued.length;
    this.again += again;
    this.known += known;
    for (const { judgement } of queued) this.#count(judgement);
    if (this.isDry) this.#named.push(...queued.slice(0, MAX_INGESTED_NAMED - this.#named.length).map(named));
  }

  get mails(): number {
    return this.queued + this.again + this.known;
  }

  toJSON(): unknown {
    const outcomes = [...this.#outcomes].map(([outcome, rules]) => [outcome, Object.fromEntries(rules)] as const);
    const { mails, queued, again, known } = this;
    const counts = { mails, queued, again, known, outcomes: Object.fromEntries(outcomes) };
    return this.isDry ? { ...counts, named: this.#named } : counts;
  }

  render(): string {
    const rows = [...this.#outcomes].flatMap(([outcome, rules]) =>
      [...rules].map(([rule, count]) => [MEANINGS[outcome], rule, String(count)]),
    );
    const { mails, queued, again, known } = this;
    const told = this.isDry
      ? `${mails} read: ${queued} would be queued, ${known} are there more than once. Nothing was done.`
      : `${mails} read: ${queued} queued, ${known} known already${again > 0 ? `, ${again} that had failed are tried again` : ''}.`;
    const counts = rows.length > 0 ? [table(['to become', 'by the rule', 'mails'], rows)] : [];
    return [...this.#renderNamed(), ...counts, told].join('\n');
  }

  #renderNamed(): string[] {
    if (this.#named.length === 0) return [];
    const rows = this.#named.map(({ outcome, rule, from, subject }) => [
      MEANINGS[outcome],
      rule,
      clampCharacters(from, 32),
      clampCharacters(subject, 60),
    ]);
    const left = this.queued > rows.length ? [`The first ${rows.length} are named.`] : [];
    return [table(['to become', 'by the rule', 'from', 'subject'], rows), ...left];
  }

  #count(judgement: QueuedJudgement): void {
    const { kind } = judgement.decision;
    const rules = this.#outcomes.get(kind) ?? new Map<string, number>();
    const rule = ruleOf(judgement);
    rules.set(rule, (rules.get(rule) ?? 0) + 1);
    this.#outcomes.set(kind, rules);
  }
}

function named({ envelope, judgement }: NewEntry): Named {
  const { from, subject, messageId } = envelope;
  return {
    outcome: judgement.decision.kind,
    rule: ruleOf(judgement),
    from: clampCharacters(from, MAX_INDEXED_CHARACTERS),
    subject: clampCharacters(subject, MAX_INDEXED_CHARACTERS),
    messageId: messageId && clampCharacters(messageId, MAX_INDEXED_CHARACTERS),
  };
}

function ruleOf({ trace }: QueuedJudgement): string {
  return trace.findLast(({ matched }) => matched)?.rule ?? '';
}
