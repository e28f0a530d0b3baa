import { MAX_JUDGED_LINE_CHARACTERS } from '../../limits.js';

/** What one line of a body is, taken by itself or with its neighbours. */
export type LineKind =
  | 'text'
  | 'blank'
  /** Between code fences: text, whatever it looks like. */
  | 'code'
  /** Quoted with `>`, or by a mail program's quote markup. */
  | 'quote'
  /** In a blockquote that bears no mail program's mark: a quote only where an attribution says so. */
  | 'cited'
  /** "On … Bob wrote:", all lines of it where it was wrapped. */
  | 'attribution'
  /** "Bob wrote:" before a quote: a mail program's line or the author's own. */
  | 'introduction'
  /** Of a header block ("From: … Sent: … To: … Subject: …"). */
  | 'header'
  /** "-----Original Message-----" */
  | 'delimiter'
  /** A row of dashes or the like: decoration, cuts nothing by itself. */
  | 'ruler'
  /** Begins a signature: "-- ". */
  | 'signature-start'
  /** In an element that a mail program marks as signature. */
  | 'signature'
  /** "Sent from my iPhone" */
  | 'device'
  /** Our own line above which customers write. */
  | 'marker'
  /** Where a mail program's markup says that the mail below is quoted. */
  | 'cut';

/** Lines that go with the quote below them. */
export const INTRODUCING: ReadonlySet<LineKind> = new Set(['attribution', 'introduction', 'delimiter']);

export interface Line {
  /** As it came, for what is given back. */
  readonly raw: string;
  /** As it is judged: without quote signs, direction marks, bold signs and outer white space, with plain spaces. */
  readonly bare: string;
  /** Whether a mail program's markup makes it a quote, not a quote sign. */
  readonly isMarked: boolean;
  kind: LineKind;
}

/** White space that mail programs use for looks, and marks without width; they would hide "a écrit :" or a header's name. */
const INVISIBLE = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const ODD_SPACES = /[\t\u00a0\u2000-\u200a\u202f\u205f\u3000]/g;
const BLANK = { bare: '', depth: 0 } as const;

/** The line without quote signs and looks. `depth` is of `>` signs alone. */
export function bareLine(raw: string): { bare: string; depth: number } {
  if (raw === '') return BLANK;
  const plain = raw.slice(0, MAX_JUDGED_LINE_CHARACTERS).replace(INVISIBLE, '').replace(ODD_SPACES, ' ');
  let at = 0;
  let depth = 0;
  for (; at < plain.length; at++) {
    if (plain[at] === '>') depth++;
    else if (plain[at] !== ' ') break;
  }
  return { bare: plain.slice(at).trim(), depth };
}

const RULER = /^([-_=+~#*─━—–])(?: |\1)+\1$/;
/** The traces that tracking pixels of mail merge add-ons leave. */
const TRACES: ReadonlySet<string> = new Set(['ᐧ', '__']);

/** Whether a bare line is decoration: one sign, again and again. */
export function isRuler(bare: string): boolean {
  return RULER.test(bare) || TRACES.has(bare);
}
