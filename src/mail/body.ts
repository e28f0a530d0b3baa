import { MAX_ATTACHMENTS, MAX_CONTAINER_DEPTH, MAX_REPORTS, MAX_TEXT_BYTES } from '../limits.js';
import { startOf } from './attached-mail.js';
import { htmlToText, leanHtml } from './html-text.js';
import type { Attachment, ReportPart } from './message.js';
import { type MimePart, readMime } from './mime.js';
import { type Found, readParts } from './parts.js';
import type { Piece } from './text-part.js';

/** What the parts of a mail hold together. */
export interface Body {
  readonly text: string;
  readonly html: string | null;
  readonly textIsFromHtml: boolean;
  readonly attachments: readonly Attachment[];
  readonly reports: readonly ReportPart[];
}

/**
 * Reads the body out of the parts of a mail: the text of all of them in their order, of each the plain form where it is
 * usable and else the HTML turned to text.
 *
 * @param hint the charset for parts that name none
 * @param repairs gets what was broken
 */
export function readBody(root: MimePart, hint: string, repairs: Set<string>): Body {
  const found = nothingFound(hint, repairs);
  const all = readParts(root, found).map(lean);
  const shown = all.filter(hasWords);
  const spare = shown.length > 0 ? [] : [...found.spare.map(lean), ...attachedWords(found)].filter(hasWords);
  const pieces = shown.length > 0 ? shown : spare.slice(0, 1);
  const texts: string[] = [];
  let textIsFromHtml = false;
  for (const piece of pieces) {
    const { text, isFromHtml } = textOf(piece);
    // Some programs put text and HTML side by side instead of making them alternatives.
    if (isFromHtml && texts.some((other) => withoutSpace(other) === withoutSpace(text))) continue;
    texts.push(text);
    textIsFromHtml ||= isFromHtml;
  }
  const blocks = [trimmed(texts.join('\n')), ...found.invitations];
  return {
    text: blocks
      .filter((block) => block !== '')
      .join('\n\n')
      .slice(0, MAX_TEXT_BYTES),
    html: htmlOf(pieces),
    textIsFromHtml,
    attachments: found.attachments.slice(0, MAX_ATTACHMENTS),
    reports: found.reports.slice(0, MAX_REPORTS),
  };
}

function nothingFound(hint: string, repairs: Set<string>): Found {
  return { attachments: [], reports: [], spare: [], attachedMail: null, invitations: new Set(), repairs, hint };
}

/** What an attached mail says, under its header block. Its own attachments and reports are none of ours. */
function attachedWords({ attachedMail, reports, hint, repairs }: Found): Piece[] {
  if (attachedMail === null || attachedMail.containers > MAX_CONTAINER_DEPTH || reports.length > 0) return [];
  const { content, headerBlock, containers } = attachedMail;
  const { root } = readMime(content, startOf(content), hint);
  const pieces = readParts(root, nothingFound(hint, repairs), { within: '', containers }).map(lean);
  const text = pieces
    .filter(hasWords)
    .map((piece) => textOf(piece).text)
    .join('\n');
  return [{ plain: `${headerBlock}\n\n${text}`, html: null }];
}

function lean({ plain, html }: Piece): Piece {
  return { plain: plain?.replace(/\r\n?/g, '\n') ?? null, html: html === null ? null : leanHtml(html) };
}

function hasWords({ plain, html }: Piece): boolean {
  return (plain ?? '').trim() !== '' || (html ?? '').trim() !== '';
}

function textOf({ plain, html }: Piece): { text: string; isFromHtml: boolean } {
  // Some programs send their HTML as the text part too.
  const isSource = plain !== null && html !== null && plain.includes('</') && plain.trim() === html.trim();
  if (html === null || (plain !== null && !isSource && isUsable(plain)))
    return { text: plain ?? '', isFromHtml: false };
  const text = htmlToText(html);
  return text === '' ? { text: plain ?? '', isFromHtml: false } : { text, isFromHtml: true };
}

/** What a text part says that holds nothing but the advice to look at the HTML, sentence by sentence. */
const ADVICE =
  /\b(?:client|program|reader|software|viewer|browser|programm|logiciel)\b.*\b(?:support|display|show|read|able|unterstützt|charge|soporta|supporta)\b|\b(?:view|read|see|open|display)\b.*\b(?:this|the) (?:e-?mail|mail|message|newsletter)|\bhtml\b/i;

/** Longer than this a text says something itself, whatever advice it begins with. */
const MAX_ADVICE_CHARACTERS = 500;

function isUsable(plain: string): boolean {
  const words = plain.trim();
  if (words === '' || words.length > MAX_ADVICE_CHARACTERS) return words !== '';
  const sentences = words.replace(/https?:\/\/\S+/g, '').split(/[.!?:]+(?:\s|$)|\n\s*\n/);
  return sentences.some((sentence) => /\p{L}/u.test(sentence) && !ADVICE.test(sentence));
}

function trimmed(text: string): string {
  return text.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd();
}

/** The whole body as HTML where any of it is, so that it can be set beside `text`. */
function htmlOf(pieces: readonly Piece[]): string | null {
  if (pieces.every(({ html }) => html === null)) return null;
  return pieces.map(({ plain, html }) => html ?? `<pre>${escapeHtml(plain ?? '')}</pre>`).join('\n');
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, '');
}
