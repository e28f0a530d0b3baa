import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { JudgePool } from '../../src/judging/pool.js';
import type { Envelope } from '../../src/mail/identity.js';
import { defaultPolicy, type MailPolicy } from '../../src/mail/policy.js';
import type { MailSource } from '../../src/mail/source.js';

const envelope: Envelope = {
  messageId: '<bomb@example.com>',
  from: 'ann@example.com',
  subject: 'Open me',
  date: '2026-11-24T08:00:00.000Z',
  sizeBytes: 4_000_000,
  receivedAt: '2026-11-24T08:00:01.000Z',
};

const wholeMail = (raw: string): MailSource => ({ bytes: Buffer.from(raw), leftOut: new Map() });

const open: JudgePool[] = [];

function poolOf(limits?: { ms: number; heapMb: number }, policy: MailPolicy = defaultPolicy): JudgePool {
  const pool = new JudgePool(pino({ level: 'silent' }), new Map([['', policy]]), limits);
  open.push(pool);
  return pool;
}

afterEach(async () => {
  for (const pool of open.splice(0)) await pool.close();
});

const words = (text: string) => wholeMail(`From: ann@example.com\nSubject: Printer\n\n${text}\n`);
/** Lines that make the trimming of quotes look back and forth; half a second of work or more. */
const heavy = wholeMail(
  `From: ann@example.com\nSubject: [#1] heavy\nContent-Type: text/html\n\n${'<div><blockquote><b>word</b>'.repeat(40_000)}`,
);

describe('judging in threads', () => {
  it('gives the same judgement as judging in place', async () => {
    const judgement = await poolOf().judge('', words('It burns.'), envelope, { real: false });
    expect(judgement).toMatchObject({
      decision: { kind: 'create', ticket: { subject: 'Printer', user_email: 'ann@example.com', message: 'It burns.' } },
    });
  });

  it('checks signatures in the thread where it is told to', async () => {
    const policy = { ...defaultPolicy, senderAuthCheck: 'dns' } as const;
    const signature = 'DKIM-Signature: v=1; a=rsa-sha256; d=example.invalid; s=s; h=from; bh=x; b=x';
    const mail = wholeMail(`${signature}\r\nFrom: ann@example.invalid\r\n\r\nHello\r\n`);
    const { trace } = await poolOf(undefined, policy).judge('', mail, envelope, { real: false });
    expect(trace.find(({ rule }) => rule === 'sender authentication')?.evidence).toBe(
      'none: no DKIM signature proves example.invalid (neutral body hash did not verify), checked by DNS',
    );
  });

  it('makes a ticket of the envelope where a mail takes too long, and goes on with the others', async () => {
    const pool = poolOf({ ms: 20_000, heapMb: 256 });
    await pool.ready();
    const slow = poolOf({ ms: 1, heapMb: 256 });
    const judgement = await slow.judge('', heavy, envelope, { real: false });
    expect(judgement.decision).toMatchObject({
      kind: 'create',
      ticket: {
        subject: 'Open me',
        user_email: 'ann@example.com',
        message: expect.stringMatching(/takes too long.*\n.*Processed.*<bomb@example\.com>/),
      },
    });
    expect((await pool.judge('', words('Next.'), envelope, { real: false })).text).toBe('Next.');
  });

  it('makes a ticket of the envelope where a mail takes too much memory, and goes on with the others', async () => {
    const pool = poolOf({ ms: 20_000, heapMb: 60 });
    await pool.ready();
    const huge = wholeMail(`From: ann@example.com\nSubject: [#1] x\n\n${'> a\n'.repeat(900_000)}`);
    const judgement = await pool.judge('', huge, envelope, { real: false });
    expect(judgement.decision).toMatchObject({
      ticket: { message: expect.stringContaining('too much memory') },
    });
    expect((await pool.judge('', words('Next.'), envelope, { real: false })).text).toBe('Next.');
  });

  it('judges by its envelope a mail that has broken its readings', async () => {
    const judgement = await poolOf().judge('', null, envelope, { real: false });
    expect(judgement.decision).toMatchObject({ ticket: { message: expect.stringContaining('broke off') } });
  });

  it('says the same of an unreadable mail each time, so that its ticket is known again', async () => {
    const pool = poolOf();
    const [first, second] = [
      await pool.judge('', null, envelope, { real: false }),
      await pool.judge('', null, envelope, { real: false }),
    ];
    expect(second).toEqual(first);
  });

  it('rejects once it is closed, instead of taking the mail for unreadable', async () => {
    const pool = poolOf();
    const judging = expect(pool.judge('', heavy, envelope, { real: false })).rejects.toThrow('the pool is closed');
    await pool.close();
    await judging;
  });
});

describe('a mail bomb', () => {
  const nested = (depth: number) =>
    Array.from({ length: depth }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`).join('');
  const bombs: [string, string][] = [
    ['of multiparts within multiparts', `From: ann@example.com\nSubject: x\n${nested(20_000)}`],
    [
      'of ten thousand parts',
      `From: ann@example.com\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n${'--b\nContent-Type: text/plain\n\nword\n'.repeat(10_000)}`,
    ],
    [
      'of a hundred thousand header fields',
      `From: ann@example.com\nSubject: x\n${'X-A: b\n'.repeat(100_000)}\nwords\n`,
    ],
    [
      'of zeros in base64',
      `From: ann@example.com\nSubject: x\nContent-Transfer-Encoding: base64\n\n${'A'.repeat(4_000_000)}`,
    ],
    ['of a single line', `From: ann@example.com\nSubject: [#1] x\n\n${'word '.repeat(800_000)}`],
    ['of quote signs', `From: ann@example.com\nSubject: [#1] x\n\n${'>'.repeat(4_000_000)}`],
    [
      'of nested HTML',
      `From: ann@example.com\nSubject: x\nContent-Type: text/html\n\n${'<table><tr><td>'.repeat(250_000)}`,
    ],
    [
      'of a cyclic forward',
      `From: ann@example.com\nSubject: x\nContent-Type: message/rfc822\n\n${'Content-Type: message/rfc822\n\n'.repeat(100_000)}`,
    ],
  ];

  it.each(bombs)('%s is judged within the bounds', async (_, raw) => {
    const judgement = await poolOf().judge('', wholeMail(raw), envelope, { real: false });
    expect(judgement.decision.kind).not.toBe('ignore');
    expect(JSON.stringify(judgement).length).toBeLessThan(1_000_000);
  });
});
