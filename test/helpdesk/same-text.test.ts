import { expect, it } from 'vitest';
import { isSameText } from '../../src/helpdesk/same-text.js';

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
])('takes texts that differ in %s for the same', (_, sent, stored) => {
  expect(isSameText(sent, stored)).toBe(true);
});

it.each([
  ['a word', 'yes', 'no'],
  ['an emoji', '\u{1F44D}', '\u{1F44E}'],
  ['case', 'a', 'A'],
  ['one being the beginning of the other', 'yes', 'yes, but'],
  ['other scripts', '\u4F60\u597D', '\u518D\u89C1'],
])('tells texts apart that differ in %s', (_, a, b) => {
  expect(isSameText(a, b)).toBe(false);
});

it('does not follow escapes to the bottom, which of these would take seconds', () => {
  expect(isSameText(`&${'amp;'.repeat(16_000)}lt;`, '<')).toBe(false);
});
