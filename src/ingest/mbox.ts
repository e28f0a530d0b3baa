import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { mboxReader } from 'mbox-reader';
import { MAX_INGESTED_BYTES } from '../limits.js';
import { type RawMail, rawMail } from './raw-mail.js';

/** Bytes read at one time: the reader's work on a chunk grows with the square of its lines, and on a line with that of its chunks. */
const CHUNK_BYTES = 256 * 1024;

const SEPARATOR = '\nFrom ';

/** The mails of an mbox file (RFC 4155) in their order, one at a time. */
export async function* mailsOfMbox(path: string): AsyncGenerator<RawMail> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  try {
    for await (const { content } of mboxReader(Readable.from(bounded(file), { objectMode: false }))) {
      // The reader leaves out the line end of the last line.
      yield rawMail(Buffer.concat([content, Buffer.from('\n')]));
    }
  } finally {
    file.destroy();
  }
}

/** The file with no mail of more than MAX_INGESTED_BYTES: the reader would take any into memory, several times over. */
async function* bounded(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let left = MAX_INGESTED_BYTES;
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const data = Buffer.concat([held, chunk]);
    let at = 0;
    for (let next = 0; next >= 0; ) {
      next = data.indexOf(SEPARATOR, at, 'latin1');
      // What may be the beginning of a separator is held back.
      const stop = next < 0 ? Math.max(at, data.length - SEPARATOR.length + 1) : next + 1;
      const kept = data.subarray(at, Math.min(stop, at + left));
      if (kept.length > 0) yield kept;
      left -= kept.length;
      at = stop;
      if (next < 0) continue;
      if (left === 0) yield Buffer.from('\n');
      left = MAX_INGESTED_BYTES;
    }
    held = data.subarray(at);
  }
  if (left > 0) yield held;
}
