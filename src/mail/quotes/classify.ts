import { MAX_JUDGED_LINE_CHARACTERS } from '../../limits.js';
import { attributionEndingAt, attributionOffset, attributionStrength, isLoneVerb } from './attribution.js';
import {
  isAnnouncement,
  isDelimiter,
  isDelimiterTitle,
  isDeviceLine,
  isGroupWiseLine,
  isListFooter,
} from './closing-lines.js';
import { bareLine, INTRODUCING, isRuler, type Line, type LineKind } from './line.js';
import { announcedBlockEnd, gluedDelimiter, headerBlockEnd, headerOf, isServerField } from './quoted-header.js';

/** What a mail program's markup says of a line, where the text was made from HTML. */
export type Mark = 'quote' | 'cited' | 'signature' | 'attribution' | 'cut';

export interface MarkedLine {
  readonly raw: string;
  readonly mark: Mark | null;
}

/** Lines at the head of a quote in which an attribution or header block makes it a mail program's quote. */
const QUOTE_HEAD_LINES = 6;
/** Lines of a header that may stand above an attribution. */
const MAX_LINES_ABOVE = 6;
/** Lines that our marker may be wrapped into. */
const MARKER_LINES = 3;

/** Classes the lines of a body, each by itself first, then with its neighbours. Linear in their number. */
export function classify(marked: readonly MarkedLine[], marker: string): Line[] {
  const lines = splitSharedLines(marked).map(({ raw, mark }): Line => {
    const { bare, depth } = bareLine(raw);
    return { raw, bare, isMarked: mark === 'quote', kind: kindAlone(raw, bare, depth, mark) };
  });
  hideCodeFences(lines);
  findMarker(lines, marker);
  findHeaderBlocks(lines);
  joinWrappedQuotes(lines);
  findAttributions(lines);
  findListFooters(lines);
  resolveCited(lines);
  return lines;
}

/** Indented, it takes the space that belongs to it: without one it may be a point of a list. */
const SIGNATURE_START = /^(?:--\s*| {1,2}-- )$/;

function kindAlone(raw: string, bare: string, depth: number, mark: Mark | null): LineKind {
  if (mark === 'quote') return 'quote';
  if (bare === '' && depth === 0) return 'blank';
  // Below each such mark comes "From: …" or a ruler; where nothing like it does, the mark means something else.
  if (mark === 'cut' && (/[:：]/.test(bare.slice(0, 40)) || isRuler(bare))) return 'cut';
  if (mark !== null && mark !== 'cut') return mark;
  if (depth > 0) return isGroupWiseLine(bare, depth) ? 'delimiter' : 'quote';
  if (bare === '--' && SIGNATURE_START.test(raw)) return 'signature-start';
  if (isRuler(bare)) return 'ruler';
  if (isDelimiter(bare)) return 'delimiter';
  if (isDeviceLine(bare)) return 'device';
  return 'text';
}

/**
 * "Fine! On Wed, Apr 4, 2012 at 3:59 PM, Bob wrote:" becomes two lines, or the author's words would go with the quote, and
 * so does Yahoo's "On Wed, … wrote:   Hello" with the quote behind it.
 */
function splitSharedLines(marked: readonly MarkedLine[]): MarkedLine[] {
  const lines: MarkedLine[] = [];
  for (const line of marked) {
    const ends = line.mark === null ? endsWithin(line.raw, lines) : [];
    let start = 0;
    for (const end of ends) {
      lines.push({ raw: line.raw.slice(start, end), mark: null });
      start = end;
    }
    lines.push(start === 0 ? line : { raw: line.raw.slice(start), mark: null });
  }
  return lines;
}

/** Where within a line one ends and the next begins. */
function endsWithin(raw: string, above: readonly MarkedLine[]): number[] {
  const glued = gluedDelimiter(raw);
  if (glued) {
    if (bareLine(raw.slice(0, glued.start)).bare !== '') return [glued.start, glued.end];
    const words = above.findLast((line) => bareLine(line.raw).bare !== '')?.raw ?? '';
    return isIntroduction(bareLine(words).bare) ? [] : [glued.end];
  }
  const end = endOfAttribution(raw);
  if (end > 0) return [end];
  const at = /[:：]\s*$/.test(raw.slice(-4)) ? offsetOfAttribution(raw) : 0;
  return at > 0 ? [at] : [];
}

