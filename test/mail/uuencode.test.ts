import { describe, expect, it } from 'vitest';
import { extractUuencoded } from '../../src/mail/uuencode.js';

describe('uuencoded files in a text', () => {
  it.each([
    ['between lines', 'Hello\nbegin 644 cat.txt\n#0V%T\n`\nend\nBye', 'Hello\nBye', [['cat.txt', 'Cat']]],
    ['with CR LF', 'Hello\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\nBye', 'Hello\r\nBye', [['cat.txt', 'Cat']]],
    [
      'two of them',
      'begin 644 a\n#0V%T\n`\nend\nbegin 644 b c.txt\n#0V%T\n`\nend\n',
      '',
      [
        ['a', 'Cat'],
        ['b c.txt', 'Cat'],
      ],
    ],
    ['in base64', 'begin-base64 644 cat.txt\nQ2F0\n====\nBye', 'Bye', [['cat.txt', 'Cat']]],
    ['whose trailing space got lost', 'begin 644 a\n$0V%T\n`\nend\n', '', [['a', 'Cat\0']]],
  ])('become files: %s', (_what, text, rest, files) => {
    const extracted = extractUuencoded(text);
    expect(extracted.text).toBe(rest);
    expect(extracted.files.map(({ name, bytes }) => [name, bytes.toString('latin1')])).toEqual(files);
  });

  it.each([
    'We begin 644 days from now\nend',
    'begin 644 things that I would like to say\nHello, this is prose and nothing else at all.\nend',
    'begin 644 cat.txt\n#0V%T\n',
    'begin 644',
  ])('are not seen in prose: %j', (text) => {
    expect(extractUuencoded(text)).toEqual({ text, files: [] });
  });
});
