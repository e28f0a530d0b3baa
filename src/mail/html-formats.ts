import type { FormatCallback } from 'html-to-text';
import { MAX_NODES_LOOKED_AT } from '../limits.js';

/** The part of a node that is needed here, of domhandler's. */
type Node = Parameters<FormatCallback>[0];

/** A link as its text and `[target]`, where the text does not show the target already. */
export const link: FormatCallback = (element, walk, builder) => {
  walk(element.children, builder);
  const href: string = (element.attribs?.href ?? '').replace(/\s+/g, '');
  if (!/^(?:https?|ftp|mailto):/i.test(href)) return;
  const { text, hasImage } = shownBy(element);
  if ((text === '' && !hasImage) || sameTarget(text, href)) return;
  builder.addInline(` [${href.replace(/^mailto:/i, '')}]`, { noWordTransform: true });
};

/** Whether a link's text is its target, give or take what people leave away. */
function sameTarget(text: string, href: string): boolean {
  const bare = (url: string) =>
    url.toLowerCase().replace(/^(?:https?:\/\/|ftp:\/\/|mailto:)(?:www\.)?|^www\.|\/$/g, '');
  const shown = text.replace(/\s+/g, '');
  if (bare(shown) === bare(href) || bare(text) === bare(href.replace(/\?.*$/, ''))) return true;
  // Scanners and newsletters lead through an address of their own, which holds the true one.
  return /^https?:\/\/\S/i.test(shown) && (href.includes(shown) || href.includes(encodeURIComponent(shown)));
}

/** An image as `[alt text]`, an emoji as itself. */
export const image: FormatCallback = (element, _walk, builder) => {
  const alt: string = (element.attribs?.alt ?? '').replace(/\s+/g, ' ').trim();
  const isPixel = [element.attribs?.width, element.attribs?.height].some((size) => /^[0-3](?:px)?$/.test(size ?? ''));
  if (alt === '' || isPixel) return;
  builder.addInline(EMOJI.test(alt) ? alt : `[${alt}]`, { noWordTransform: true });
};

/** Gmail and others send emoji as images. */
const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|[\u200D\uFE0F]){1,20}$/u;

/** "2." and "Appendix A:" are marks; more is text behind a mark that was never closed. */
const MAX_LIST_MARK_CHARACTERS = 12;

/** The mark of an item of Word's lists, which sets it apart from the words by a row of spaces that do not break. */
export const listMark: FormatCallback = (element, walk, builder) => {
  if (shownBy(element).text.length > MAX_LIST_MARK_CHARACTERS) return walk(element.children, builder);
  builder.pushWordTransform((word) => word.replace(/^\u00a0+$/, '').replace(/\u00a0+/g, '\u00a0'));
  walk(element.children, builder);
  builder.popWordTransform();
  builder.addInline(' ');
};

/** A cell with nothing but words goes on the line of its row; one with blocks is a piece of layout and makes its own. */
export const cell: FormatCallback = (element, walk, builder) => {
  const line = lineIn(element);
  if (line === null) {
    builder.openBlock({ leadingLineBreaks: 1 });
    walk(element.children, builder);
    builder.closeBlock({ trailingLineBreaks: 1 });
    return;
  }
  if (hasCellBefore(element)) builder.addLiteral('\t');
  walk(line, builder);
};

/** Text whose line ends and spaces count, as a block; markup that only happens to stand in such an element is laid out as ever. */
export const preserved: FormatCallback = (element, walk, builder) => {
  const isText = !shownBy(element).hasBlock;
  builder.openBlock({ leadingLineBreaks: 1, isPre: isText });
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 1 });
};

/** The nodes of a cell that holds no more than a line, though editors put a paragraph around it; null where it holds more. */
function lineIn(element: Node): Node[] | null {
  let inner = element;
  for (let depth = 0; depth < MAX_WRAPPERS && shownBy(inner).hasBlock; depth++) {
    const [only, ...others] = (inner.children ?? []).filter((node: Node) => node.type !== 'text' || node.data?.trim());
    if (only === undefined || others.length > 0 || !WRAPPERS.has(only.name ?? '')) return null;
    inner = only;
  }
  return shownBy(inner).hasBlock ? null : (inner.children ?? []);
}

const WRAPPERS: ReadonlySet<string> = new Set(['p', 'div', 'span', 'font', 'center', 'b', 'strong']);
/** Wrappers within wrappers that are seen through: a paragraph, a span and two for bold. */
const MAX_WRAPPERS = 5;

/** Whether a cell of the same row with something in it stands before this one. */
function hasCellBefore(element: Node): boolean {
  const row: Node[] = element.parent?.children ?? [];
  for (const node of row.slice(0, MAX_NODES_LOOKED_AT)) {
    if (node === element) return false;
    if ((node.name === 'td' || node.name === 'th') && shownBy(node).text !== '') return true;
  }
  return false;
}

const BLOCKS: ReadonlySet<string> = new Set([
  'table',
  'div',
  'p',
  'ul',
  'ol',
  'dl',
  'blockquote',
  'pre',
  'br',
  'hr',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'center',
  'section',
]);

/** The text within an element, and whether it holds an image or a block within itself; looks at the first nodes only. */
function shownBy(element: Node): { text: string; hasImage: boolean; hasBlock: boolean } {
  const seen = { text: '', hasImage: false, hasBlock: false };
  const rest: Node[] = [element];
  for (let looked = 0; looked < MAX_NODES_LOOKED_AT; looked++) {
    const node = rest.pop();
    if (node === undefined) break;
    if (node.type === 'text') seen.text += node.data ?? '';
    else if (node.name === 'img') seen.hasImage = true;
    else if (node !== element && BLOCKS.has(node.name ?? '')) seen.hasBlock = true;
    rest.push(...(node.children ?? []).slice(0, MAX_NODES_LOOKED_AT).reverse());
  }
  return { ...seen, text: seen.text.replace(/\s+/g, ' ').trim() };
}
