/** A file that stood in the text between `begin` and `end`. */
export interface UuencodedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

const BEGIN = /^begin(?:-base64)? [0-7]{3,4} +(\S.*)$/m;

/**
 * Takes uuencoded files (POSIX uuencode, both its codings) out of a text. A `begin` line that no encoded line follows, or
 * that no `end` closes, is prose and stays.
 */
export function extractUuencoded(text: string): { text: string; files: UuencodedFile[] } {
  const files: UuencodedFile[] = [];
  let rest = text;
  let kept = '';
  for (;;) {
    const begin = BEGIN.exec(rest);
    if (begin === null) return { text: kept + rest, files };
    const file = decodeUuencoded(rest.slice(begin.index));
    if (file === null) {
      const after = begin.index + begin[0].length;
      kept += rest.slice(0, after);
      rest = rest.slice(after);
      continue;
    }
    kept += rest.slice(0, begin.index);
    rest = rest.slice(begin.index + file.length);
    files.push({ name: file.name, bytes: file.bytes });
  }
}

/** The first uuencoded file of a text and how many characters of the text it spans from its start; null where there is none. */
export function decodeUuencoded(text: string): { name: string; bytes: Buffer; length: number } | null {
  const begin = BEGIN.exec(text);
  if (begin === null) return null;
  const base64 = begin[0].startsWith('begin-base64');
  const pieces: Buffer[] = [];
  let at = begin.index + begin[0].length + 1;
  while (at < text.length) {
    const found = text.indexOf('\n', at);
    const stop = found < 0 ? text.length : found;
    const line = text.slice(at, stop).replace(/\r$/, '');
    at = Math.min(text.length, stop + 1);
    if (base64 ? /^={4}\s*$/.test(line) : /^end\s*$/.test(line)) {
      return { name: (begin[1] ?? '').trimEnd(), bytes: Buffer.concat(pieces), length: at };
    }
    const piece = base64 ? Buffer.from(line, 'base64') : decodeLine(line);
    if (piece === null) return null;
    pieces.push(piece);
  }
  return null;
}

/** One line: a length (space to M), then four characters for each three bytes. Null where it is no such line. */
function decodeLine(line: string): Buffer | null {
  if (line.trim() === '') return Buffer.alloc(0);
  const length = (line.charCodeAt(0) - 32) & 63;
  const groups = Math.ceil(length / 3);
  // Trailing spaces, which stand for zero, get lost on the way; a checksum character may follow.
  if (!/^[ -`]*$/.test(line) || line.length > groups * 4 + 3 || line.length <= groups * 2) return null;
  const out = Buffer.alloc(groups * 3);
  for (let i = 0; i < groups; i++) {
    const [a, b, c, d] = [1, 2, 3, 4].map((k) => ((line.charCodeAt(i * 4 + k) || 32) - 32) & 63) as [
      number,
      number,
      number,
      number,
    ];
    out.writeUIntBE((a << 18) | (b << 12) | (c << 6) | d, i * 3, 3);
  }
  return out.subarray(0, length);
}
