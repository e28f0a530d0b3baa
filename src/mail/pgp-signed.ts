const BEGIN = '-----BEGIN PGP SIGNED MESSAGE-----';
const SIGNATURE = '-----BEGIN PGP SIGNATURE-----';
const END = '-----END PGP SIGNATURE-----';

/**
 * The text without the armour of clear signatures (RFC 9580 section 7): the signed words stay, with their dashes as they were
 * written. A signature that has no end is left as it is.
 */
export function withoutPgpSignatures(text: string): string {
  let shown = '';
  let at = 0;
  for (let begin = lineStart(text, BEGIN, 0); begin >= 0; begin = lineStart(text, BEGIN, at)) {
    const signature = lineStart(text, SIGNATURE, begin);
    const end = signature < 0 ? -1 : lineStart(text, END, signature);
    if (end < 0) break;
    shown += text.slice(at, begin) + signedWords(text.slice(begin + BEGIN.length, signature));
    at = end + END.length;
  }
  return shown + text.slice(at);
}

/** Where a line begins with the words, from `from` on; -1 where none does. */
function lineStart(text: string, words: string, from: number): number {
  let at = text.indexOf(words, from);
  while (at > 0 && text[at - 1] !== '\n') at = text.indexOf(words, at + 1);
  return at;
}

/** Behind the armour's own header (`Hash: SHA512`), which a blank line ends; lines with a dash in front got `- ` before it. */
function signedWords(armoured: string): string {
  const header = /^[ \t]*\r?\n(?:[\w-]{1,40}:[^\n]*\n)*[ \t]*\r?\n/.exec(armoured)?.[0] ?? '';
  return armoured.slice(header.length).replace(/^- (?=-)/gm, '');
}
