import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';
import { MAX_ATTRIBUTE_CHARACTERS, MAX_NESTED_MARKS } from '../../limits.js';
import type { Mark, MarkedLine } from './classify.js';

/**
 * How mail programs mark in HTML what they quote, as data: a class or id, or the end of one, since some put their own
 * prefix (`ecx`, `ydp1a2b`) before those of the mail they quote.
 */
const NAME_ENDINGS: readonly (readonly [ending: string, mark: Mark])[] = [
  ['yahoo_quoted', 'quote'],
  ['protonmail_quote', 'quote'],
  ['tutanota_quote', 'quote'],
  ['front-blockquote', 'quote'],
  ['zmail_extra', 'quote'], // Zoho
  ['hs_reply', 'quote'], // HubSpot
  ['moz-forward-container', 'quote'], // Thunderbird
  ['AppleOriginalContents', 'quote'],
  ['isReplyContent', 'quote'], // 163.com
  ['OLK_SRC_BODY_SECTION', 'quote'], // Outlook for Mac
  ['mail-editor-reference-message-container', 'quote'], // Outlook for phones and the new one for Windows
  ['ms-outlook-mobile-reference-message', 'quote'],
  ['iosymail', 'quote'], // Yahoo for iPhone
  ['edo-original', 'quote'], // Edison
  ['fairemail_quote', 'quote'],
  ['freshdesk_quote', 'quote'],
  ['missive_quote', 'quote'],
  ['ntes-mailmaster-quote', 'quote'], // NetEase
  ['history-quote-wrapper', 'quote'], // Lark
  ['quotedReply', 'quote'], // Zendesk
  ['fernand_quote', 'quote'],
  ['notion-mail-quote', 'quote'],
  ['alimail-quote', 'quote'], // Alibaba
  ['gmail_attr', 'attribution'],
  ['moz-cite-prefix', 'attribution'], // Thunderbird
  ['reply-intro', 'attribution'], // Roundcube
  ['yahoo-quoted-begin', 'attribution'],
  ['GroupwiseReplyHeader', 'attribution'],
  ['gmail_signature', 'signature'],
  ['moz-signature', 'signature'],
  ['protonmail_signature_block', 'signature'],
  ['ms-outlook-mobile-signature', 'signature'],
  ['ymail_android_signature', 'signature'],
  ['ymail_ios_signature', 'signature'],
  ['composer_signature', 'signature'], // Samsung
  ['edo-signature', 'signature'], // Edison
  ['front-signature', 'signature'],
  ['divRplyFwdMsg', 'cut'], // Outlook on the web
  ['appendonsend', 'cut'], // Outlook on the web
  ['stopSpelling', 'cut'], // Hotmail
  ['OutlookMessageHeader', 'cut'],
  ['zwchr', 'cut'], // Zimbra's ruler, from before it had data-marker
];

/** Zimbra's `data-marker`. */
const DATA_MARKERS: ReadonlyMap<string, Mark> = new Map([
  ['__DIVIDER__', 'cut'],
  ['__HEADERS__', 'cut'],
  ['__QUOTED_TEXT__', 'quote'],
]);

/** The `name` of Spark's elements, and of GMX' and web.de's. */
const ELEMENT_NAMES: ReadonlyMap<string, Mark> = new Map([
  ['messageReplySection', 'quote'],
  ['messageSignatureSection', 'signature'],
  ['quote', 'quote'],
]);

/** Outlook's line over the header block of the mail below, the only trace where the block's language is unknown. */
const OUTLOOK_LINE = /border:\s?none;\s?border-top:\s?solid #(?:B5C4DF|E1E1E1) 1\.0pt/i;
/** How the `title` of the line begins that an old Zoho sets over the mail below. */
const ZOHO_TITLE = 'beforequote:::';
const LOOKED_AT: ReadonlySet<string> = new Set('class id name type cite style title data-marker data-type'.split(' '));

/**
 * What an element's tag says of the lines in it, null where nothing. A blockquote without a mark is `cited`: authors
 * indent with it. Gmail's outer `div.gmail_quote` has no mark on purpose: inline answers stand in it, between blockquotes.
 */
function markOf(element: string, attributes: Readonly<Record<string, string>>): Mark | null {
  const value = (name: string) => attributes[name] ?? '';
  const marked = DATA_MARKERS.get(value('data-marker')) ?? ELEMENT_NAMES.get(value('name'));
  if (marked) return marked;
  if (value('title').startsWith(ZOHO_TITLE)) return 'attribution';
  const names = `${value('class')} ${value('id')}`.split(/\s+/);
  for (const [ending, mark] of NAME_ENDINGS) {
    if (names.some((name) => name.endsWith(ending))) return mark;
  }
  if (element === 'blockquote') {
    const isReply = value('type').toLowerCase() === 'cite' || value('cite').startsWith('mid:');
    const isQuote = isReply || value('data-type') === 'quote-separator';
    return isQuote || names.some((name) => name.endsWith('gmail_quote')) ? 'quote' : 'cited';
  }
  return element === 'div' && OUTLOOK_LINE.test(value('style')) ? 'cut' : null;
}

