import { decodeBytes } from './charset.js';

/** What RTF says: as HTML where it was made from HTML ([MS-OXRTFEX]), else as plain text. */
export interface RtfContent {
  readonly text: string;
  readonly isHtml: boolean;
}

const TOKEN = /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)/gi;

/** Control words and symbols that stand for characters. */
const CHARACTERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    par: '\n',
    line: '\n',
    row: '\n',
    tab: '\t',
    cell: '\t',
    emdash: '—',
    endash: '–',
    lquote: '‘',
    rquote: '’',
    ldblquote: '“',
    rdblquote: '”',
    bullet: '•',
    '~': ' ',
    _: '-',
    '{': '{',
    '}': '}',
    '\\': '\\',
  }),
);

/** Groups that hold no words; so does each that begins with `\*`, but for `htmltag`. */
const NO_WORDS: ReadonlySet<string> = new Set(
  'fonttbl colortbl stylesheet info pict header footer headerl headerr footerl footerr footnote object mhtmltag'.split(
    ' ',
  ),
);

interface Group {
  /** Nothing in it is shown. */
  skipped: boolean;
  /** What stands in it is there for readers of RTF; the HTML has its own. */
  isRtfOnly: boolean;
  /** Characters that follow a Unicode one for readers that know none (`\uc`). */
  replacements: number;
}

/** Reads the words out of RTF in one pass. Never throws. */
export function readRtf(rtf: Buffer): RtfContent {
  const source = rtf.toString('latin1');
  const isHtml = /\\fromhtml1\b/.test(source.slice(0, 1000));
  const label = `windows-${/\\ansicpg(\d{1,5})/.exec(source.slice(0, 1000))?.[1] ?? '1252'}`;
  let text = '';
  /** Bytes in the RTF's charset, one character each: those of one character can stand in two tokens. */
  let raw = '';
  let skipNext = 0;
  const open: Group[] = [];
  let group: Group = { skipped: false, isRtfOnly: false, replacements: 1 };
  let isStarred = false;
  const flush = () => {
    if (raw !== '') text += decodeBytes(Buffer.from(raw, 'latin1'), label).text;
    raw = '';
  };
  const show = (bytes: string) => {
    const kept = bytes.slice(skipNext);
    skipNext = Math.max(0, skipNext - bytes.length);
    if (!group.skipped && !group.isRtfOnly) raw += kept;
  };
  const showUnicode = (character: string) => {
    if (group.skipped || group.isRtfOnly) return;
    flush();
    text += character;
  };
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(source); token !== null; token = TOKEN.exec(source)) {
    const [, word, number, hex, symbol, brace, plain] = token;
    if (brace !== undefined) skipNext = 0;
    if (brace === '{') open.push({ ...group });
    else if (brace === '}') group = open.pop() ?? group;
    else if (symbol === '*') isStarred = true;
    else if (plain !== undefined) show(plain);
    else if (hex !== undefined) show(String.fromCharCode(Number.parseInt(hex, 16)));
    else if (word === 'u' && number !== undefined) {
      showUnicode(String.fromCharCode(Number(number) & 0xffff));
      skipNext = group.replacements;
    } else if (word === 'uc') group.replacements = Math.min(Number(number ?? 1), 10);
    else if (word === 'htmlrtf') group.isRtfOnly = isHtml && number !== '0';
    else if (word === 'bin') TOKEN.lastIndex += Math.max(0, Number(number ?? 0));
    else if (word !== undefined && (NO_WORDS.has(word) || (isStarred && word !== 'htmltag'))) group.skipped = true;
    else showUnicode(CHARACTERS.get(word ?? symbol ?? '') ?? '');
    if (symbol !== '*') isStarred = false;
  }
  flush();
  return { text: text.trim(), isHtml };
}
