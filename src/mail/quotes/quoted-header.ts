import { MAX_HEADER_BLOCK_LINES, MAX_JUDGED_LINE_CHARACTERS } from '../../limits.js';
import { TIME } from './attribution.js';
import { isDelimiterTitle } from './closing-lines.js';
import { bareLine } from './line.js';
import { HEADER_NAMES, type HeaderRole } from './words.js';

/** Blank lines in a row within a block: HTML makes a paragraph of each header line. */
const MAX_BLANKS = 2;
/** Lines in a row that only continue a wrapped value. */
const MAX_CONTINUATIONS = 3;
const MAX_NAME_CHARACTERS = 30;

/** The role and value of a bare line like "From: Bob", null where it is none. */
export function headerOf(bare: string): { role: HeaderRole; value: string } | null {
  const colon = bare.slice(0, MAX_NAME_CHARACTERS).search(/[:：]/);
  if (colon <= 0) return null;
  const name = bare.slice(0, colon).replace(/[*_]/g, '').trim().toLowerCase();
  const role = HEADER_NAMES.get(name);
  return role === undefined ? null : { role, value: bare.slice(colon + 1) };
}

/**
 * The end (exclusive) of the header block that begins at `start`, null where there is none. `bareAt` gives a bare line,
 * '' for a blank one and null where the block must end. Two lines make a block where one of them holds an address of
 * a person; without an address it takes three, among them author and subject, or author and right below a time: "Date: …
 * Time: … Address: …" of an appointment is none, nor is "From: Berlin To: Munich Date: 5 May 10:15". One without author
 * begins with the date: "To: … Subject: … Sent: …" is what bounces show, and what people copy from them.
 */
export function headerBlockEnd(start: number, bareAt: (index: number) => string | null): number | null {
  const roles = new Set<HeaderRole>();
  let addressed = false;
  let sentAt = false;
  let end = start;
  for (let at = start, blanks = 0, continuations = 0; at < start + MAX_HEADER_BLOCK_LINES; at++) {
    const bare = bareAt(at);
    if (bare === null) break;
    const header = headerOf(bare);
    if (header) {
      roles.add(header.role);
      sentAt ||= header.role === 'date' && roles.size === 2 && roles.has('from') && TIME.test(header.value);
      addressed ||= header.role !== 'subject' && header.value.includes('@');
      end = at + 1;
      blanks = continuations = 0;
    } else if (bare === '') {
      if (++blanks > MAX_BLANKS) break;
    } else if (at === start || ++continuations > MAX_CONTINUATIONS || blanks > 0) break;
  }
  roles.delete('other');
  const [first] = roles;
  if (!roles.has('from') && first !== 'date') return null;
  const isBlock = addressed
    ? roles.has('date') || roles.has('subject')
      ? roles.size >= 2
      : false
    : roles.size >= 3 && roles.has('from') && (roles.has('subject') || sentAt);
  return isBlock ? end : null;
}

const SERVER_FIELD =
  /^(?:message-id|return-path|delivered-to|dkim-signature|authentication-results|received: ?(?:from|by)\b)/i;

/** Whether a bare line is a field that servers write: no mail program begins with one what it quotes. */
export function isServerField(bare: string): boolean {
  return SERVER_FIELD.test(bare);
}

/** Looked for at the first dash of a row alone, which keeps it linear; no title is longer. */
const DASHED_TITLE = /(?<!-)-{3,}\s?((?:[^-]|-(?!-)){4,60}?)\s?-{3,}/gu;

/**
 * Where in a line the delimiter stands that has a header right behind it, null where none has: "-------- Original message
 * --------From: Bob Date: …" is what Samsung and Yahoo make of their HTML.
 */
export function gluedDelimiter(raw: string): { start: number; end: number } | null {
  if (!raw.includes('---') || bareLine(raw).depth > 0) return null;
  const judged = raw.slice(0, MAX_JUDGED_LINE_CHARACTERS);
  for (const { 0: dashed, 1: title = '', index } of judged.matchAll(DASHED_TITLE)) {
    const end = index + dashed.length;
    if (isDelimiterTitle(title) && headerOf(bareLine(judged.slice(end)).bare)) return { start: index, end };
  }
  return null;
}

/** A line with a name and a value, the name in any language. */
const NAMED_VALUE = /^[^:：]{1,30}[:：] ?\S/;
const MIN_ANNOUNCED_LINES = 3;

/**
 * The end (exclusive) of a header block in an unknown language that begins at `start`, right below a row of underscores
 * or a dashed title, null where there is none: it takes three lines, one of which holds an address.
 */
export function announcedBlockEnd(start: number, bareAt: (index: number) => string | null): number | null {
  let end = start;
  let addressed = false;
  for (; end < start + MAX_HEADER_BLOCK_LINES; end++) {
    const bare = bareAt(end);
    if (bare === null || !NAMED_VALUE.test(bare)) break;
    addressed ||= bare.includes('@');
  }
  return addressed && end - start >= MIN_ANNOUNCED_LINES ? end : null;
}
