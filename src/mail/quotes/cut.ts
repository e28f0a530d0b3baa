import { beginsLikeAQuote } from './classify.js';
import { opensLikeADeviceLine } from './closing-lines.js';
import { INTRODUCING, type Line, type LineKind } from './line.js';

/** A line `--` without its space, or indented, may be an author's divider; a signature under it is no longer than this. */
const MAX_SIGNATURE_LINES = 12;

/** Lines of a quote, blank ones too, in which its attribution is looked for. */
const HEAD_LINES = 12;

const QUOTING: ReadonlySet<LineKind> = new Set(['quote', 'attribution', 'introduction', 'header', 'delimiter', 'cut']);
const LOOKS: ReadonlySet<LineKind> = new Set(['blank', 'ruler', 'device']);

/**
 * Decides on the sequence of classed lines which of them are the author's new words.
 * @returns for each line whether it is cut off
 */
export function cutLines(lines: readonly Line[]): boolean[] {
  const end = endOfReply(lines);
  const cut = lines.map((_, at) => at >= end);
  cutSignatures(lines, end, cut);
  cutQuotes(lines, end, cut);
  cutLooks(lines, cut);
  return cut;
}

/** Index of the first line from which all is the quoted mail, the number of lines where there is none. */
function endOfReply(lines: readonly Line[]): number {
  const marker = lines.findIndex(({ kind }) => kind === 'marker');
  const bound = marker < 0 ? lines.length : marker;
  const below = kindsBelow(lines);
  for (let at = 0; at < bound; at++) {
    const kind = lines[at]?.kind;
    if (kind === 'header' || kind === 'cut') return at;
    // What introduces a `>` quote leaves it to cutQuotes: answers may stand between or below the quoted lines.
    if ((kind === 'attribution' || kind === 'delimiter') && below[at] !== 'quote') return at;
  }
  if (marker < 0) return lines.length;
  // What stands quoted before our marker is the head of our mail.
  let start = marker;
  while (start > 0 && (QUOTING.has(kindAt(lines, start - 1)) || kindAt(lines, start - 1) === 'blank')) start--;
  return start;
}

const kindAt = (lines: readonly Line[], at: number): LineKind => lines[at]?.kind ?? 'blank';

/** For each line the kind of the next one that is neither blank nor of its own kind. From below, to stay linear. */
function kindsBelow(lines: readonly Line[]): LineKind[] {
  const below: LineKind[] = new Array(lines.length).fill('blank');
  let [kind, next]: LineKind[] = ['blank', 'blank'];
  for (let at = lines.length - 1; at >= 0; at--) {
    const own = kindAt(lines, at);
    if (own !== 'blank' && own !== kind) [kind, next] = [own, kind];
    below[at] = next ?? 'blank';
  }
  return below;
}

/** "PS: …": words, though they stand below the signature. */
function isPostscript(lines: readonly Line[], at: number): boolean {
  return kindAt(lines, at - 1) === 'blank' && /^p\. ?s\.|^ps\b(?!\d)[: ]/i.test(lines[at]?.bare ?? '');
}

/** A signature reaches to the next quote, a postscript or the end. */
function cutSignatures(lines: readonly Line[], end: number, cut: boolean[]): void {
  for (let at = 0; at < end; at++) {
    const line = lines[at];
    if (line?.kind === 'signature') cut[at] = true;
    if (line?.kind !== 'signature-start') continue;
    let after = at + 1;
    let length = 0;
    for (; after < end && !QUOTING.has(kindAt(lines, after)) && !isPostscript(lines, after); after++)
      if (kindAt(lines, after) !== 'blank') length++;
    if (line.raw.startsWith('-- ') || length <= MAX_SIGNATURE_LINES) cut.fill(true, at, after);
    at = after - 1;
  }
}

interface Run {
  readonly start: number;
  readonly end: number;
  /** Whether a mail program made it, of all of a mail; else the author picked it. */
  readonly attributed: boolean;
  /** Whether words of the author stand below it, before the next quote. */
  answered: boolean;
}

/**
 * A quote with nothing below it goes. So does one that a mail program introduced and that stands in one piece, with
 * words of the author below: they answer the mail as a whole, and the agent has it. A quote in pieces has answers
 * between them: these pieces stay, since the answers make no sense without them. So does a passage that the author
 * picked.
 */
function cutQuotes(lines: readonly Line[], end: number, cut: boolean[]): void {
  const runs = quoteRuns(lines, end, cut);
  let lastAnswered = runs.length - 1;
  while (lastAnswered >= 0 && !runs[lastAnswered]?.answered) lastAnswered--;
  for (const [index, run] of runs.entries()) {
    const next = runs[index + 1];
    const inPieces = !run.attributed || (next !== undefined && !next.attributed);
    if (index > lastAnswered || !inPieces) cut.fill(true, run.start, run.end);
  }
}

/** The quotes before `end`, each with its attribution. */
function quoteRuns(lines: readonly Line[], end: number, cut: readonly boolean[]): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < end; at++) {
    const kind = kindAt(lines, at);
    const last = runs.at(-1);
    if (kind !== 'quote' && !INTRODUCING.has(kind)) {
      if (last && !LOOKS.has(kind) && !cut[at]) last.answered = true;
      continue;
    }
    let quoteStart = at;
    while (quoteStart < end && kindAt(lines, quoteStart) !== 'quote') quoteStart++;
    let runEnd = quoteStart;
    for (let next = quoteStart; next < end; next++) {
      const nextKind = kindAt(lines, next);
      if (nextKind === 'quote') runEnd = next + 1;
      else if (nextKind !== 'blank') break;
    }
    runs.push({
      start: at,
      end: runEnd,
      attributed: isAttributed(lines, at, runEnd, runs.length === 0),
      answered: false,
    });
    at = runEnd - 1;
  }
  return runs;
}

/**
 * Whether a mail program, not the author, made the quote from `start` to `end`. Markup alone says so only of the first
 * one: the later pieces of a quote in pieces are marked like it.
 */
function isAttributed(lines: readonly Line[], start: number, end: number, isFirst: boolean): boolean {
  const kind = kindAt(lines, start);
  if (kind === 'attribution' || kind === 'delimiter') return true;
  const head = lines.slice(start, Math.min(end, start + HEAD_LINES)).filter((line) => line.kind === 'quote');
  return (isFirst && head.some(({ isMarked }) => isMarked)) || beginsLikeAQuote(head);
}

/** Rulers, device lines and blank lines go where no words follow in the same piece, a device line also where it stands above all words. */
function cutLooks(lines: readonly Line[], cut: boolean[]): void {
  const first = lines.findIndex(({ kind }) => kind !== 'blank');
  if (kindAt(lines, first) === 'device' && kindAt(lines, first + 1) === 'blank')
    cut[first] ||= opensLikeADeviceLine(lines[first]?.bare ?? '');
  let closing = true;
  for (let at = lines.length - 1; at >= 0; at--) {
    if (cut[at]) closing = true;
    else if (!LOOKS.has(kindAt(lines, at))) closing = false;
    else if (closing) cut[at] = true;
  }
}
