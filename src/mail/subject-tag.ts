import { MAX_SUBJECT_TAGS } from '../limits.js';

/** Ticket ids are MySQL INTs: 1 to 2^31-1. */
const MAX_TICKET_ID = 2_147_483_647;

/**
 * The ticket ids that tags in a subject name, in their order, each once, at most MAX_SUBJECT_TAGS.
 *
 * @param subject decoded and unfolded
 * @param format the tag with `{id}` where the number stands, as `[#{id}]`. Read literally but for the case of letters and
 *   for blanks, of which mail programs that fold a subject in the middle of a tag leave some.
 */
export function ticketIds(subject: string, format: string): number[] {
  const pattern = tagPattern(format);
  if (pattern === null) return [];
  const ids = new Set<number>();
  for (const [, digits] of subject.matchAll(pattern)) {
    const id = Number(digits);
    if (id >= 1 && id <= MAX_TICKET_ID) ids.add(id);
    if (ids.size === MAX_SUBJECT_TAGS) break;
  }
  return [...ids];
}

/**
 * Linear: all parts are literals, and between them at most three blanks and ten digits are tried.
 * A tag without brackets must stand apart, so that `#{id}` does not find the number of another tool in `Ticket#2026`, nor
 * the first ten digits of a longer one.
 */
function tagPattern(format: string): RegExp | null {
  const at = format.indexOf('{id}');
  if (at < 0) return null;
  const before = literal(format.slice(0, at));
  const after = literal(format.slice(at + '{id}'.length));
  const left = /^\\[[({]/.test(before) ? '' : '(?<![\\p{L}\\p{N}])';
  const right = after === '' ? '(?![\\p{L}\\p{N}])' : '';
  return new RegExp(`${left}${before}\\s{0,3}(\\d{1,10})\\s{0,3}${after}${right}`, 'giu');
}

/** The text as a pattern that matches nothing else; a blank matches one to three. */
function literal(text: string): string {
  return text
    .trim()
    .replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    .replace(/\s+/g, '\\s{1,3}');
}
