import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_HEADER_VALUE_CHARACTERS, MAX_TRACE_EVIDENCE_CHARACTERS, MAX_TRACE_FIELDS } from '../../src/limits.js';
import { type Authentication, authenticationOf, type Trust } from '../../src/mail/authentication.js';
import { parseMail } from '../../src/mail/parse.js';
import { hostileText } from './a-mail.js';

const trust: Trust = { authservIds: ['mx.acme.test'], relays: [] };
const at = '; Mon, 2 Mar 2026 09:00:00 +0000';
const received = `Received: from client.example (client.example [192.0.2.1])\r\n\tby mx.acme.test (Postfix) with ESMTPS id 1${at}`;
const lmtp = `Received: from mx.acme.test ([10.0.0.1]) by imap.acme.test with LMTP id 2${at}`;
const theirs = `Received: from laptop.example by smtp.example.com with ESMTPSA id 3${at}`;
const pass = 'Authentication-Results: mx.acme.test; dmarc=pass (p=none) header.from=example.com';
const from = 'From: Ann <ann@example.com>';

const results = (clauses: string, id = 'mx.acme.test') => `Authentication-Results: ${id}; ${clauses}`;

/** Judges the mail of these header lines; the bytes are as they stand here, one a character. */
async function judged(lines: readonly string[], trusted = trust): Promise<Authentication> {
  return authenticationOf(await parseMail(Buffer.from([...lines, '', 'Hello'].join('\r\n'), 'latin1')), trusted);
}

/** What the server above its own Received line says of a mail from example.com. */
const verdictOf = async (clauses: string, author = from) =>
  (await judged([results(clauses), received, author])).verdict;

