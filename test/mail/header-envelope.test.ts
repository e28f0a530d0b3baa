import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { envelopeOf } from '../../src/imap/envelope.js';
import { envelopeOfHeader } from '../../src/mail/header-envelope.js';
import { fingerprintOf, identityOfMessageId } from '../../src/mail/identity.js';
import { startDovecot } from '../services/dovecot.js';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const envelope = (raw: string) => envelopeOfHeader(Buffer.from(raw), raw.length, NOW);

/** Mails whose fields stand there as RFC 5322 allows, or as programs write them. */
const odd = [
  'Subject: a \r\n\tb  c\td\r\nFrom: Ann\r\n <Ann@Example.COM>\r\nMessage-ID:\r\n <1@x>\r\nDate: Tue, 24 Nov 2026\r\n 08:00:00 +0000 (CET)',
  'Subject: one\r\nSubject: two\r\nFrom: a@x.test\r\nFrom: b@x.test\r\nMessage-ID: <1@x>\r\nMessage-ID: <2@x>\r\nDate: Tue, 24 Nov 2026 08:00:00 +0000\r\nDate: Tue, 24 Nov 2026 09:00:00 +0000',
  'Subject: Gr\xc3\xbc\xc3\x9fe\r\nFrom: "M\xc3\xbcller, A" <a@x.test>, b@y.test (Bob)\r\nMessage-ID: foo <1@x> (comment)\r\nDate: 24 Nov 26 08:00 GMT',
  'Subject: Gr\xfc\xdfe\r\nFrom: undisclosed-recipients:;\r\nDate: nonsense',
  'Subject: "quoted \\" back"\r\nFrom: Group: a@x.test, b@y.test;\r\nDate: \r\nMessage-ID: ',
  'Subject: =?utf-8?Q?Gr=C3=BC?=\r\n =?utf-8?Q?=C3=9Fe?= x\r\nFrom: =?utf-8?Q?M=C3=BCller=2C_A?= <c@d.test>\r\nMessage-ID: <a b@c>',
  'Subject:\r\nFrom: <a@[1.2.3.4]>\r\nMessage-ID: <1@x> <2@x>',
  'From: "a b"@x.test\r\nSubject: x\0y',
  'from: <@relay.test:a@x.test>\r\nSUBJECT: x\r\nmessage-id: <1@X>',
];

describe('the envelope made of a header', () => {
  it('is the one that an IMAP server gives, so that a mail has one identity wherever it is met', async () => {
    const fixtures = join('test', 'fixtures', 'mail');
    const raws = readdirSync(fixtures)
      // Servers take no header that does not stand at the beginning.
      .filter((name) => name.endsWith('.eml') && !/^mbox-line/.test(name))
      .map((name) => readFileSync(join(fixtures, name), 'latin1').replace(/\r?\n/g, '\r\n'))
      .concat(odd.map((header) => `${header}\r\n\r\nHello\r\n`));
    const dovecot = await startDovecot();
    try {
      for (const raw of raws) await dovecot.deliver('support@acme.test', Buffer.from(raw, 'latin1'));
      const imap = await dovecot.client('support@acme.test');
      await imap.mailboxOpen('INBOX');
      const served = await imap.fetchAll('1:*', { envelope: true, size: true });
      await imap.logout();
      expect(served).toHaveLength(raws.length);
      for (const [i, message] of served.entries()) {
        const raw = Buffer.from(raws[i] ?? '', 'latin1');
        const { receivedAt: _, ...ours } = envelopeOfHeader(raw, raw.length, NOW);
        expect(envelopeOf(message)).toMatchObject(ours);
      }
    } finally {
      await dovecot.stop();
    }
  });

  it('has as its time when the last server received the mail', () => {
    const received = (date: string) => `Received: from a by b; ${date}\n`;
    const [late, early] = ['Tue, 24 Nov 2026 09:00:00 +0100', 'Tue, 24 Nov 2026 07:59:00 +0000'].map(received);
    expect(envelope(`${late}${early}Date: Mon, 1 Jan 2024 00:00:00 +0000\n\n`).receivedAt).toBe(
      '2026-11-24T08:00:00.000Z',
    );
    expect(envelope('Date: Mon, 1 Jan 2024 00:00:00 +0000\n\n').receivedAt).toBe('2024-01-01T00:00:00.000Z');
  });

  it.each([
    ['there is none', 'Subject: x\n\n'],
    ['it cannot be read', 'Received: from a by b; yesterday\n\n'],
    ['it lies ahead of us', 'Date: Tue, 24 Nov 2026 13:00:00 +0000\n\n'],
  ])('has no time where %s', (_why, raw) => {
    expect(envelope(raw).receivedAt).toBe('');
  });

  it('is the same whatever line ends the mail has, and whatever mbox programs put before it', () => {
    const raw = 'Message-ID: <1@x>\nFrom: a@x.test\nSubject: a\n b\n\nSubject: of the body\n';
    for (const other of [raw.replaceAll('\n', '\r\n'), `From a@x.test Tue Nov 24 08:00:00 2026\n${raw}`, `\n${raw}`]) {
      expect(fingerprintOf(envelope(other))).toBe(fingerprintOf(envelope(raw)));
      expect(identityOfMessageId('m', envelope(other).messageId ?? '')).toBe(identityOfMessageId('m', '<1@x>'));
    }
  });

  it('is made of megabytes of header within bounds', () => {
    const raw = `${'X-Filler: y\n z\n'.repeat(200_000)}Subject: far below\n\n`;
    expect(envelope(raw)).toMatchObject({ subject: '', messageId: null });
    expect(envelope(`From: ${'a@x.test, '.repeat(100_000)}b@y.test\nSubject: many\n\n`).subject).toBe('many');
  });
});
