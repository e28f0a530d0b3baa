/** What stands at the end of a line that was cut. */
const ELLIPSIS = '…';

/**
 * At most `max` code points (what VARCHAR counts); a cut text ends with `…`. Letters with combining marks and joined emoji
 * are kept whole or left out.
 */
export function clampCharacters(text: string, max: number): string {
  // A code point is at most two units: what lies beyond cannot fit, and a subject may be a megabyte.
  const head = text.slice(0, 2 * max + 2);
  if (head.length === text.length && countCharacters(head) <= max) return text;
  let kept = '';
  let room = max - 1;
  for (const { segment } of new Intl.Segmenter().segment(head)) {
    room -= countCharacters(segment);
    if (room < 0) break;
    kept += segment;
  }
  // One grapheme can be longer than all the room: then it has to be cut.
  if (kept === '') kept = [...head].slice(0, max - 1).join('');
  return kept.trimEnd() + ELLIPSIS;
}

/** At most `max` bytes of UTF-8, cut between code points. Well-formed text is expected. */
export function clampBytes(text: string, max: number): string {
  if (Buffer.byteLength(text) <= max) return text;
  const bytes = Buffer.from(text);
  let end = Math.max(0, max);
  // 10xxxxxx continues a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}

/**
 * A body and what has to stand below it, at most `max` bytes of UTF-8. Where both do not fit, the body is cut and a line
 * says so; the ending is never cut, so it must be far shorter than `max`.
 */
export function fitMessage(body: string, ending: string, max: number): string {
  const tail = ending === '' ? '' : `\n\n${ending}`;
  const whole = body + tail;
  if (Buffer.byteLength(whole) <= max) return whole;
  const notice = `\n\n[Cut here: the text has ${Buffer.byteLength(body)} bytes, more than the helpdesk can store. The whole mail is in the mailbox.]`;
  return clampBytes(body, max - Buffer.byteLength(notice + tail)).trimEnd() + notice + tail;
}

function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
