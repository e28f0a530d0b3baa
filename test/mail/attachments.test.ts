import { expect, it } from 'vitest';
import { MAX_ATTACHMENT_NAME_CHARACTERS, MAX_ATTACHMENTS_NAMED, MAX_TICKET_MESSAGE_BYTES } from '../../src/limits.js';
import { humanSize, listAttachments } from '../../src/mail/attachments.js';
import type { Attachment } from '../../src/mail/message.js';

const pdf: Attachment = { filename: 'a.pdf', contentType: 'application/pdf', bytes: 1234, disposition: 'attachment' };

it('says nothing where there are none', () => {
  expect(listAttachments([])).toBe('');
});

it('names each with type and size', () => {
  const nameless = { ...pdf, filename: '', contentType: 'image/png', bytes: 0 };
  expect(listAttachments([pdf, nameless])).toBe(
    [
      'Attachments (in the mailbox, not in this ticket):',
      '- a.pdf (application/pdf, 1.2 kB)',
      '- (no name) (image/png, 0 bytes)',
    ].join('\n'),
  );
});

it('names a mail that has no name by its subject', () => {
  const mail = { ...pdf, filename: '', contentType: 'message/rfc822', subject: 'The printer\r\nburns' };
  expect(listAttachments([mail])).toContain('- The printer burns (message/rfc822, 1.2 kB)');
});

it('keeps a name on its line and shows it in its true direction', () => {
  const forged = { ...pdf, filename: 'a\r\n- b.txt\u202efdp.exe' };
  expect(listAttachments([forged]).split('\n')[1]).toBe('- a - b.txtfdp.exe (application/pdf, 1.2 kB)');
});

it('shows no type that is none', () => {
  const odd = { ...pdf, contentType: 'text/html\r\nX: y' };
  expect(listAttachments([odd])).toContain('- a.pdf (application/octet-stream, 1.2 kB)');
});

it('names MAX_ATTACHMENTS_NAMED and counts the rest', () => {
  const many = (count: number) => listAttachments(Array.from({ length: count }, () => pdf)).split('\n');
  expect(many(MAX_ATTACHMENTS_NAMED).at(-1)).toBe('- a.pdf (application/pdf, 1.2 kB)');
  expect(many(MAX_ATTACHMENTS_NAMED + 7).slice(-2)).toEqual(['- a.pdf (application/pdf, 1.2 kB)', '- and 7 more']);
});

it('shortens names over MAX_ATTACHMENT_NAME_CHARACTERS, so that the longest list leaves half of a message free', () => {
  const long = { ...pdf, filename: '😀'.repeat(1000), contentType: `x/${'y'.repeat(80)}` };
  const list = listAttachments(Array.from({ length: 1000 }, () => long));
  expect(list).toContain(`- ${'😀'.repeat(MAX_ATTACHMENT_NAME_CHARACTERS - 1)}… (`);
  expect(Buffer.byteLength(list)).toBeLessThan(MAX_TICKET_MESSAGE_BYTES / 2);
});

it.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [9949, '9.9 kB'],
  [9950, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [35_400_000, '35 MB'],
  [5e12, '5000 GB'],
])('shows %d bytes as %j', (bytes, size) => {
  expect(humanSize(bytes)).toBe(size);
});
