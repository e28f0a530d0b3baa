import { describe, expect, it } from 'vitest';
import { MAX_HTML_BYTES, MAX_HTML_TAGS } from '../../src/limits.js';
import { htmlToText, leanHtml } from '../../src/mail/html-text.js';

describe('HTML as text', () => {
  it.each([
    [
      'a link as its text and its target',
      '<a href="https://shop.test/a">your order</a>',
      'your order [https://shop.test/a]',
    ],
    ['a link whose text is its target once', '<a href="https://shop.test/">shop.test</a>', 'shop.test'],
    ['a mail address once', '<a href="mailto:jo@shop.test?subject=x">jo@shop.test</a>', 'jo@shop.test'],
    [
      'a link on an image by its alt text',
      '<a href="https://s.test/"><img alt="Logo"></a>',
      '[Logo] [https://s.test/]',
    ],
    ['a link to a place on the page as its text', '<a href="#top">up</a>', 'up'],
    ['no target that runs a script', '<a href="javascript:alert(1)">click</a>', 'click'],
    ['paragraphs with a blank line between', '<p>one</p><p>two</p>', 'one\n\ntwo'],
    ['lines that a mail program made of divs', '<div>one</div><div>two<br>three</div>', 'one\ntwo\nthree'],
    ['a list with its marks', '<ul><li>one</li><li>two</li></ul>', '* one\n* two'],
    ['a numbered list', '<ol><li>one</li><li>two</li></ol>', ' 1. one\n 2. two'],
    [
      'a table row by row',
      '<table><tr><th>Item</th><th>Price</th></tr> <tr><td>Pen</td> <td>2</td></tr></table>',
      'Item\tPrice\nPen\t2',
    ],
    [
      'a table that is layout as blocks',
      '<table><tr><td><p>one</p><p>two</p></td><td><p>three</p><p>four</p></td></tr></table>',
      'one\n\ntwo\n\nthree\n\nfour',
    ],
    [
      'a table with a paragraph in each cell row by row',
      '<table><tr><td><p class="MsoNormal"><b>Item</b></p></td><td><div><p>2</p></div></td></tr><tr><td><p>Pen</p></td><td><p>3</p></td></tr></table>',
      'Item\t2\nPen\t3',
    ],
    [
      "Outlook's paragraphs as lines, its empty ones as blank lines",
      '<p class="MsoNormal">one</p><p class="MsoNormal">two</p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><p class=MsoNormal>three</p>',
      'one\ntwo\n\nthree',
    ],
    [
      "the marks of Word's lists without the row of spaces behind them",
      "<p class=MsoListParagraph><span style='mso-list:Ignore'>-<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp;&nbsp; </span></span>one</p><p class=MsoListParagraph><span style='mso-list: Ignore'>2.<span>&nbsp;&nbsp; </span></span><b>two</b></p>",
      '- one\n2. two',
    ],
    [
      'all words behind such a mark that never closes',
      "<p><span style='mso-list:Ignore'>-<span>&nbsp;&nbsp;one&nbsp;&nbsp;two</p><p>three</p>",
      '- one two\n\nthree',
    ],
    ['an emoji that is an image as itself', '<p>Thanks <img data-emoji="😀" alt="😀"> 👍🏽</p>', 'Thanks 😀 👍🏽'],
    [
      'a link once that a scanner leads through its own address',
      '<a href="https://scan.test/?url=https%3A%2F%2Fshop.test%2Fa&amp;data=x">https://shop.test/a</a>',
      'https://shop.test/a',
    ],
    ['the line ends of an element that preserves them', '<div style="white-space: pre-wrap">a\n  b</div>', 'a\n  b'],
    [
      'no line ends of markup within an element that preserves them',
      '<div style="white-space: pre-wrap"><div>\n  a\n</div>\n<div>b</div></div>',
      'a\nb',
    ],
    ['no settings of Word', '<xml><w:Zoom>0</w:Zoom></xml><p>a</p>', 'a'],
    ['a word that may break as one', 'Donau&#8203;dampf', 'Donaudampf'],
    ['a quote behind its sign', 'new<blockquote>old<br>words</blockquote>', 'new\n\n> old\n> words'],
    ['entities as their characters', 'a &lt; b &amp; c&nbsp;&euro; &#x1F600;', 'a < b & c € 😀'],
    ['an image without alt text as nothing', 'a <img src="x.png"> b', 'a b'],
    ['no tracking pixel', 'a<img width="1" height="1" alt="track" src="https://t.test">', 'a'],
    ['no style, script, title or comment', '<title>T</title><style>p{}</style><script>x()</script><!-- c -->a', 'a'],
    ['no preview line that is hidden', '<div style="display: none">Preview</div><p>a</p>', 'a'],
    ['no filler of invisible characters', '<p>a &zwnj;&nbsp;&zwnj;&nbsp;&zwnj;&nbsp;&#847;</p>', 'a'],
    ['the body behind an empty head', '<html><head/><body>words</body></html>', 'words'],
    ['what stands after the body', '<html><body>a</body></html><p>footer</p>', 'a\n\nfooter'],
    ['the words of a title that never closes', '<title><p>words</p>', 'words'],
    ['a body that is hidden as a whole', '<div style="display:none">words</div>', 'words'],
    ['plain text that claims to be HTML, with its lines', 'a < b\nc', 'a < b\nc'],
    ['preformatted lines as they are', '<pre>a\n  b</pre>', 'a\n  b'],
    [
      'a link in angle brackets that were never escaped',
      '<p>It stands at <https://shop.test/?a=1&b=2>. Thanks.</p>',
      'It stands at <https://shop.test/?a=1&b=2>. Thanks.',
    ],
    [
      'a mail address in such brackets',
      '<p>Ask "Jo" <jo.doe@shop.test> or <mailto:al@shop.test></p>',
      'Ask "Jo" <jo.doe@shop.test> or <mailto:al@shop.test>',
    ],
    ['such a link in an attribute as a part of it', '<a href="#" title="<https://shop.test>">up</a>', 'up'],
    [
      'plain text with such a link, with its lines',
      'see\n<https://shop.test>\nthere',
      'see\n<https://shop.test>\nthere',
    ],
    ['no tag that bears an address in its attributes', '<a name=jo@shop.test><p title="a@b">a</p></a>', 'a'],
    ['nothing where there is nothing', '<p> </p>', ''],
  ])('shows %s', (_what, html, text) => {
    expect(htmlToText(html)).toBe(text);
  });

  it('keeps the words of a mail that Outlook begins with more styles than are read', () => {
    const styles = `<style>${'p.MsoNormal {margin:0} '.repeat(MAX_HTML_BYTES / 20)}</style>`;
    expect(htmlToText(`<html><head>${styles}</head><body><p>words</p></body></html>`)).toBe('words');
  });

  it('keeps the words after an image within the markup', () => {
    const image = `<img src="data:image/png;base64,${'A'.repeat(MAX_HTML_BYTES)}">`;
    expect(htmlToText(`${image}<p>words</p>`)).toBe('words');
  });

  it('reads as many tags as the limit allows and no more', () => {
    const items = (count: number) => htmlToText('x<br>'.repeat(count)).split('\n').length;
    expect(items(MAX_HTML_TAGS)).toBe(MAX_HTML_TAGS);
    expect(items(MAX_HTML_TAGS + 1000)).toBe(MAX_HTML_TAGS + 1);
  });

  it('cuts what is longer than is read', () => {
    expect(leanHtml('x'.repeat(MAX_HTML_BYTES)).length).toBe(MAX_HTML_BYTES);
    expect(leanHtml('x'.repeat(MAX_HTML_BYTES + 1)).length).toBe(MAX_HTML_BYTES);
  });

  it.each([
    ['open elements', '<div>'],
    ['tables in tables', '<table><tr><td>'],
    ['lists in lists', '<ol><li>'],
    ['quotes in quotes', '<blockquote>x'],
    ['comments that never close', '<!--'],
    ['styles that never close', '<style>'],
    ['tags that never end', '<a '],
    ['images within the markup', 'data:image/png;base64,'],
    ['brackets that never close', '<'],
    ['addresses in brackets that never close', '<a@'],
    ['links in brackets that never close', '<https://a'],
  ])('takes its time from the length, not its square: a megabyte of %s', (_what, piece) => {
    // Processor time, since the wall clock tells of the machine. The quadratic forms took from ten seconds to a minute.
    const started = process.cpuUsage();
    htmlToText(piece.repeat(MAX_HTML_BYTES / piece.length));
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1e6).toBeLessThan(5);
  });
});
