const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/**
 * Whether two texts are the same but for white space, Unicode composition and HTML escaping: what a helpdesk may change
 * when it stores or shows a message.
 */
export function isSameText(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(text: string): string {
  let unescaped = text.replace(/<br\s?\/?>/gi, '\n');
  // Escaped on storing and on showing makes two layers. To the bottom on both sides, since a customer may write `&lt;` himself.
  for (let before = ''; before !== unescaped; ) {
    before = unescaped;
    unescaped = before.replace(/&(?:(amp|lt|gt|quot|apos|nbsp)|#0*(34|38|39|60|62)|#x0*(22|26|27|3c|3e));/gi, decode);
  }
  return unescaped.normalize('NFC').replace(/\s+/g, ' ').trim();
}

function decode(_: string, name?: string, decimal?: string, hex?: string): string {
  if (name) return NAMED[name.toLowerCase()] ?? '';
  return String.fromCharCode(decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16));
}
