import { MAX_INGESTED_BYTES } from '../limits.js';

/** A mail as it was read, with CR LF line ends as an IMAP server would give it. */
export interface RawMail {
  /** At most MAX_INGESTED_BYTES of it. */
  readonly bytes: Uint8Array;
  /** Of the whole mail. */
  readonly sizeBytes: number;
}

/** Reads one mail to its end, and keeps what is within the bound: who writes into a pipe must not find it closed. */
export async function readRawMail(chunks: AsyncIterable<Uint8Array>): Promise<RawMail> {
  const kept: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of chunks) {
    if (total < MAX_INGESTED_BYTES) kept.push(chunk.subarray(0, MAX_INGESTED_BYTES - total));
    total += chunk.length;
  }
  return rawMail(Buffer.concat(kept), total);
}

/** @param totalBytes of the whole mail, of which `read` is the beginning */
export function rawMail(read: Buffer, totalBytes: number = read.length): RawMail {
  const bytes = withCrLf(read);
  return { bytes, sizeBytes: bytes.length + totalBytes - read.length };
}

function withCrLf(bytes: Buffer): Buffer {
  // One character a byte, so that nothing else changes.
  const text = bytes.toString('latin1');
  return /(?<!\r)\n/.test(text) ? Buffer.from(text.replace(/\r?\n/g, '\r\n'), 'latin1') : bytes;
}
