import { isForwardSubject } from './forward-subject.js';
import { htmlToText, leanHtml } from './html-text.js';
import { classify, type MarkedLine } from './quotes/classify.js';
import { cutLines } from './quotes/cut.js';
import { markHtml, unmarkLines } from './quotes/html-marks.js';
import { ANSWERS_WITHIN } from './quotes/words.js';

/** The body of a mail, as parsing gives it. */
export interface ReplyBody {
  /** The whole body as a person would read it. */
  readonly text: string;
  /** The HTML body, null where there is none. */
  readonly html: string | null;
  /** Whether `text` was made from `html`. */
  readonly textIsFromHtml: boolean;
  /** The line above which customers shall write, '' where there is none. */
  readonly marker: string;
}

/** `text`: the customer's new words; `quoted`: all that was cut off, '' where nothing was. */
export interface TrimmedReply {
  readonly text: string;
  readonly quoted: string;
}

/**
 * Parts the new words of a reply from the mail it quotes. Never empty: where trimming leaves nothing, the full text
 * stands and `quoted` is '', and so where the words point to answers within the quoted mail or are its subject. A text
 * part is judged by itself; the HTML beside it decides where the text shows no quote. Of a mail that has only HTML, the
 * quote markup of mail programs counts beside the words.
 */
export function trimReply({ text, html, textIsFromHtml, marker }: ReplyBody): TrimmedReply {
  const asIs = { text, quoted: '' };
  if (textIsFromHtml && html !== null) {
    const lines = linesOfHtml(html);
    // Where the HTML does not give the text that parsing has, only the text itself makes sure that nothing of it is lost.
    if (lines && squeeze(rawText(lines)) === squeeze(text)) return trimLines(lines, marker) ?? asIs;
  }
  const trimmed = trimLines(
    linesOf(text).map((raw) => ({ raw, mark: null })),
    marker,
  );
  if (trimmed || textIsFromHtml || html === null) return trimmed ?? asIs;
  const lines = linesOfHtml(html);
  return cutAlike(text, lines && trimLines(lines, marker)) ?? asIs;
}

/** With either kind of line end. Split by an expression, a megabyte of blank lines takes nearly three times as long. */
function linesOf(text: string): string[] {
  return text.replace(/\r\n?/g, '\n').split('\n');
}

/** The HTML as marked lines of text, null where it bears no marks. */
function linesOfHtml(html: string): MarkedLine[] | null {
  const marked = markHtml(leanHtml(html));
  return marked === null ? null : unmarkLines(htmlToText(marked));
}

/** Cuts a text part where its beginning is, word for word, what the HTML part leaves of itself. */
function cutAlike(text: string, trimmed: TrimmedReply | null): TrimmedReply | null {
  if (trimmed === null) return null;
  const wanted = squeeze(trimmed.text);
  const lines = linesOf(text);
  let end = 0;
  for (let length = 0; end < lines.length && length < wanted.length; end++) length += squeeze(lines[end] ?? '').length;
  const [kept, gone] = [lines.slice(0, end).join('\n'), lines.slice(end).join('\n')];
  return squeeze(kept) === wanted && squeeze(gone) !== '' ? { text: tidy(kept), quoted: tidy(gone) } : null;
}

function rawText(lines: readonly MarkedLine[]): string {
  return lines.map(({ raw }) => raw).join('\n');
}

/** Without white space and quote signs, in which text made from HTML may differ. */
function squeeze(text: string): string {
  return text.replace(/[\s>]+/g, '');
}

/** Null where nothing is cut, or nothing would be left. */
function trimLines(marked: readonly MarkedLine[], marker: string): TrimmedReply | null {
  const lines = classify(marked, marker);
  const cut = cutLines(lines);
  const kept = lines.filter((_, at) => !cut[at]).map(({ raw }) => raw);
  const gone = lines.filter((_, at) => cut[at]).map(({ raw }) => raw);
  const hasWords = lines.some(({ kind }, at) => !cut[at] && kind !== 'blank' && kind !== 'ruler');
  return hasWords && gone.some((raw) => raw.trim() !== '') && !pointsToAnswers(kept) && !isOnlyASubject(kept)
    ? { text: tidy(kept.join('\n')), quoted: tidy(gone.join('\n')) }
    : null;
}

/** Who points to answers within the quoted mail writes little besides. */
const MAX_POINTING_CHARACTERS = 600;
const POINTING = new RegExp(ANSWERS_WITHIN.join('|'), 'mu');

function pointsToAnswers(kept: readonly string[]): boolean {
  const text = kept.join('\n').trim().toLowerCase();
  return text.length <= MAX_POINTING_CHARACTERS && POINTING.test(text);
}

/** "FW: Quarterly report" and nothing else: the author copied a mail with its subject, and what was cut is all that he says. */
function isOnlyASubject(kept: readonly string[]): boolean {
  const [subject = '', ...more] = kept.filter((raw) => raw.trim() !== '');
  return more.length === 0 && isForwardSubject(subject);
}

/** Without blank lines around, and without those that pile up where lines were taken out between. */
function tidy(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return lines
    .filter((line, at) => line !== '' || (lines[at - 1] ?? '') !== '')
    .join('\n')
    .replace(/^\n|\n$/g, '');
}
