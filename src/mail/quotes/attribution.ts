import { MAX_ATTRIBUTION_LINES, MAX_JUDGED_LINE_CHARACTERS } from '../../limits.js';
import { OPENERS, WROTE, WROTE_UNSPACED } from './words.js';

/**
 * How surely a line introduces a quote: `strong` ones do so by themselves ("On 5 May 2020 at 10:15, Bob <b@x.org>
 * wrote:"), `weak` ones ("Quoting Bob <b@x.org>:") only where a quote follows, and `bare` ones ("Bob wrote:") may then
 * as well be the author's, who picked the passage.
 */
export type Strength = 'strong' | 'weak' | 'bare';

const escaped = (words: readonly string[]): string =>
  words
    .toSorted((a, b) => b.length - a.length)
    .map((word) => word.replace(/[()/.\\]/g, '\\$&'))
    .join('|');
const VERB = `(?:(?<!\\p{L})(?:${escaped(WROTE)})(?!\\p{L})|(?:${escaped(WROTE_UNSPACED)}))`;
const HAS_VERB = new RegExp(VERB, 'u');
const VERB_AT_END = new RegExp(`${VERB}\\s?(?:\\([^()]*\\))?\\s?[:：]?$`, 'u');
const LONE_VERB = new RegExp(`^${VERB}\\s?[:：]?$`, 'u');
const COLON_AT_END = /[:：]$/;
export const TIME = /\p{Nd}{1,2} ?[:.h] ?\p{Nd}{2}/u;
const DATE = /\p{Nd} ?[-./年] ?\p{Nd}{1,2} ?[-./月] ?\p{Nd}|(?<!\p{Nd})\p{Nd}{4}(?!\p{Nd})/u;
const ADDRESS_AT_END = /@[^\s@]+[>)\]"']* ?[:：]$/;
/** So common a word is a verb of attributions only right behind an address in brackets. */
const SENT_AT_END = /@[^\s@<>]+> sent ?:$/;
/** A number among the first words: "Wed, Nov 14", "giorno mar 5". Few repetitions, so that the search stays short. */
const NUMBER_SOON = /^(?:[^\s\p{Nd}]{1,15} ){0,3}[^\s\p{Nd}]{0,4}\p{Nd}/u;
const WORD_THEN_NUMBER = /^[\p{L}\p{M}]{1,15}[.,]{0,2} \p{Nd}/u;
/** A sentence of an author that happens to hold an address and "wrote" is longer. */
const MAX_ATTRIBUTION_WORDS = 14;

/** Whether a line may be the first of an attribution: it begins with a date, or an opener ("On", "Le") and soon a number. */
function isOpened(lower: string): boolean {
  if (/^\p{Nd}/u.test(lower) || WORD_THEN_NUMBER.test(lower)) return true;
  const space = lower.indexOf(' ');
  return space > 0 && OPENERS.has(lower.slice(0, space)) && NUMBER_SOON.test(lower.slice(space + 1));
}

function hasAddress(line: string): boolean {
  const at = line.indexOf('@');
  return at > 0 && /[^\s<"(]/.test(line.charAt(at - 1)) && /[\p{L}\p{N}]/u.test(line.charAt(at + 1));
}

/** Whether a bare line can be the last of an attribution; cheap, to be asked of every line. */
function canEnd(bare: string): boolean {
  const last = bare.charAt(bare.length - 1);
  return (
    last === ':' ||
    last === '：' ||
    last === '-' ||
    last === '>' ||
    (bare.includes('@') && VERB_AT_END.test(bare.toLowerCase()))
  );
}

/** Judges a bare line, or the lines of a wrapped one joined by spaces. */
export function attributionStrength(joined: string): Strength | null {
  const undashed = joined.replace(/^-+ ?/, '').replace(/ ?-+$/, '');
  const line = undashed.toLowerCase();
  const verb = HAS_VERB.test(line);
  if (verb && joined.startsWith('--') && joined.endsWith('--')) return 'strong';
  const address = hasAddress(line);
  const dated = DATE.test(line) || TIME.test(line);
  const opened = isOpened(line);
  if (!COLON_AT_END.test(line)) {
    if (!address || !dated || !opened) return null;
    return VERB_AT_END.test(line) ? 'strong' : 'weak';
  }
  const terse = line.split(' ').length <= MAX_ATTRIBUTION_WORDS;
  if (opened && TIME.test(line) && SENT_AT_END.test(line)) return 'strong';
  if (opened && (verb ? address || TIME.test(line) : address && dated && ADDRESS_AT_END.test(line))) return 'strong';
  if (verb && address && terse && (dated || VERB_AT_END.test(line))) return 'strong';
  if (address || (verb && dated)) return 'weak';
  return verb ? 'bare' : null;
}

export interface Span {
  /** Index of the first line. */
  readonly start: number;
  readonly strength: Strength;
}

/**
 * Finds the attribution whose last line is `end`: the fewest lines upwards that make one, since mail programs wrap it
 * at any space. `bareAt` gives a bare line, or null where no line may be taken in (another kind, or none at all).
 */
export function attributionEndingAt(end: number, bareAt: (index: number) => string | null): Span | null {
  let joined = bareAt(end);
  if (joined === null || joined === '' || !canEnd(joined)) return null;
  let found: Span | null = null;
  for (let start = end, taken = 1; ; ) {
    const strength = attributionStrength(joined);
    if (strength === 'strong' && isOpened(joined.toLowerCase())) {
      const above = bareAt(start - 1);
      // Both "On Nov 21," and the "at 10:18, Bob wrote:" below it look like a beginning.
      return { start: above?.endsWith(',') && isOpened(above.toLowerCase()) ? start - 1 : start, strength };
    }
    // "<bob@example.org> wrote:" is whole by itself, but may have its "On 5 May, Bob" above.
    if (strength && (found === null || (strength === 'strong' && found.strength !== 'strong')))
      found = { start, strength };
    let above = bareAt(start - 1);
    start--;
    // Some programs break "Bob <bob@example.org>" around a blank line.
    if (above === '' && joined.startsWith('<')) above = bareAt(--start);
    if (above === null || above === '' || COLON_AT_END.test(above)) return found;
    if (++taken > MAX_ATTRIBUTION_LINES || joined.length + above.length >= MAX_JUDGED_LINE_CHARACTERS) return found;
    joined = `${above} ${joined}`;
  }
}

/** Whether a bare line is nothing but the end of a wrapped attribution: "wrote:". */
export function isLoneVerb(bare: string): boolean {
  return LONE_VERB.test(bare.toLowerCase());
}

/** Where, in a line that holds an author's last words and an attribution, the attribution begins; 0 where it is all of it. */
export function attributionOffset(bare: string): number {
  if (isOpened(bare.replace(/^-+ ?/, '').toLowerCase())) return 0;
  const match = /(?<=\S)(?: |-{2,3} ?)(?:On|Am|Le|El|Il|Op|Em|Den) (?=(?:\p{L}{2,12}[.,]{0,2} ){0,2}\p{Nd})/u.exec(
    bare,
  );
  return match?.index ?? 0;
}
