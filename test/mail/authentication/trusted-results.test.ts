import { describe, expect, it } from 'vitest';
import { MAX_HEADER_VALUE_CHARACTERS } from '../../../src/limits.js';
import type { Authentication } from '../../../src/mail/authentication.js';
import { at, from, judged, lmtp, pass, received, results, theirs } from './judged.js';

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
      'below the line of its server, to which the client called itself by',
      [`Received: from by by mx.acme.test with SMTP${at}`, pass, received],
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
    ['in a mail without any line', [pass, pass], 'none'],
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

  it('may lack a name, as in Microsoft 365, and then counts only above the line of a known host', async () => {
    const microsoft = { authservIds: ['.mail.protection.outlook.com'], relays: [] };
    const inner = `Received: from A.eop-EUR01.prod.protection.outlook.com by B.eurprd01.prod.outlook.com with SMTP${at}`;
    const edge = `Received: from client.example (192.0.2.1) by A.mail.protection.outlook.com (10.1.2.3) with SMTP${at}`;
    const nameless = [
      'Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.com; dkim=pass',
      ' (signature was verified) header.d=example.com;dmarc=pass action=none',
      ' header.from=example.com;compauth=pass reason=100',
    ].join('\r\n');
    expect(await judged([inner, nameless, edge, theirs, from], microsoft)).toEqual({
      verdict: 'pass',
      evidence: 'dmarc=pass header.from=example.com, says *.mail.protection.outlook.com',
    });
    const failed = nameless.replace('dmarc=pass', 'dmarc=fail');
    expect(await judged([inner, failed, edge, nameless, from], microsoft)).toMatchObject({ verdict: 'fail' });
    for (const lines of [
      [inner, edge, nameless, theirs],
      [inner, edge, nameless, edge],
      [inner, nameless, theirs],
      [nameless, theirs],
      [nameless],
      [inner, pass, edge],
      [inner, nameless.replace('spf=', '"spf"='), edge],
      [inner, nameless.replace('spf=pass', 'mx.evil.example spf=pass'), edge],
      [inner, nameless, edge.replace('A.mail.protection.outlook.com', 'mail.protection.outlook.com.evil.example')],
    ]) {
      expect((await judged([...lines, from], microsoft)).verdict, lines.join('\n')).toBe('none');
    }
    // Where a name is listed, results without one count for nothing.
    expect(await judged([nameless, received, from])).toMatchObject({ verdict: 'none' });
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
