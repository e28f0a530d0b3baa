/** A text as it is compared: line ends trimmed, runs of blank lines collapsed, none at either end. */
export function comparable(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\r\n|\r/g, '\n')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{2,}/g, '\n\n')
    .trim();
}

/** White space folded to single spaces. */
export function spaced(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** Whether two texts read the same, the number of blank lines aside. A NUL that is wanted must be gone: no database stores one. */
export function sameText(want: string, got: string): boolean {
  return comparable(want.replaceAll('\0', '')) === comparable(got);
}

/** Whether two texts have the same characters, white space aside. */
export function sameIgnoringSpace(want: string, got: string): boolean {
  return spaced(want).replaceAll(' ', '') === spaced(got).replaceAll(' ', '');
}

/** Whether two header values are the same once unfolded. */
export function sameLine(want: string, got: string): boolean {
  return spaced(want) === spaced(got);
}

export function sameAddress(want: string, got: string): boolean {
  return want.toLowerCase() === got.toLowerCase();
}

/** Whether two Message-IDs are the same, with or without their angle brackets. */
export function sameId(want: string, got: string): boolean {
  return bare(want) === bare(got);
}

function bare(id: string): string {
  return id.trim().replace(/^<|>$/g, '');
}
