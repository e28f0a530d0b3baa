import { expect, it } from 'vitest';
import { endsWithText, isSameText } from '../../src/helpdesk/same-text.js';

it.each([
  ['line endings', 'a\r\nb', 'a\nb'],
  ['white space around and between', '  a \t b\n', 'a b'],
  ['no-break spaces', 'a\u00A0b', 'a b'],
  ['composition', 'e\u0301', '\u00E9'],
  ['HTML escaping', `<a href="x">'&'</a>`, '&lt;a href=&quot;x&quot;&gt;&#039;&amp;&#39;&lt;/a&gt;'],
  ['HTML escaping twice', '<', '&amp;lt;'],
  ['escapes that the customer wrote', 'write &lt; for <', 'write &amp;lt; for &lt;'],
  ['hexadecimal escapes', `'`, '&#x27;'],
  ['line breaks as tags', 'a\nb', 'a<br />\nb'],
  ['an emoji that became a question mark', 'Fire \u{1F525}!', 'Fire ?!'],
  ['an emoji that became a question mark for each byte', 'Fire \u{1F525}!', 'Fire ????!'],
  ['an emoji that was left out', 'Fire \u{1F525}!', 'Fire !'],
  ['what stands after an emoji, which ended the text', 'Fire \u{1F525}!', 'Fire '],
  [
    'letters that are not of a latin1 column',
    '\u041F\u0440\u0438\u0432\u0435\u0442 \u2013 caf\u00E9',
    '?????? \u2013 caf\u00E9',
  ],
  [
    'what goes beyond a message once it is escaped',
    '"a" '.repeat(15_000),
    '&quot;a&quot; '.repeat(5100).slice(0, 65_535),
  ],
  ['what goes beyond a subject once it is escaped', '"a" '.repeat(63), '&quot;a&quot; '.repeat(20).slice(0, 255)],
])('takes texts that differ in %s for the same', (_, sent, stored) => {
  expect(isSameText(sent, stored)).toBe(true);
});

it.each([
  ['a word', 'yes', 'no'],
  ['an emoji', '\u{1F44D}', '\u{1F44E}'],
  ['case', 'a', 'A'],
  ['one being the beginning of the other', 'yes', 'yes, but'],
  ['an emoji that is shown', 'ok \u{1F44D}', 'ok \u{1F44D}\u{1F44D}'],
  ['words that a question mark stands for', '\u0414\u0430', '?'],
  ['a question mark', 'ok?', 'ok'],
  ['other scripts', '\u4F60\u597D', '\u518D\u89C1'],
])('tells texts apart that differ in %s', (_, a, b) => {
  expect(isSameText(a, b)).toBe(false);
});

it('does not follow escapes to the bottom, which of these would take seconds', () => {
  expect(isSameText(`&${'amp;'.repeat(16_000)}lt;`, '<')).toBe(false);
});

it.each([
  ['Re: Invoice', 'Invoice', true],
  ['Invoice', 'Invoice', true],
  ['Re: Fire \u{1F525}', 'Fire ?', true],
  ['Re: Invoice 12', 'Invoice', false],
  ['Re: Invoice', '', false],
])('%s ends with %s: %s', (sent, shown, ends) => {
  expect(endsWithText(sent, shown)).toBe(ends);
});