/** Where the attribution that a line begins with ends, 0 where it begins with none or nothing stands behind it. */
function endOfAttribution(raw: string): number {
  const head = /^[^<>]{5,200}<[^<>\s@]{1,64}@[^<>\s]{1,255}>[^<>:：]{0,30}[:：](?=\s{2,}\S)/.exec(
    raw.slice(0, MAX_JUDGED_LINE_CHARACTERS),
  )?.[0];
  return head !== undefined && attributionStrength(bareLine(head).bare) === 'strong' ? head.length : 0;
}

function offsetOfAttribution(raw: string): number {
  const { bare, depth } = bareLine(raw);
  const offset = depth === 0 && bare.includes(' ') && attributionStrength(bare) ? attributionOffset(bare) : 0;
  return offset > 0 ? raw.indexOf(bare) + offset : 0;
}

/** Between two fences nothing is a quote or signature; a fence without an end hides nothing. */
function hideCodeFences(lines: Line[]): void {
  let open = -1;
  for (const [at, line] of lines.entries()) {
    if (line.kind !== 'text' || !line.bare.startsWith('```')) continue;
    if (open < 0) open = at;
    else {
      for (const hidden of lines.slice(open, at + 1)) hidden.kind = 'code';
      open = -1;
    }
  }
}

function findMarker(lines: Line[], marker: string): void {
  const squeeze = (text: string) => text.replace(/\s+/g, '').toLowerCase();
  const wanted = squeeze(marker);
  if (wanted === '') return;
  const squeezed = lines.map(({ bare }) => squeeze(bare));
  for (const [at, line] of lines.entries()) {
    const own = squeezed[at] ?? '';
    // Wrapped, it stands on a few lines; where all of it is on later ones, those are found in their turn.
    if (
      own.includes(wanted.charAt(0)) &&
      isWithin(
        own.length,
        squeezed
          .slice(at, at + MARKER_LINES)
          .join('')
          .indexOf(wanted),
      )
    )
      line.kind = 'marker';
  }
}

function isWithin(length: number, index: number): boolean {
  return index >= 0 && index < length;
}

/** A line's bare text where it may be part of a header block or attribution: '' for a blank line, null for another kind. */
function bareTextOf(lines: readonly Line[]): (at: number) => string | null {
  return (at) => {
    const line = lines[at];
    return line?.kind === 'text' || line?.kind === 'blank' ? line.bare : null;
  };
}

function findHeaderBlocks(lines: Line[]): void {
  const bareAt = bareTextOf(lines);
  for (let at = 0; at < lines.length; at++) {
    const bare = bareAt(at);
    const above = lines[at - 1];
    if (bare && isServerField(bare) && !isTitle(lines[wordsAbove(lines, at)])) {
      // The author pasted a header, to its blank line.
      while (bareAt(at + 1)) at++;
      continue;
    }
    const announced = above && isAnnouncement(above.bare) ? announcedBlockEnd(at, bareAt) : null;
    const end = announced ?? (bare && headerOf(bare) ? headerBlockEnd(at, bareAt) : null);
    if (end === null) continue;
    if (announced !== null && above?.kind === 'text') above.kind = 'delimiter';
    const titleAt = wordsAbove(lines, at);
    const title = lines[titleAt];
    const hasTitle = isTitle(title);
    const words = lines[hasTitle ? wordsAbove(lines, titleAt) : titleAt];
    const kind = words?.kind === 'text' && isIntroduction(words.bare) ? 'text' : 'header';
    if (title && hasTitle) title.kind = kind === 'text' ? 'text' : 'delimiter';
    for (const line of lines.slice(at, end)) line.kind = kind;
    at = end - 1;
  }
}

function isTitle(line: Line | undefined): boolean {
  return line?.kind === 'delimiter' || (line?.kind === 'text' && isDelimiterTitle(line.bare));
}

/**
 * "My mail was:": the author shows the mail below, its header is a part of the words. One word with a colon may be a
 * telephone in a signature.
 */
function isIntroduction(bare: string): boolean {
  return /\p{L}{2}.* .*[:：]$/u.test(bare) && attributionStrength(bare) === null;
}

/** Index of the nearest line above that is not blank, -1 where there is none. */
function wordsAbove(lines: readonly Line[], at: number): number {
  let above = at - 1;
  while (lines[above]?.kind === 'blank') above--;
  return above;
}