/**
 * Noncharacters (Unicode 23.7: for internal use) carry the marks through the conversion to text: the one conversion
 * gives text and marks, so that nothing can be in neither half. A mail that holds them itself can only misplace its own
 * marks.
 */
const OPEN = { quote: '\uFDD0', cited: '\uFDD1', signature: '\uFDD2', attribution: '\uFDD3', cut: '\uFDD4' } as const;
const CLOSE = { quote: '\uFDD8', cited: '\uFDD9', signature: '\uFDDA', attribution: '\uFDDB', cut: '' } as const;
const ANY_MARK = /[\uFDD0-\uFDDF]/g;
/** The first one that is open holds: what stands in a quote is quoted. */
const KINDS = ['quote', 'cut', 'signature', 'attribution', 'cited'] as const;

/**
 * The HTML with its marks written into the text, null where it has none. Reads tags with the tokenizer alone: building a
 * tree, and the parser's stack too, take quadratic time on tags that are nested 100,000 deep.
 */
export function markHtml(html: string): string | null {
  let marked = '';
  let from = 0;
  const insert = (at: number, mark: string) => {
    marked += html.slice(from, at) + mark;
    from = at;
  };
  /** The marked elements that are open, and how many of the same name within each. */
  const open: { readonly element: string; readonly mark: Mark; sameWithin: number }[] = [];
  let element = '';
  let attribute = '';
  let attributes: Record<string, string> = {};

  const onopentagend = (end: number) => {
    const mark = markOf(element, attributes);
    const inner = open.at(-1);
    const isTracked = mark !== null && mark !== 'cut' && open.length < MAX_NESTED_MARKS;
    if (inner?.element === element && !isTracked) inner.sameWithin++;
    if (!mark || open.length >= MAX_NESTED_MARKS) return;
    insert(end + 1, OPEN[mark]);
    if (isTracked) open.push({ element, mark, sameWithin: 0 });
  };
  const onclosetag = (start: number, end: number) => {
    const name = html.slice(start, end).toLowerCase();
    // An outer one may close with inner ones left open.
    let at = open.length - 1;
    while (at >= 0 && open[at]?.element !== name) at--;
    const closing = open[at];
    if (!closing) return;
    if (closing.sameWithin > 0) closing.sameWithin--;
    else for (const { mark } of open.splice(at).reverse()) insert(start - 2, CLOSE[mark]);
  };
  const ignore = () => undefined;
  const callbacks: TokenizerCallbacks = {
    onopentagname(start, end) {
      element = html.slice(start, end).toLowerCase();
      attributes = {};
    },
    onattribname(start, end) {
      attribute = html.slice(start, end).toLowerCase();
    },
    onattribdata(start, end) {
      if (!LOOKED_AT.has(attribute)) return;
      attributes[attribute] = html.slice(start, Math.min(end, start + MAX_ATTRIBUTE_CHARACTERS));
    },
    onopentagend,
    onselfclosingtag: onopentagend,
    onclosetag,
    onattribend: ignore,
    onattribentity: ignore,
    oncdata: ignore,
    oncomment: ignore,
    ondeclaration: ignore,
    onend: ignore,
    onprocessinginstruction: ignore,
    ontext: ignore,
    ontextentity: ignore,
  };
  const tokenizer = new Tokenizer({ decodeEntities: false }, callbacks);
  tokenizer.write(html);
  tokenizer.end();
  return from === 0 ? null : marked + html.slice(from);
}

/** The lines of a text that was made from marked HTML, each with the mark that holds where its words begin. */
export function unmarkLines(text: string): MarkedLine[] {
  const depth = { quote: 0, cited: 0, signature: 0, attribution: 0, cut: 0 };
  const quoting = (): Mark | null => (depth.quote > 0 ? 'quote' : depth.cited > 0 ? 'cited' : null);
  return text.split('\n').map((line) => {
    const before = quoting();
    let mark: Mark | null = null;
    let hasWords = false;
    // The pieces are, by turns, words and one mark.
    for (const piece of line.split(/([\uFDD0-\uFDDF])/)) {
      const opened = KINDS.find((kind) => OPEN[kind] === piece);
      const closed = KINDS.find((kind) => CLOSE[kind] === piece && piece !== '');
      if (opened) depth[opened]++;
      else if (closed) depth[closed] = Math.max(0, depth[closed] - 1);
      else if (!hasWords && /[^\s>]/.test(piece)) {
        hasWords = true;
        mark = KINDS.find((kind) => depth[kind] > 0) ?? null;
        // Holds for one line: all below it is cut off anyway.
        depth.cut = 0;
      }
    }
    // A line without words is of the quote that begins, ends or goes on there.
    return { raw: line.replace(ANY_MARK, ''), mark: hasWords ? mark : (before ?? quoting()) };
  });
}
