import { describe, expect, it } from 'vitest';
import { MAX_HEADER_VALUE_CHARACTERS, MAX_TRACE_FIELDS } from '../../../src/limits.js';
import { authenticationOf } from '../../../src/mail/authentication.js';
import { parseMail } from '../../../src/mail/parse.js';
import { from, judged, pass, received, trust } from './judged.js';

describe('the field', () => {
  it.each<[what: string, line: string]>([
    [
      'folded anywhere',
      'Authentication-Results:\r\n\tmx.acme.test;\r\n  dmarc\r\n =\r\n\tpass\r\n header.from=example.com',
    ],
    [
      'with comments, one in another, where they may stand',
      'Authentication-Results: (a (b) \\) c) mx.acme.test (d) 1 (e) ; (f) dmarc (g) = (h) pass (i;j) header (k) . from=example.com (l)',
    ],
    ['with the version', 'Authentication-Results: mx.acme.test 1; dmarc=pass header.from=example.com'],
    ['with the name in capitals', 'AUTHENTICATION-RESULTS: MX.Acme.TEST; DMARC=PASS HEADER.FROM=EXAMPLE.COM'],
    ['with the name in quotes', 'Authentication-Results: "mx.acme.test"; dmarc=pass header.from="example.com"'],
    ['with a reason', 'Authentication-Results: mx.acme.test; dmarc=pass reason="; dmarc=fail" header.from=example.com'],
    ['with a semicolon at the end', 'Authentication-Results: mx.acme.test; dmarc=pass header.from=example.com;'],
  ])('is read %s', async (_what, line) => {
    expect(await judged([line, received, from])).toMatchObject({ verdict: 'pass' });
  });

  it.each<[what: string, value: string]>([
    ['of another name', 'mx2.acme.test; dmarc=pass header.from=example.com'],
    ['of a longer name', 'mx.acme.test.evil.example; dmarc=pass header.from=example.com'],
    ['of a name below', 'evil.mx.acme.test; dmarc=pass header.from=example.com'],
    ['of a shorter name', 'acme.test; dmarc=pass header.from=example.com'],
    ['of a name with a dot at its end', 'mx.acme.test.; dmarc=pass header.from=example.com'],
    ['of a name that looks alike', Buffer.from('mx.аcme.test; dmarc=pass header.from=example.com').toString('latin1')],
    [
      'of a name with a zero-width character',
      Buffer.from('mx.acme\u200b.test; dmarc=pass header.from=example.com').toString('latin1'),
    ],
    ['of a name in quotes with more in it', '"mx.acme.test "; dmarc=pass header.from=example.com'],
    ['of a name in a comment', 'evil.example (mx.acme.test); dmarc=pass header.from=example.com'],
    ['of no name', 'dmarc=pass header.from=example.com'],
    ['of no name, but the name after it', '; mx.acme.test; dmarc=pass header.from=example.com'],
    ['of two names', 'mx.acme.test evil.example; dmarc=pass header.from=example.com'],
    ['of a later version', 'mx.acme.test 2; dmarc=pass header.from=example.com'],
    ['with the result in a comment', 'mx.acme.test; spf=none (dmarc=pass header.from=example.com)'],
    [
      'with the result in a comment within a comment',
      'mx.acme.test; spf=none (a (b) ; dmarc=pass header.from=example.com)',
    ],
    ['with a comment that does not end', 'mx.acme.test; dmarc=pass header.from=example.com (a'],
    ['with a comment that ends twice', 'mx.acme.test; spf=none (a)); dmarc=pass header.from=example.com'],
    ['with the result in a quoted text', 'mx.acme.test; spf=none reason="; dmarc=pass header.from=example.com"'],
    ['with a quoted text that does not end', 'mx.acme.test; dmarc=pass header.from=example.com reason="a'],
    ['with something hanging on a quoted text', 'mx.acme.test; dmarc=pass header.from="example.com"evil'],
    ['with a word that belongs to nothing', 'mx.acme.test; dmarc=pass header.from=example.com evil'],
    ['with a clause that is none', 'mx.acme.test; dmarc=pass header.from=example.com; evil.example'],
    ['with a result that goes on', 'mx.acme.test; dmarc=pass.not header.from=example.com'],
    ['with a result longer than pass', 'mx.acme.test; dmarc=passed header.from=example.com'],
    [
      'with an envelope that brings its own clause',
      'mx.acme.test; spf=pass smtp.mailfrom="x; dmarc=pass header.from=example.com "@evil.example',
    ],
    [
      'with an envelope that brings its own clause unquoted',
      'mx.acme.test; spf=pass smtp.mailfrom=x; dmarc=pass header.from=example.com @evil.example',
    ],
    ['with none and a result', 'mx.acme.test; none; dmarc=pass header.from=example.com'],
    ['in an encoded word', '=?utf-8?q?mx=2Eacme=2Etest=3B_dmarc=3Dpass_header=2Efrom=3Dexample=2Ecom?='],
    [
      'with the clause in an encoded word',
      'mx.acme.test; spf=none =?utf-8?q?=3B_dmarc=3Dpass_header=2Efrom=3Dexample=2Ecom?=',
    ],
    ['with a result in an encoded word', 'mx.acme.test; dmarc==?utf-8?q?pass?= header.from=example.com'],
    ['with a bare CR for a line end', 'mx.acme.test; spf=none\r dmarc=pass header.from=example.com'],
    ['with a NUL', 'mx.acme.test; dmarc=pass\0 header.from=example.com'],
    ['with a vertical tab for a space', 'mx.acme.test; dmarc=pass\v header.from=example.com'],
    ['with a no-break space for a space', 'mx.acme.test; dmarc=pass\xa0header.from=example.com'],
  ])('proves nothing %s', async (_what, value) => {
    expect(await judged([`Authentication-Results: ${value}`, received, from])).toMatchObject({ verdict: 'none' });
  });

  it('proves nothing where it is longer than what is looked at: its end might say otherwise', async () => {
    const head = 'Authentication-Results: ';
    const longest = `${pass} (${'a'.repeat(MAX_HEADER_VALUE_CHARACTERS - pass.length + head.length - 3)})`;
    expect(await judged([longest, received, from])).toMatchObject({ verdict: 'pass' });
    expect(await judged([`${longest}; dmarc=fail`, received, from])).toMatchObject({ verdict: 'none' });
  });

  it('costs little where it is made to cost much', async () => {
    const n = MAX_HEADER_VALUE_CHARACTERS - 100;
    const costly = ['(', ' ', '(\\', 'by ', 'a=b ', ';', ';none ', '"', 'a.', '\\'].map(
      (piece) => `Authentication-Results: mx.acme.test; none${piece.repeat(Math.floor(n / piece.length))}x`,
    );
    const lines = Array.from({ length: MAX_TRACE_FIELDS }, (_, i) => costly[i % costly.length] ?? '');
    const mail = await parseMail(Buffer.from([...lines, received, from, '', ''].join('\r\n')));
    const before = process.cpuUsage();
    expect(authenticationOf(mail, trust).verdict).toBe('none');
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  });
});