/** A long quoted line that was wrapped on its way leaves its rest unquoted, between two quoted lines: no answer. */
function joinWrappedQuotes(lines: Line[]): void {
  for (const [at, line] of lines.entries()) {
    const [above, below] = [lines[at - 1], lines[at + 1]];
    if (line.kind !== 'text' || above?.kind !== 'quote' || below?.kind !== 'quote') continue;
    const [firstWord = ''] = line.bare.split(' ', 1);
    const hadNoRoom = above.raw.length + firstWord.length >= 72 && !/[.!?:]$/.test(above.bare);
    const restOfUrl = firstWord === line.bare && /:\/\/\S+$/.test(above.bare);
    if (hadNoRoom || restOfUrl) line.kind = 'quote';
  }
}

function findAttributions(lines: Line[]): void {
  const bareAt = bareTextOf(lines);
  let next: LineKind | null = null;
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at];
    if (line === undefined) continue;
    // A bracket that was wrapped to the front of its line looks like a quote sign: "> wrote:".
    if (line.kind === 'quote' && isLoneVerb(line.bare) && lines[at - 1]?.bare.includes('@')) line.kind = 'text';
    const span = line.kind === 'text' ? attributionEndingAt(at, bareAt) : null;
    const beforeQuote = next === 'quote' || next === 'cited' || next === 'header';
    if (span && (span.strength === 'strong' || beforeQuote)) {
      for (const part of lines.slice(span.start, at + 1)) {
        part.kind = span.strength === 'bare' ? 'introduction' : 'attribution';
      }
      at = takeHeaderAbove(lines, span.start);
    }
    const kind = lines[at]?.kind ?? 'blank';
    if (kind !== 'blank') next = kind;
  }
}

/**
 * Yandex sets a ruler, recipients and subject above its attribution, without the author: these lines go with it. Returns
 * the index of the first line.
 */
function takeHeaderAbove(lines: readonly Line[], start: number): number {
  let first = start;
  while (start - first < MAX_LINES_ABOVE && lines[first - 1]?.kind === 'text' && headerOf(lines[first - 1]?.bare ?? ''))
    first--;
  if (first === start || lines[first - 1]?.kind !== 'ruler') return start;
  for (const line of lines.slice(first, start)) line.kind = 'attribution';
  return first;
}

function findListFooters(lines: Line[]): void {
  for (const [at, line] of lines.entries()) {
    if (line.kind !== 'ruler' || !line.bare.startsWith('_')) continue;
    const passage = lines.slice(at, at + 6);
    const end = passage.findIndex(({ kind }) => kind === 'blank');
    const footer = end < 0 ? passage : passage.slice(0, end);
    if (isListFooter(footer.map(({ bare }) => bare))) for (const part of footer) part.kind = 'signature';
  }
}

/**
 * Not any blockquote is a quote: authors indent with it. It is one where an attribution stands right before it or at its
 * head, and its blank lines are a part of the quote that stands within it.
 */
function resolveCited(lines: Line[]): void {
  let before: LineKind = 'blank';
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    if (line?.kind !== 'cited') {
      if (line && line.kind !== 'blank') before = line.kind;
      continue;
    }
    let end = at;
    while (lines[end]?.kind === 'cited' || lines[end]?.kind === 'blank') end++;
    const block = lines.slice(at, end).filter(({ kind }) => kind === 'cited');
    const isEmpty = block.every(({ bare }) => bare === '');
    const isQuote: boolean = isEmpty
      ? before === 'quote' || lines[end]?.kind === 'quote'
      : INTRODUCING.has(before) || beginsLikeAQuote(block);
    for (const cited of block) cited.kind = isQuote ? 'quote' : cited.bare === '' ? 'blank' : 'text';
    if (!isEmpty) before = isQuote ? 'quote' : 'text';
    at = end - 1;
  }
}

/** Whether a quote has at its head what mail programs write there: it is then no passage that the author picked. */
export function beginsLikeAQuote(quote: readonly Line[]): boolean {
  const bares = quote
    .map(({ bare }) => bare)
    .filter((bare) => bare !== '')
    .slice(0, QUOTE_HEAD_LINES);
  const bareAt = (at: number) => bares[at] ?? null;
  return bares.some(
    (bare, at) =>
      isDelimiter(bare) ||
      (at < 2 && headerBlockEnd(at, bareAt) !== null) ||
      attributionEndingAt(at, bareAt)?.strength === 'strong',
  );
}
