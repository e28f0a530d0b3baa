import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_RTF_BYTES } from '../../src/limits.js';
import { decompressRtf } from '../../src/mail/rtf-compressed.js';

function packed(type: 'LZFu' | 'MELA', size: number, data: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(data.length + 12, 0);
  head.writeUInt32LE(size, 4);
  head.write(type, 8, 'latin1');
  return Buffer.concat([head, data]);
}

describe('compressed RTF', () => {
  it('is unpacked with the dictionary it begins with', () => {
    const data = '03000a007263706731323542 32 0af3 2068656c 0900 20 6277 05b0 6c647d 0a80 0fa0'.replaceAll(' ', '');
    expect(decompressRtf(packed('LZFu', 43, Buffer.from(data, 'hex')))?.toString('latin1')).toBe(
      '{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n',
    );
  });

  it('repeats what it has just written', () => {
    const data = '4100042057 58595a 0d6e 7d 010eb0'.replaceAll(' ', '');
    expect(decompressRtf(packed('LZFu', 28, Buffer.from(data, 'hex')))?.toString('latin1')).toBe(
      '{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}',
    );
  });

  it('may not be compressed at all', () => {
    expect(decompressRtf(packed('MELA', 5, Buffer.from('{\\rtf}')))?.toString()).toBe('{\\rtf');
  });

  it('is nothing where the bytes are something else', () => {
    expect(decompressRtf(Buffer.from('no RTF in these bytes'))).toBeNull();
    expect(decompressRtf(Buffer.alloc(3))).toBeNull();
  });

  it('ends at MAX_RTF_BYTES, whatever size it claims', () => {
    const data = Buffer.alloc(MAX_RTF_BYTES * 2);
    expect(decompressRtf(packed('LZFu', 0xffffffff, data))).toHaveLength(MAX_RTF_BYTES);
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(1000), (data, size) => {
        expect(decompressRtf(packed('LZFu', size, Buffer.from(data)))?.length).toBeLessThanOrEqual(size);
      }),
    );
  });
});
