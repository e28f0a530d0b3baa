import { MAX_SUBJECT_CHARACTERS, MAX_TICKET_MESSAGE_BYTES } from '../limits.js';

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Escaped on storing, and again on showing, and one that was in the mail. */
const MAX_LAYERS = 3;

/**
 * Whether a text that the helpdesk shows is one that was sent, but for what it may change when it stores or shows it: white space,
 * Unicode composition, HTML escaping, letters that its database has no place for, and what goes beyond a column.
 */
export function isSameText(sent: string, shown: string): boolean {
  const there = plain(shown);
  if (plain(sent) === there || withLosses(sent, shown).some((left) => plain(left) === there)) return true;
  return isFull(shown) && plain(sent).startsWith(plain(shown.replace(/&[^;\s]{0,7}$/, '')));
}

/** Whether a text that was sent ends with one that the helpdesk shows, as `Re: Invoice` does with `Invoice`. */
export function endsWithText(sent: string, shown: string): boolean {
  const end = plain(shown);
  return end !== '' && [sent, ...withLosses(sent, shown)].some((text) => plain(text).endsWith(end));
}

/** What a column cannot hold, by its character set: utf8mb3 has no emoji, latin1 (which is cp1252) no other scripts. */
const NO_PLACE_FOR = [/[\u{10000}-\u{10FFFF}]/gu, /[^\0-\xFF€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/gu];

/**
 * What a database that is not in strict mode makes of letters it has no place for: a question mark for each or for each of its
 * bytes, nothing, or the end of the text. None where the text that is shown holds such letters.
 */
function withLosses(sent: string, shown: string): string[] {
  return NO_PLACE_FOR.flatMap((letters) => {
    const first = sent.search(letters);
    if (first === -1 || shown.search(letters) !== -1) return [];
    const byteMarks = (letter: string) => '?'.repeat(Buffer.byteLength(letter));
    return [
      sent.replace(letters, '?'),
      sent.replace(letters, byteMarks),
      sent.replace(letters, ''),
      sent.slice(0, first),
    ];
  });
}

/** Whether the text fills its column: escaped, what was sent may have been too long for it. Three bytes may have been no whole letter. */
function isFull(shown: string): boolean {
  return Buffer.byteLength(shown) >= MAX_TICKET_MESSAGE_BYTES - 3 || [...shown].length === MAX_SUBJECT_CHARACTERS;
}

function plain(text: string): string {
  let unescaped = text.replace(/<br\s?\/?>/gi, '\n');
  // On both sides, since a customer may write `&lt;` himself. Not to the bottom: `&amp;amp;amp;…` has as many layers as letters.
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    unescaped = unescaped.replace(
      /&(?:(amp|lt|gt|quot|apos|nbsp)|#0*(34|38|39|60|62)|#x0*(22|26|27|3c|3e));/gi,
      decode,
    );
  }
  return unescaped.normalize('NFC').replace(/\s+/g, ' ').trim();
}

function decode(_: string, name?: string, decimal?: string, hex?: string): string {
  if (name) return NAMED[name.toLowerCase()] ?? '';
  return String.fromCharCode(decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16));
}