describe('what the results say', () => {
  it.each<[what: string, clauses: string, verdict: Authentication['verdict']]>([
    ['DMARC passes', 'dmarc=pass header.from=example.com', 'pass'],
    [
      'DMARC passes under a policy that asks for nothing',
      'dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=example.com',
      'pass',
    ],
    [
      'DMARC passes for the domain of the organization',
      'dmarc=pass header.from=example.com header.d=a.example.com',
      'pass',
    ],
    [
      'DMARC passes, DKIM and SPF fail',
      'spf=fail smtp.mailfrom=x.test; dkim=fail header.d=x.test; dmarc=pass header.from=example.com',
      'pass',
    ],
    [
      'DMARC fails, DKIM and SPF pass',
      'spf=pass smtp.mailfrom=example.com; dkim=pass header.d=example.com; dmarc=fail header.from=example.com',
      'fail',
    ],
    [
      'DMARC fails under a policy that asks for nothing',
      'dmarc=fail (p=none) action=none header.from=example.com',
      'fail',
    ],
    ['DMARC both passes and fails', 'dmarc=pass header.from=example.com; dmarc=fail header.from=example.com', 'fail'],
    ['DMARC passes for somebody else', 'dmarc=pass header.from=evil.example', 'none'],
    ['DMARC passes for a domain below', 'dmarc=pass header.from=evil.example.com', 'none'],
    ['DMARC passes for a domain that ends alike', 'dmarc=pass header.from=notexample.com', 'none'],
    ['DMARC passes for a top-level domain', 'dmarc=pass header.from=com', 'none'],
    ['DMARC passes, but not for whom', 'dmarc=pass', 'none'],
    ['DMARC passes for two', 'dmarc=pass header.from=evil.example header.from=example.com', 'none'],
    ['DMARC passes for what a guess made of it', 'dmarc=bestguesspass header.from=example.com', 'none'],
    ['DMARC cannot tell', 'dmarc=temperror header.from=example.com', 'none'],
    [
      'DMARC cannot tell, DKIM passes',
      'dmarc=permerror header.from=example.com; dkim=pass header.d=example.com',
      'pass',
    ],
    [
      'DKIM passes',
      'dkim=pass (2048-bit key; unprotected) header.d=example.com header.i=@example.com header.b="a/b="',
      'pass',
    ],
    [
      'DKIM passes, told by the identity alone',
      'dkim=pass header.i=@mail.example.com header.s=s1 header.b=Ab/+c=',
      'none',
    ],
    ['DKIM passes, told by the identity alone, of that domain', 'dkim=pass header.i=ann@EXAMPLE.com', 'pass'],
    [
      'DKIM passes for another signature than the identity says',
      'dkim=pass header.d=evil.example header.i=@example.com',
      'none',
    ],
    ['DKIM passes for an address as the domain', 'dkim=pass header.d=evil@example.com', 'none'],
    ['the second of two signatures passes', 'dkim=fail header.d=list.example; dkim=pass header.d=example.com', 'pass'],
    ['DKIM passes for somebody else', 'dkim=pass header.d=evil.example', 'none'],
    [
      'DKIM passes for somebody else, SPF fails',
      'dkim=pass header.d=evil.example; spf=fail smtp.mailfrom=example.com',
      'fail',
    ],
    ['DKIM fails', 'dkim=fail (body hash did not verify) header.d=example.com', 'fail'],
    ['DKIM is broken', 'dkim=permerror header.d=example.com', 'none'],
    ['SPF passes', 'spf=pass smtp.mailfrom=bounce@example.com', 'pass'],
    ['SPF passes, the address in brackets', 'spf=pass smtp.mailfrom=<bounce@example.com>', 'pass'],
    ['SPF passes for a quoted local part with an @', 'spf=pass smtp.mailfrom="x@example.com"@evil.example', 'none'],
    ['SPF passes for the name of the client only', 'spf=pass smtp.helo=example.com', 'none'],
    ['SPF passes for nobody', 'spf=pass smtp.mailfrom= smtp.helo=x@example.com', 'none'],
    [
      'SPF passes by a guess',
      'spf=pass (google.com: best guess record for domain of x@example.com) smtp.mailfrom=x@example.com',
      'none',
    ],
    ['SPF softly fails', 'spf=softfail smtp.mailfrom=example.com', 'none'],
    ['ARC passes', 'arc=pass (i=1 spf=pass dkim=pass dmarc=pass) header.from=example.com', 'none'],
    [
      'another method passes',
      'auth=pass smtp.auth=ann@example.com; iprev=pass; x-dmarc=pass header.from=example.com',
      'none',
    ],
    ['a version that there is', 'dmarc/1=pass header.from=example.com', 'pass'],
    ['a version that there is not', 'dmarc/2=pass header.from=example.com', 'none'],
    ['nothing', 'none', 'none'],
  ])('%s', async (_what, clauses, verdict) => {
    expect(await verdictOf(clauses)).toBe(verdict);
  });

  it('speaks for an author whose domain lies below', async () => {
    const below = 'From: ann@sales.example.com';
    expect(await verdictOf('dkim=pass header.d=example.com', below)).toBe('pass');
    expect(await verdictOf('dmarc=pass header.from=example.com', below)).toBe('pass');
    expect(await verdictOf('dmarc=pass header.from=example.com', 'From: ann@notexample.com')).toBe('none');
  });

  it('compares domains of other scripts in the form of DNS', async () => {
    const umlaut = Buffer.from('From: ann@bücher.example').toString('latin1');
    const raw = Buffer.from('dmarc=pass header.from=bücher.example').toString('latin1');
    expect(await verdictOf('dmarc=pass header.from=xn--bcher-kva.example', umlaut)).toBe('pass');
    expect(await verdictOf(raw, umlaut)).toBe('pass');
    expect(await verdictOf('dmarc=pass header.from=bucher.example', umlaut)).toBe('none');
  });

  it('says in one line what decided it', async () => {
    expect(await judged([pass, received, from])).toEqual({
      verdict: 'pass',
      evidence: 'dmarc=pass header.from=example.com, says mx.acme.test',
    });
    expect(await judged([results('spf=neutral'), received, from])).toEqual({
      verdict: 'none',
      evidence: 'nothing in the results of mx.acme.test proves example.com',
    });
    expect((await judged([received, pass, from])).evidence).toMatch(/^results of mx.acme.test only below/);
    expect((await judged([received, from])).evidence).toBe('no results of mx.acme.test');
  });

  it('is not asked for where no server is trusted', async () => {
    const { verdict, evidence } = await judged([pass, received, from], { authservIds: [], relays: [] });
    expect({ verdict, evidence }).toEqual({ verdict: 'unchecked', evidence: 'TRUSTED_AUTHSERV_ID is not set' });
  });
});

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

