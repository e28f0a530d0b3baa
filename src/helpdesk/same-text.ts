const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Escaped on storing, and again on showing, and one that was in the mail. */
const MAX_LAYERS = 3;

/**
 * Whether two texts are the same but for white space, Unicode composition and HTML escaping: what a helpdesk may change
 * when it stores or shows a message.
 */
export function isSameText(a: string, b: string): boolean {
  return plain(a) === plain(b);
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
