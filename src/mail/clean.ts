/** Formatting that turns the reading direction of what follows it: `exe.fdp` shown as `pdf.exe`. Single marks (U+200E, U+200F) are harmless. */
const DIRECTION = /[\u202A-\u202E\u2066-\u2069]/gu;

/** A half of a surrogate pair on its own: no UTF-8 exists for it, and PostgreSQL refuses it in JSON. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Control characters but tab and line feed. NUL among them: PostgreSQL refuses it in text. */
const CONTROL = /[\0-\x08\x0B-\x1F\x7F-\x9F]/gu;

/**
 * Text of several lines that can be stored and sent: line ends are `\n`, no control characters but tabs, well-formed
 * Unicode, no blank lines at the start, no white space at the end.
 */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n|[\r\x85\u2028\u2029]/g, '\n')
    .replace(CONTROL, '')
    .replace(LONE_SURROGATE, '\uFFFD')
    .replace(/^(?:[^\S\n]*\n)+/, '')
    .trimEnd();
}

/** Without NUL and lone halves of surrogate pairs, which no database takes; all else as it is. */
export function storable(text: string): string {
  return text.replaceAll('\0', '').replace(LONE_SURROGATE, '\uFFFD');
}

/**
 * One line, for names, subjects and field values: control characters and line ends become spaces (a CR LF would start a
 * new header wherever the helpdesk puts the value into a mail), direction overrides go, white space folds to one space.
 */
export function cleanLine(text: string): string {
  return text
    .replace(DIRECTION, '')
    .replace(LONE_SURROGATE, '\uFFFD')
    .replace(/[\s\0-\x1F\x7F-\x9F]+/gu, ' ')
    .trim();
}

/** What JSON leaves as it is and a terminal obeys: C1 controls, turned reading directions. */
export const OBEYED_IN_JSON = /[\x7F-\x9F\u202A-\u202E\u2066-\u2069]/g;

/** JSON that no terminal obeys, and that is read back the same. */
export function inertJson(json: string): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return json.replace(OBEYED_IN_JSON, escaped);
}

/**
 * The text in a form that the API does not count as missing: PHP's empty() is true for `''` and for `'0'`, and a handler
 * may trim first.
 *
 * @param text cleaned text
 * @param instead what stands where nothing can be seen, as `(no subject)`
 */
export function present(text: string, instead: string): string {
  if (text === '0') return '"0"';
  return isBlank(text) ? instead : text;
}

/** Whether nothing of the text can be seen: white space and zero-width characters only. */
export function isBlank(text: string): boolean {
  return !/[^\s\p{Cf}]/u.test(text);
}