describe('where the field stands', () => {
  it.each<[what: string, lines: readonly string[], verdict: Authentication['verdict']]>([
    ['above the line of its server', [pass, received, theirs], 'pass'],
    ['above the line of its server, below one of a later server', [lmtp, pass, received, theirs], 'pass'],
    [
      'above the line of its server, below the copy of another',
      [lmtp, results('dmarc=fail', 'old.example'), pass, received],
      'pass',
    ],
    ['below the line of its server', [received, pass], 'none'],
    ['below the line of its server, above the sender’s', [received, pass, theirs], 'none'],
    [
      'below the line of its server, above one that the sender made to look like it',
      [received, pass, received],
      'none',
    ],
    ['below a later server’s line and that of its server', [lmtp, received, pass, received], 'none'],
    [
      'below the line of its server, whose name a bracket hides',
      [`Received: from x( by mx.acme.test with SMTP${at}`, pass, received],
      'none',
    ],
    [
      'below the line of its server, whose name a quote hides',
      [`Received: from "x by mx.acme.test with SMTP${at}`, pass, received],
      'none',
    ],
    [
      'below the line of its server, which the sender went on writing',
      [`${received}\r\n ${'a'.repeat(MAX_HEADER_VALUE_CHARACTERS)}`, pass, received],
      'none',
    ],
    [
      'below the line of its server, which ends its name with a dot',
      [received.replace('mx.acme.test', 'MX.acme.test.'), pass, received],
      'none',
    ],
    ['above every line, none of its server', [pass, theirs], 'pass'],
    ['below the topmost line, none of its server', [theirs, pass, theirs], 'none'],
    [
      'above a forged line of its server, where the real ones have another name',
      [results('dmarc=none'), lmtp, theirs, pass, received],
      'none',
    ],
    ['in a mail without any line', [pass, pass, from], 'none'],
    ['at the end of the header', [received, theirs, 'Subject: x', pass], 'none'],
    [
      'twice, and below the line it says otherwise',
      [pass, received, results('dmarc=fail header.from=example.com')],
      'pass',
    ],
    [
      'twice above the line, and once it says otherwise',
      [pass, results('dmarc=fail header.from=example.com'), received],
      'fail',
    ],
    ['twice below the line, the real one above it', [results('dmarc=fail'), received, pass, pass], 'fail'],
    ['within another field, folded', [`Subject: x\r\n ${pass}`, received], 'none'],
    ['within another field, after a bare CR', [`X-Spam: no\r${pass}`, received], 'none'],
    ['as part of a line that is no field', [`evil ${pass}`, received], 'none'],
    ['under a name that is not its own', [`X-${pass}`, `Original-${pass}`, received], 'none'],
  ])('%s', async (_what, lines, verdict) => {
    expect(await judged([...lines, from])).toMatchObject({ verdict });
  });

  it('is not the header of a mail within the mail', async () => {
    const inner = [pass, received, from, '', 'inner'].join('\r\n');
    const lines = [received, from, 'Content-Type: message/rfc822', '', inner];
    expect(await judged(lines)).toMatchObject({ verdict: 'none' });
    expect(
      await judged([received, from, 'Content-Type: multipart/mixed; boundary=b', '', '--b', pass, '', 'x']),
    ).toMatchObject({ verdict: 'none' });
  });

  it('is judged by the names in Received, where those differ', async () => {
    const relay = received.replace('mx.acme.test', 'mail7.hosting.example');
    const hosted = { authservIds: ['mx.acme.test'], relays: ['.hosting.example'] };
    expect(await judged([lmtp, pass, relay, from], hosted)).toMatchObject({ verdict: 'pass' });
    expect(await judged([lmtp, relay, pass, received, from], hosted)).toMatchObject({ verdict: 'none' });
    expect(await judged([lmtp, pass, relay, from], { ...hosted, relays: ['hosting.example'] })).toMatchObject({
      verdict: 'none',
    });
    expect(await judged([lmtp, pass, relay, from], { ...hosted, relays: ['mail7.hosting.example'] })).toMatchObject({
      verdict: 'pass',
    });
  });

  it('counts for each of several servers by itself', async () => {
    const both = { authservIds: ['mx.acme.test', 'mx2.acme.test'], relays: [] };
    const second = received.replace('mx.acme.test', 'mx2.acme.test');
    const passOfSecond = pass.replace('mx.acme.test', 'mx2.acme.test');
    expect(await judged([lmtp, passOfSecond, second, from], both)).toMatchObject({ verdict: 'pass' });
    expect(await judged([lmtp, pass, second, pass, from], both)).toMatchObject({ verdict: 'none' });
  });

  it('may be a copy in ARC, which Gmail writes above its Received line, and the field itself below it', async () => {
    const gmail = { authservIds: ['mx.google.com'], relays: [] };
    const line = `Received: from a.example by mx.google.com with ESMTPS id 1${at}`;
    const top = 'Received: by 2002:a05:6a10:1234:0:0:0:0 with SMTP id x; Mon, 2 Mar 2026 09:00:00 -0800 (PST)';
    const copy =
      'ARC-Authentication-Results: i=2; mx.google.com; dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=example.com';
    const field = 'Authentication-Results: mx.google.com; dmarc=pass header.from=example.com';
    expect(await judged([top, copy, line, field, from], gmail)).toMatchObject({ verdict: 'pass' });
    expect(await judged([top, line, field, copy, from], gmail)).toMatchObject({ verdict: 'none' });
    expect(await judged([top, copy.replace(' i=2;', ''), line, from], gmail)).toMatchObject({ verdict: 'none' });
    expect(await judged([top, copy.replace('pass (', 'fail ('), line, field, from], gmail)).toMatchObject({
      verdict: 'fail',
    });
  });
});

