import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clampBytes, clampCharacters, fitMessage } from '../../src/mail/clamp.js';

describe('clampCharacters', () => {
  it.each<[what: string, text: string, max: number, clamped: string]>([
    ['leaves a text at the limit alone', 'abcde', 5, 'abcde'],
    ['cuts one over it and says so', 'abcdef', 5, 'abcd…'],
    ['counts code points, not units', '😀😀😀', 3, '😀😀😀'],
    ['cuts no emoji in half', '😀😀😀😀', 3, '😀😀…'],
    ['cuts no joined emoji in half', 'ab👩‍💻d', 4, 'ab…'],
    ['cuts no letter from its marks', 'abe\u0301\u0302cd', 4, 'ab…'],
    ['leaves no blank before the end', 'abc def', 5, 'abc…'],
    ['cuts a letter with too many marks', `a${'\u0301'.repeat(50)}`, 5, 'a\u0301\u0301\u0301…'],
  ])('%s', (_, text, max, clamped) => {
    expect(clampCharacters(text, max)).toBe(clamped);
  });

  it('never gives more than the limit, nor half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 1, max: 30 }), (text, max) => {
        const clamped = clampCharacters(text, max);
        expect([...clamped].length).toBeLessThanOrEqual(max);
        expect(clamped).not.toMatch(/\p{Surrogate}/u);
        if ([...text].length <= max) expect(clamped).toBe(text);
      }),
    );
  });
});

describe('clampBytes', () => {
  it.each<[text: string, max: number, clamped: string]>([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'abc'],
    ['aé', 2, 'a'],
    ['aé', 3, 'aé'],
    ['😀', 3, ''],
    ['€€', 5, '€'],
    ['abc', 0, ''],
    ['abc', -1, ''],
  ])('cuts %j to %d bytes: %j', (text, max, clamped) => {
    expect(clampBytes(text, max)).toBe(clamped);
  });
});

describe('fitMessage', () => {
  const list = 'Attachments:\n- a.pdf';

  it('leaves what fits alone', () => {
    expect(fitMessage('Hello', '', 5)).toBe('Hello');
    expect(fitMessage('Hello', list, 100)).toBe(`Hello\n\n${list}`);
  });

  it('cuts a body one byte over the limit and says so', () => {
    const message = fitMessage('x'.repeat(301), '', 300);
    expect(message).toMatch(/^x+\n\n\[Cut here: the text has 301 bytes/);
    expect(Buffer.byteLength(message)).toBe(300);
  });

  it('keeps the whole ending below a body that is cut', () => {
    const message = fitMessage('ü'.repeat(500), list, 300);
    expect(message).toMatch(/^ü+\n\n\[Cut here: the text has 1000 bytes/);
    expect(message.endsWith(`\n\n${list}`)).toBe(true);
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(300);
  });

  it('holds the limit for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (body) => {
        const message = fitMessage(body, list, 300);
        expect(Buffer.byteLength(message)).toBeLessThanOrEqual(300);
        expect(message.endsWith(list)).toBe(true);
      }),
    );
  });
});
