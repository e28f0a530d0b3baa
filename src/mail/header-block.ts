import { MAX_HEADER_BYTES, MAX_HEADER_FIELDS } from '../limits.js';

/** One header field as it stands in the bytes: nothing decoded. */
export interface RawField {
  /** Lower case. */
  readonly name: string;
  /** Unfolded, one character a byte. */
  readonly value: string;
}

export interface HeaderBlock {
  readonly fields: readonly RawField[];
  /** Where the body begins. */
  readonly bodyStart: number;
  readonly repairs: readonly string[];
}

const LF = 0x0a;
const CR = 0x0d;

/** RFC 5322 section 2.2, and the white space before the colon that section 4.5 still allows. */
const FIELD = /^([!-9;-~]{1,200})[ \t]*:/;

/**
 * Reads the header that begins at `start` (RFC 5322 section 2.2) and ends before `end`. Line ends may be CR LF, LF or
 * CR CR LF. Lines that are no field and continue none are passed over where more of the header follows; where none
 * does, they are the body, whose blank line somebody forgot.
 *
 * @param isDelimiter whether a line begins another part: it ends a header that has no body
 */
export function readHeaderBlock(
  bytes: Buffer,
  start: number,
  end: number,
  isDelimiter: (line: string) => boolean,
): HeaderBlock {
  const fields: { name: string; value: string[] }[] = [];
  const repairs = new Set<string>();
  const limit = Math.min(end, start + MAX_HEADER_BYTES);
  let at = start;
  while (at < end) {
    const { line, next } = lineAt(bytes, at, end);
    if (line === '') {
      at = next;
      break;
    }
    if (isDelimiter(line)) break;
    const last = fields.at(-1);
    const field = FIELD.exec(line);
    if (at >= limit || fields.length >= MAX_HEADER_FIELDS) {
      repairs.add('the header is too long, its end was left unread');
      at = afterBlankLine(bytes, at, end);
      break;
    }
    if (/^[ \t]/.test(line)) {
      if (line.trim() === '' && !continues(bytes, next, end)) {
        at = next;
        repairs.add('the header ends with a line of white space');
        break;
      }
      last?.value.push(line.trim());
    } else if (field !== null) {
      fields.push({ name: (field[1] ?? '').toLowerCase(), value: [line.slice(field[0].length).trim()] });
    } else if (!/^>?From /.test(line)) {
      if (!continues(bytes, next, end)) {
        repairs.add('no blank line between the header and the body');
        break;
      }
      last?.value.push(line.trim());
      repairs.add('a line of the header is no field');
    }
    at = next;
  }
  return {
    fields: fields.map(({ name, value }) => ({ name, value: value.join(' ').trim() })),
    bodyStart: Math.min(at, end),
    repairs: [...repairs],
  };
}

/** Whether the line at `at` is more of a header: a field of a kind that mail has, or a folded line before one. */
function continues(bytes: Buffer, at: number, end: number): boolean {
  for (let i = 0; i < 3 && at < end; i++) {
    const { line, next } = lineAt(bytes, at, end);
    if (line.trim() === '' && !/^[ \t]/.test(line)) return false;
    if (
      /^(?:x-[!-9;-~]+|content-[a-z-]+|mime-version|from|to|cc|subject|date|message-id|received|return-path|reply-to|sender|in-reply-to|references|list-[a-z-]+|dkim-signature|user-agent|importance|auto-submitted|precedence)[ \t]*:/i.test(
        line,
      )
    ) {
      return true;
    }
    if (!/^[ \t]/.test(line)) return false;
    at = next;
  }
  return false;
}

/** Where the body begins after a header that is not worth reading to its end. */
function afterBlankLine(bytes: Buffer, from: number, end: number): number {
  const [lf, crlf] = ['\n\n', '\r\n\r\n'].map((blank) => {
    const found = bytes.indexOf(blank, from, 'latin1');
    return found < 0 ? end : found + blank.length;
  });
  return Math.min(end, lf ?? end, crlf ?? end);
}

/** The line at `at` without its line end, one character a byte, and where the next one begins. */
function lineAt(bytes: Buffer, at: number, end: number): { line: string; next: number } {
  const found = bytes.indexOf(LF, at);
  const stop = found < 0 || found >= end ? end : found;
  let last = stop;
  while (last > at && bytes[last - 1] === CR) last--;
  return { line: bytes.toString('latin1', at, Math.min(last, at + MAX_HEADER_BYTES)), next: Math.min(end, stop + 1) };
}
