import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TRACE_EVIDENCE_CHARACTERS } from '../../src/limits.js';
import type { Authentication } from '../../src/mail/authentication.js';
import { hostileText } from './a-mail.js';
import { at, from, judged, lmtp, pass, received, results, theirs, verdictOf } from './authentication/judged.js';

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
      fc.asyncProperty(ours, fc.array(line, { maxLength: 12 }), fc.boolean(), async (above, below, nameless) => {
        const authservIds = nameless ? ['mx.acme.test', '.acme.test'] : ['mx.acme.test'];
        expect((await judged([...above, ...below], { authservIds, relays: [] })).verdict).not.toBe('pass');
      }),
      { numRuns: 500 },
    );
  });
});
