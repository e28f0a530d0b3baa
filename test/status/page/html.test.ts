import { expect, it } from 'vitest';
import { html } from '../../../src/status/page/html.js';

it('shows what strangers write as text, in elements and in attributes', () => {
  const subject = `<script>alert('x')</script> & "quotes"`;
  const { markup } = html`<p title="${subject}">${subject}</p>`;
  const escaped = '&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62; &#38; &#34;quotes&#34;';
  expect(markup).toBe(`<p title="${escaped}">${escaped}</p>`);
});

it('takes markup of its own making as it is, lists one by one, and null as nothing', () => {
  expect(html`<ul>${['a<', 'b'].map((item) => html`<li>${item}</li>`)}</ul>${null}${0}`.markup).toBe(
    '<ul><li>a&#60;</li><li>b</li></ul>0',
  );
});
