import { MAX_RTF_BYTES } from '../limits.js';

const COMPRESSED = 0x75465a4c; // "LZFu"
const UNCOMPRESSED = 0x414c454d; // "MELA"
const HEADER_BYTES = 16;
const WINDOW_BYTES = 4096;

/** What the window holds at first ([MS-OXRTFCP] section 2.1.2.1): the words that most RTF begins with. */
const DICTIONARY =
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans ' +
  'SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx';

/**
 * Unpacks PR_RTF_COMPRESSED ([MS-OXRTFCP] section 3.1.1.2): LZ77 with a window that begins with a dictionary. At most
 * MAX_RTF_BYTES; data that ends early gives what stood before. The checksum is not asked: half a text is better than none.
 *
 * @returns the RTF, null where the bytes are none
 */
export function decompressRtf(packed: Buffer): Buffer | null {
  if (packed.length < HEADER_BYTES) return null;
  const size = Math.min(packed.readUInt32LE(4), MAX_RTF_BYTES);
  const type = packed.readUInt32LE(8);
  if (type === UNCOMPRESSED) return packed.subarray(HEADER_BYTES, HEADER_BYTES + size);
  if (type !== COMPRESSED) return null;
  const window = Buffer.alloc(WINDOW_BYTES, ' ');
  let at = window.write(DICTIONARY, 'latin1');
  const out = Buffer.alloc(size);
  let length = 0;
  const put = (byte: number) => {
    if (length < size) out[length++] = byte;
    window[at] = byte;
    at = (at + 1) % WINDOW_BYTES;
  };
  for (let read = HEADER_BYTES; read < packed.length && length < size; ) {
    const control = packed[read++] ?? 0;
    for (let bit = 0; bit < 8 && read < packed.length && length < size; bit++) {
      if ((control & (1 << bit)) === 0) {
        put(packed[read++] ?? 0);
        continue;
      }
      if (read + 1 >= packed.length) return out.subarray(0, length);
      const reference = packed.readUInt16BE(read);
      read += 2;
      const from = reference >> 4;
      // A reference to where the window is being written ends the text.
      if (from === at) return out.subarray(0, length);
      for (let i = 0; i < (reference & 15) + 2; i++) put(window[(from + i) % WINDOW_BYTES] ?? 0);
    }
  }
  return out.subarray(0, length);
}
