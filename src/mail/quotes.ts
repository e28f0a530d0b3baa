import { classify, type MarkedLine } from './quotes/classify.js';
import { cutLines } from './quotes/cut.js';

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
 * stands and `quoted` is ''.
 */
export function trimReply(body: ReplyBody): TrimmedReply {
  return (
    trimLines(
      body.text.split(/\r\n|[\r\n]/).map((raw) => ({ raw, mark: null })),
      body.marker,
    ) ?? { text: body.text, quoted: '' }
  );
}

/** Null where nothing is cut, or nothing would be left. */
function trimLines(marked: readonly MarkedLine[], marker: string): TrimmedReply | null {
  const lines = classify(marked, marker);
  const cut = cutLines(lines);
  const kept = lines.filter((_, at) => !cut[at]).map(({ raw }) => raw);
  const gone = lines.filter((_, at) => cut[at]).map(({ raw }) => raw);
  const hasWords = lines.some(({ kind }, at) => !cut[at] && kind !== 'blank' && kind !== 'ruler');
  return hasWords && gone.some((raw) => raw.trim() !== '') ? { text: joinLines(kept), quoted: joinLines(gone) } : null;
}

/** Without blank lines around; where lines were taken out between, blank ones do not pile up. */
function joinLines(raws: readonly string[]): string {
  const lines = raws.map((raw) => raw.trimEnd()).filter((line, at, all) => line !== '' || (all[at - 1] ?? '') !== '');
  return lines.join('\n').replace(/^\n+|\n+$/g, '');
}
