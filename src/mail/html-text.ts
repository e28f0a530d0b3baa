import { compile } from 'html-to-text';
import { MAX_HTML_BYTES, MAX_HTML_DEPTH, MAX_HTML_TAGS, MAX_NESTED_TAGS } from '../limits.js';
import { cell, image, link, listMark, preserved } from './html-formats.js';

/**
 * Turns an HTML body into text as a person reads it: a link as its text and `[target]`, an image as `[alt text]`, rows of
 * a table as lines with tabs, quotes behind `> `. What is not shown (styles, scripts, hidden preview lines, tracking
 * pixels) is left out. Never throws.
 */
export function htmlToText(html: string): string {
  const bounded = leanHtml(html);
  // Plain text that only claims to be HTML would lose its line ends.
  const lean = /<[a-z!/]/i.test(bounded) ? boundTags(bounded) : `<pre>${bounded}</pre>`;
  let text = '';
  try {
    text = convert(lean);
  } catch {
    // Falls through: the tags are cut out below.
  }
  // An unclosed <title> or a hidden body swallows all of it: rough text is better than none.
  if (text.trim() === '')
    text = lean
      .replace(/<[^<>]*>/g, '\n')
      .replace(/&nbsp;/gi, ' ')
      .replace(/\n\s*\n+/g, '\n');
  return text
    .replace(/\u00A0/g, ' ')
    .replace(/\u034F|[\u200B\u00AD\uFEFF]|(?:\u200C ?){2,}/g, '')
    .replace(/ \t/g, '\t')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+/, '')
    .trimEnd();
}

/**
 * The HTML without what makes it long but says nothing (styles, comments, images within the markup), and with raw link
 * targets escaped, cut to MAX_HTML_BYTES characters. Cut after, since Outlook puts 100 kB of styles before the first word.
 */
export function leanHtml(html: string): string {
  let lean = html.replace(/data:[\w.+-]{1,60}\/[\w.+-]{1,60};base64,[A-Za-z0-9+/=\s]*/gi, '');
  lean = withoutSpans(lean, /<style\b/gi, /<\/style\s*>/gi);
  lean = withoutSpans(lean, /<script\b/gi, /<\/script\s*>/gi);
  lean = withoutSpans(lean, /<!--/g, /-->/g);
  return lean.replace(RAW_TARGET, '&lt;$1&gt;').slice(0, MAX_HTML_BYTES);
}

/**
 * `<https://shop.test>` or `<jo@shop.test>`, which a program set into HTML as it is: to a parser it is an unknown element, and what
 * it says would vanish. No part of the pattern takes in a second `<`, which keeps it linear.
 */
const RAW_TARGET = /<((?:(?:https?|ftp):\/\/|mailto:|www\.)[^<>\s"']+|[^<>\s"'=/@]+@[^<>\s"'=/@]+)>/gi;

/** Cuts all from `open` to `close`; one that never closes ends the search, since looking again for each would be quadratic. */
function withoutSpans(html: string, open: RegExp, close: RegExp): string {
  let kept = '';
  let at = 0;
  for (let start = open.exec(html); start !== null; start = open.exec(html)) {
    close.lastIndex = start.index;
    const end = close.exec(html);
    if (end === null) break;
    kept += html.slice(at, start.index);
    at = close.lastIndex;
    open.lastIndex = at;
  }
  return kept + html.slice(at);
}

/** Elements that end where the next of their kind begins: left open a thousand times they still do not nest. */
const SELF_ENDING: ReadonlySet<string> = new Set('p li td th tr dt dd option thead tbody tfoot'.split(' '));
const VOID: ReadonlySet<string> = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
);

/**
 * The HTML without the tags that stand deeper than any converter looks, up to MAX_HTML_TAGS of them. The parser takes
 * quadratic time over nesting: 200,000 open elements, which is one megabyte, cost a minute.
 */
function boundTags(html: string): string {
  const kept: string[] = [];
  let at = 0;
  let depth = 0;
  let dropped = 0;
  let count = 0;
  for (const tag of html.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^<>]*>/gi)) {
    if (++count > MAX_HTML_TAGS) return kept.join('') + html.slice(at, tag.index);
    const [written, slash, name = ''] = tag;
    if (!VOID.has(name.toLowerCase()) && !SELF_ENDING.has(name.toLowerCase())) {
      if (slash === '' && depth > MAX_NESTED_TAGS) dropped++;
      else if (slash === '') depth++;
      else if (dropped > 0) dropped--;
      else depth = Math.max(0, depth - 1);
    }
    if (depth <= MAX_NESTED_TAGS) continue;
    kept.push(html.slice(at, tag.index));
    at = tag.index + written.length;
  }
  return kept.join('') + html.slice(at);
}

const block = { leadingLineBreaks: 1, trailingLineBreaks: 1 };

/** Paragraphs without a margin: Outlook makes one of each line, and an empty one of each blank line. */
const TIGHT = ['p.MsoNormal', 'p.MsoNoSpacing', 'p.MsoPlainText', 'p[class*="MsoListParagraph"]'];

/** Elements whose line ends and spaces count. */
const PRESERVED = ['div', 'p', 'td'].flatMap((name) =>
  ['white-space:pre', 'white-space: pre'].map((style) => `${name}[style*="${style}"i]`),
);

const LIST_MARKS = ['mso-list:Ignore', 'mso-list: Ignore'].map((style) => `span[style*="${style}"i]`);

/** Written out without spaces and with one, as the two forms in use. */
const HIDDEN = ['display:none', 'visibility:hidden', 'max-height:0'].flatMap((style) => [
  style,
  style.replace(':', ': '),
]);

const convert = compile({
  wordwrap: false,
  // Not `body`: a stray <head/> or a second body would take the text with it.
  baseElements: { selectors: [] },
  limits: { maxDepth: MAX_HTML_DEPTH, ellipsis: '…' },
  // Not the zero width space, which others count as white space: it marks where a word may break.
  whitespaceCharacters: ' \t\r\n\f',
  formatters: { link, image, cell, listMark, preserved },
  selectors: [
    { selector: 'a', format: 'link' },
    { selector: 'img', format: 'image' },
    { selector: 'td', format: 'cell' },
    { selector: 'th', format: 'cell' },
    ...LIST_MARKS.map((selector) => ({ selector, format: 'listMark' })),
    ...TIGHT.map((selector) => ({ selector, format: 'block', options: block })),
    ...PRESERVED.map((selector) => ({ selector, format: 'preserved' })),
    ...[
      'table',
      'tr',
      'caption',
      'section',
      'address',
      'summary',
      'center',
      'fieldset',
      'figure',
      'figcaption',
      'dl',
      'dt',
      'dd',
      'li',
    ].map((selector) => ({
      selector,
      format: 'block',
      options: block,
    })),
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    ...[
      'title',
      'style',
      'script',
      'template',
      'select',
      'svg',
      'xml',
      'object',
      '[hidden]',
      ...HIDDEN.map((style) => `[style*="${style}"i]`),
    ].map((selector) => ({ selector, format: 'skip' })),
    { selector: 'ul', options: { itemPrefix: '* ' } },
    { selector: 'hr', options: { length: 20 } },
  ],
});
