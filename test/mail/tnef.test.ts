import { describe, expect, it } from 'vitest';
import { parseMail } from '../../src/mail/parse.js';
import { readTnef } from '../../src/mail/tnef.js';

/** One TNEF attribute: level, id and type, length, data, checksum ([MS-OXTNEF] section 2.1.3). */
function attribute(level: number, id: number, data: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUInt8(level, 0);
  head.writeUInt32LE(id, 1);
  head.writeUInt32LE(data.length, 5);
  const sum = Buffer.alloc(2);
  sum.writeUInt16LE(data.reduce((total, byte) => (total + byte) & 0xffff, 0));
  return Buffer.concat([head, data, sum]);
}

const head = Buffer.from([0x78, 0x9f, 0x3e, 0x22, 0x01, 0x00]);
const winmail = Buffer.concat([
  head,
  attribute(1, 0x0002800c, Buffer.from('The words that Outlook packed.\0', 'latin1')),
  attribute(2, 0x00069002, Buffer.alloc(14)),
  attribute(2, 0x00018010, Buffer.from('offer.pdf\0', 'latin1')),
  attribute(2, 0x0006800f, Buffer.from('%PDF-1.4')),
]);

describe('winmail.dat', () => {
  it('is unpacked: its words become the text and its files are named', async () => {
    const raw = [
      'From: ann@example.com',
      'Subject: Hello',
      'Content-Type: multipart/mixed; boundary=x',
      '',
      '--x',
      'Content-Type: application/ms-tnef; name="winmail.dat"',
      'Content-Transfer-Encoding: base64',
      '',
      winmail.toString('base64'),
      '--x--',
      '',
    ].join('\r\n');
    const { text, attachments } = await parseMail(Buffer.from(raw));
    expect(text).toBe('The words that Outlook packed.');
    expect(attachments).toMatchObject([{ filename: 'offer.pdf', bytes: 8 }]);
  });

  it('gives the words of a body in RTF where it has no other', async () => {
    const words = Buffer.from('{\\rtf1\\ansi It is\\par on fire}');
    const rtf = Buffer.alloc(16 + words.length);
    rtf.writeUInt32LE(words.length, 4);
    rtf.write('MELA', 8, 'latin1');
    words.copy(rtf, 16);
    const property = Buffer.alloc(16);
    property.writeUInt32LE(1, 0);
    property.writeUInt32LE(0x10090102, 4);
    property.writeUInt32LE(1, 8);
    property.writeUInt32LE(rtf.length, 12);
    const tnef = Buffer.concat([head, attribute(1, 0x00069003, Buffer.concat([property, rtf]))]);
    const raw = `Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n${tnef.toString('base64')}`;
    expect((await parseMail(Buffer.from(raw))).text).toBe('It is\non fire');
  });

  it('gives what can be read where it is cut off anywhere, and nothing where it is something else', () => {
    for (let length = 0; length <= winmail.length; length++)
      expect(() => readTnef(winmail.subarray(0, length))).not.toThrow();
    expect(readTnef(Buffer.from('no TNEF at all'))).toBeNull();
  });
});
