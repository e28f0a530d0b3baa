import { UnrecoverableError } from 'bullmq';
import { expect, test } from 'vitest';
import { safeError, safeJson, safeText } from '../../src/queue/json-safe.js';

test.each([
  ['U+0000', 'a\0b\0', 'a\uFFFDb\uFFFD'],
  ['a lone high surrogate', 'a\uD83D', 'a\uFFFD'],
  ['a lone low surrogate', '\uDE00a', '\uFFFDa'],
  ['surrogates in the wrong order', '\uDE00\uD83D', '\uFFFD\uFFFD'],
  ['nothing of a pair, of controls or of umlauts', '😀\u0001\u001fä', '😀\u0001\u001fä'],
])('Text: %s is replaced', (_, text, expected) => {
  expect(safeText(text)).toBe(expected);
});

test('A JSON value is made safe in its strings and keys at every depth, and only there', () => {
  const date = new Date(0);
  const value = { 'k\0': ['\0', { deep: 'x\uD800', n: 1, yes: true, none: null, missing: undefined }], date };
  expect(safeJson(value)).toStrictEqual({
    'k\uFFFD': ['\uFFFD', { deep: 'x\uFFFD', n: 1, yes: true, none: null, missing: undefined }],
    date,
  });
  expect(value['k\0']?.[0], 'the value given stays as it was').toBe('\0');
});

test('A key of a hostile object does not become its prototype', () => {
  const safe = safeJson(JSON.parse('{"__proto__": {"admin": true}}'));
  expect(safe.admin).toBeUndefined();
  expect(JSON.stringify(safe)).toBe('{"__proto__":{"admin":true}}');
});

test('An error keeps its class and identity, with its message and stack made safe', () => {
  const error = new UnrecoverableError('subject \0 \uD800');
  expect(safeError(error)).toBe(error);
  expect(error.message).toBe('subject \uFFFD \uFFFD');
  expect(error.stack).not.toContain('\0');
  expect(error).toBeInstanceOf(UnrecoverableError);
});

test.each([
  ['a string', 'no \0', 'no \uFFFD'],
  ['nothing', undefined, 'undefined'],
])('What was thrown and is %s becomes an error', (_, thrown, message) => {
  expect(safeError(thrown)).toBeInstanceOf(Error);
  expect(safeError(thrown).message).toBe(message);
});