describe('the author', () => {
  const proven =
    'dmarc=pass header.from=example.com; dkim=pass header.d=example.com; spf=pass smtp.mailfrom=example.com';

  it.each<[what: string, lines: string]>([
    ['in several From fields', 'From: ann@example.com\r\nFrom: boss@acme.test'],
    ['in several From fields of the same address', `${from}\r\n${from}`],
    ['in a From field with a space before its colon beside another', 'From : boss@acme.test\r\nFrom: ann@example.com'],
    ['with another in one From', 'From: ann@example.com, boss@acme.test'],
    ['with another in a group', 'From: us: ann@example.com, boss@acme.test;'],
    ['as Reply-To for want of a From', 'Reply-To: ann@example.com'],
    ['as Sender for want of a From', 'From: Ann\r\nSender: ann@example.com'],
    ['without a domain', 'From: ann'],
    ['of a domain alone', 'From: example.com'],
    ['of a domain of one label', 'From: ann@com'],
    ['nowhere', 'Subject: x'],
  ])('is not proven %s', async (_what, lines) => {
    expect(await verdictOf(proven, lines)).toBe('none');
  });

  it.each<[what: string, line: string, verdict: Authentication['verdict']]>([
    ['an address for a name', 'From: "boss@acme.test" <ann@example.com>', 'pass'],
    ['the proven address for a name', 'From: "ann@example.com" <boss@acme.test>', 'none'],
    ['the proven address in a comment', 'From: boss@acme.test (ann@example.com)', 'none'],
    [
      'the proven address in an encoded name',
      'From: =?utf-8?q?Ann_=3Cann=40example=2Ecom=3E?= <boss@acme.test>',
      'none',
    ],
    ['the domain in an encoded word', 'From: ann@=?utf-8?q?acme.test?=', 'none'],
    ['two @', 'From: <ann@example.com@acme.test>', 'none'],
    ['a quoted local part', 'From: "ann@example.com"@acme.test', 'none'],
    ['a domain in capitals, with a dot at its end', 'From: ann@EXAMPLE.COM.', 'pass'],
  ])('is the sender the rest goes by: %s', async (_what, line, verdict) => {
    expect(await verdictOf(proven, line)).toBe(verdict);
  });

  it('has failed even where it is several', async () => {
    expect(await verdictOf('dmarc=fail', 'From: ann@example.com, boss@acme.test')).toBe('fail');
  });
});

describe('whatever the header', () => {
  const id = fc.constantFrom(
    'mx.acme.test',
    'MX.ACME.TEST',
    '"mx.acme.test"',
    'evil.example',
    'mx.acme.test.evil.example',
    '',
  );
  const clause = fc.constantFrom(
    'dmarc=pass header.from=example.com',
    'dkim=pass header.d=example.com',
    'spf=pass smtp.mailfrom=example.com',
    'none',
    'arc=pass',
    '(',
    '"',
    ')',
  );
  const field = fc
    .tuple(
      fc.constantFrom('Authentication-Results: ', 'ARC-Authentication-Results: i=1; '),
      id,
      fc.array(clause, { maxLength: 3 }),
      fc.constantFrom(';', ';\r\n\t', ' ; (a)', ';\n'),
    )
    .map(([name, authserv, clauses, joint]) => name + [authserv, ...clauses].join(joint));
  const line = fc.oneof(
    field,
    hostileText,
    fc.constantFrom(
      received,
      lmtp,
      theirs,
      from,
      'Received: x',
      ' folded',
      'Subject: x',
      `Received: by mx.acme.test${at}`,
    ),
    fc
      .tuple(fc.constantFrom('Received: ', 'Authentication-Results: mx.acme.test; ', 'From: '), hostileText)
      .map((parts) => parts.join('')),
  );

  it('never throws, and tells it in one short line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
        const { verdict, evidence } = await judged(lines);
        expect(['pass', 'fail', 'none']).toContain(verdict);
        expect(evidence).toMatch(/^[^\r\n\0]+$/);
        expect(evidence.length).toBeLessThanOrEqual(MAX_TRACE_EVIDENCE_CHARACTERS);
      }),
      { numRuns: 300 },
    );
  });

  it('never passes a mail whose server said nothing, whatever the sender wrote below', async () => {
    const ours = fc.constantFrom<readonly string[]>(
      [received],
      [lmtp, received],
      [results('dmarc=pass header.from=example.com', 'mx.other.test'), received],
      ['X-Spam: no', lmtp, 'X-Virus: no', received, 'Received-SPF: none'],
      [results('spf=none'), received],
    );
    await fc.assert(
      fc.asyncProperty(ours, fc.array(line, { maxLength: 12 }), async (above, below) => {
        expect((await judged([...above, ...below])).verdict).not.toBe('pass');
      }),
      { numRuns: 500 },
    );
  });
});
