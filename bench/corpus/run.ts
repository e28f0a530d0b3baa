import { simpleParser } from 'mailparser';
import { bytesOf, type Reading, read } from './reading.js';
import type { Row } from './rows.js';
import { type Score, scoreRow } from './score.js';

/** How one row came out. */
export interface Result {
  readonly row: Row;
  readonly milliseconds: number;
  readonly scores: readonly Score[];
}

/** A message that takes longer counts as a hang. */
const MAX_MILLISECONDS = 2000;

const promises = {
  alive: 'does not throw',
  inTime: 'takes at most 2 s',
  intact: 'subject without U+FFFD',
  ordinary: 'ordinary mail stays ordinary',
} as const;

/** The fields that no row names, since every message has to keep them. */
export const PROMISES: ReadonlySet<string> = new Set(Object.values(promises));

/** Reads and scores one row; what our code throws is a score like the others, so that one message does not end the run. */
export async function runRow(row: Row): Promise<Result> {
  const bytes = bytesOf(row);
  const started = performance.now();
  const outcome = await read(row, bytes).catch(asError);
  const milliseconds = performance.now() - started;
  const inTime = promise('inTime', milliseconds <= MAX_MILLISECONDS, `${Math.round(milliseconds)} ms`);
  if (outcome instanceof Error)
    return { row, milliseconds, scores: [inTime, promise('alive', false, String(outcome))] };
  return {
    row,
    milliseconds,
    scores: [
      ...scoreRow(row, outcome),
      inTime,
      promise('alive', true, ''),
      ...(await scoreSubject(row, outcome, bytes)),
      ...scoreOrdinary(row, outcome, bytes),
    ],
  };
}

/** The subject must have no U+FFFD where the row or another parser knows how it reads. */
async function scoreSubject(row: Row, { whole }: Reading, bytes: Buffer): Promise<Score[]> {
  if (whole === null) return [];
  const { subject } = whole.mail;
  const isReadable = async () =>
    !String(row.expect.subject ?? (await simpleParser(bytes)).subject ?? '').includes('\uFFFD');
  return [promise('intact', !subject.includes('\uFFFD') || !(await isReadable()), subject)];
}

/**
 * A mail of which no row says that it is automatic must not be taken for a bounce or an automatic reply. The rows name only
 * what the upstream test was about, so mail that declares itself a report or an automatic reply is no ordinary mail either.
 */
function scoreOrdinary(row: Row, { whole }: Reading, bytes: Buffer): Score[] {
  if (whole === null || isMarked(row) || declaresItself(bytes)) return [];
  const { kind, evidence } = whole.automatic;
  return [promise('ordinary', kind !== 'bounce' && kind !== 'auto-reply', `${kind}: ${evidence}`)];
}

function isMarked({ kind, expect }: Row): boolean {
  return ['auto', 'bounce'].includes(kind) || [expect.isAuto, expect.isBounce, expect.isFeedbackReport].includes(true);
}

function declaresItself(bytes: Buffer): boolean {
  const [head = ''] = bytes.toString('latin1').split(/\r\n\r\n|\n\n|\r\r/, 1);
  return /^(?:content-type:\s*multipart\/report|auto-submitted:\s*auto-replied)/im.test(head.replace(/\r\n?/g, '\n'));
}

function promise(name: keyof typeof promises, met: boolean, got: string): Score {
  const field = promises[name];
  return { field, met, expected: field, got };
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
