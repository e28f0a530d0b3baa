import { TIME } from './attribution.js';
import {
  DASHED_DELIMITERS,
  DELIMITERS,
  DEVICE_BRANDS,
  DEVICE_JOINTS,
  DEVICE_LINES,
  DEVICE_LINK,
  DEVICE_OPENERS,
  DEVICE_SHORT_OPENERS,
  DEVICE_TAILS,
  DEVICES,
} from './words.js';

/** A line of a phone or mail program is shorter than a sentence of an author that begins alike. */
const MAX_DEVICE_LINE_CHARACTERS = 200;
const MIN_DEVICE_LINE_CHARACTERS = 5;
const MAX_WORDS_AFTER = 8;
const MAX_WORDS_AFTER_SHORT = 2;
/** Of a line that a program's own link ends, the link left out. */
const MAX_WORDS_WITH_LINK = 8;
/** "Bob Miller from mobile" */
const MAX_WORDS_OF_PERSON = 4;

/** Whether a bare line reads "-----Original Message-----" or "Begin forwarded message:", in some language. */
export function isDelimiter(bare: string): boolean {
  const dashed = /^(?:-{2,}|_{2,}|={2,})(?!$)/.test(bare);
  return dashed ? isDelimiterTitle(bare) : /[:：]$/.test(bare) && DELIMITERS.has(titleOf(bare));
}

/** Whether the words of a bare line are those of a delimiter; without dashes they are one only right above a header block. */
export function isDelimiterTitle(bare: string): boolean {
  const title = titleOf(bare);
  return DELIMITERS.has(title) || DASHED_DELIMITERS.has(title);
}

function titleOf(bare: string): string {
  return (
    bare
      .replace(/^[-_= ]+/, '')
      .replace(/[-_= :：]+$/, '')
      .replace(/’/g, "'")
      .toLowerCase()
      // What is left of the dot of a Turkish İ.
      .replace(/\u0307/g, '')
  );
}

/** Whether a bare line with three quote signs is what GroupWise puts over a mail: ">>> Bob <bob@example.org> 5/2/2026 9:00 AM >>>". */
export function isGroupWiseLine(bare: string, depth: number): boolean {
  return depth === 3 && bare.endsWith(' >>>') && TIME.test(bare);
}

/** Whether a bare line may announce a header block: Outlook's row of underscores, or a dashed title in any language. */
export function isAnnouncement(bare: string): boolean {
  return /^_{20,}$/.test(bare) || /^-{4,} ?[^-].*[^-] ?-{4,}$/.test(bare);
}

/** Whether a bare line is what a phone or mail program adds under a mail: "Sent from my iPhone". */
export function isDeviceLine(bare: string): boolean {
  if (bare.length < MIN_DEVICE_LINE_CHARACTERS || bare.length > MAX_DEVICE_LINE_CHARACTERS) return false;
  const line = withoutLooks(bare);
  if (isDeviceTail(line) || DEVICE_LINES.has(line.replaceAll(' ', ''))) return true;
  const [sentence = ''] = line.split(/[.,;!](?: |$)/, 1);
  const words = sentence.split(/[ -]+/);
  const named = words.some((word) => DEVICES.has(word)) || DEVICE_BRANDS.some((brand) => sentence.includes(brand));
  if (named && words.length <= MAX_WORDS_WITH_LINK && DEVICE_LINK.test(bare)) return true;
  const rest = line.slice(sentence.length).replace(/^[.,;! ]+/, '');
  if (rest !== '' && !isDeviceTail(rest) && !isCarrier(rest)) return false;
  if (wordsAfter(DEVICE_OPENERS, sentence) <= MAX_WORDS_AFTER) return named || sentence.startsWith('sent from my ');
  if (wordsAfter(DEVICE_SHORT_OPENERS, sentence) <= MAX_WORDS_AFTER_SHORT) return named;
  return (
    words.length <= MAX_WORDS_OF_PERSON && DEVICES.has(words.at(-1) ?? '') && DEVICE_JOINTS.has(words.at(-2) ?? '')
  );
}

/**
 * Whether a device line tells itself by its beginning, so that it may stand above the words: "Sorry for the delay" is a part
 * of them there, and so are "Hello from mobile" and a heading, "Outlook für Mac".
 */
export function opensLikeADeviceLine(bare: string): boolean {
  const line = withoutLooks(bare);
  const isOpened = [DEVICE_OPENERS, DEVICE_SHORT_OPENERS].some((openers) => Number.isFinite(wordsAfter(openers, line)));
  return isOpened && !line.startsWith('outlook ');
}

/** In lower case and plain signs, without links, brackets and the vowel signs that Arabic may leave away. */
function withoutLooks(bare: string): string {
  return bare
    .toLowerCase()
    .replace(/[‘’]/g, "'")
    .replace(/[\u064b-\u0652]/g, '')
    .replace(/<[^<>]*:\/\/[^<>]*>|\([^()]*:\/\/[^()]*\)|\[[^[\]]*:\/\/[^[\]]*\]|https?:\/\/\S*/g, ' ')
    .replace(/[\s<>()[\]*_]+/g, ' ')
    .replace(/[.!]+ ?$/, '')
    .trim();
}

/** How many words a sentence has after the opener it begins with, Infinity where it begins with none. */
function wordsAfter(openers: readonly string[], sentence: string): number {
  const opener = openers.find((candidate) => sentence.startsWith(candidate));
  return opener === undefined
    ? Number.POSITIVE_INFINITY
    : sentence.slice(opener.length).split(/[ -]+/).filter(Boolean).length;
}

/** "Please excuse typos" */
function isDeviceTail(line: string): boolean {
  return line.length < 80 && DEVICE_TAILS.some((opener) => line.startsWith(opener));
}

/** "an AT&T 5G smartphone", as second half of a device's line. */
function isCarrier(rest: string): boolean {
  const words = rest.split(/[ -]+/);
  return words.length <= 6 && DEVICES.has(words.at(-1) ?? '');
}

/** Whether bare lines, from one to the end of its passage, are the foot that Mailman puts under each mail of a list. */
export function isListFooter(passage: readonly string[]): boolean {
  const [ruler = '', ...lines] = passage;
  if (!/^_{2,}$/.test(ruler) || lines.length < 2 || lines.length > 4) return false;
  return (
    lines.some((line) => line.includes('@') && !line.includes(' ')) && lines.some((line) => /^https?:\/\//.test(line))
  );
}
