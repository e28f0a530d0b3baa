import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_ATTACHMENTS, MAX_REPORT_BYTES, MAX_REPORTS } from '../../src/limits.js';
import { parseMail } from '../../src/mail/parse.js';
import { readSmime } from '../../src/mail/smime.js';
import { readTnef } from '../../src/mail/tnef.js';

/** A multipart of parts that are given as header and body. */
const multipart = (type: string, ...parts: string[]) =>
  `Content-Type: multipart/${type}; boundary=b\n\n${parts.map((part) => `--b\n${part}\n`).join('')}--b--\n`;
const read = (mail: string) => parseMail(Buffer.from(mail));
const names = ({ attachments }: Awaited<ReturnType<typeof parseMail>>) =>
  attachments.map(({ filename, contentType, disposition }) => [filename, contentType, disposition]);

const plain = 'Content-Type: text/plain\n\nHello';
const html = 'Content-Type: text/html\n\n<p>Hello, <b>HTML</b></p>';

describe('the text of a mail in parts', () => {
  it.each([
    ['is the plain form of two', multipart('alternative', plain, html), 'Hello', false],
    [
      'is the HTML where the plain form is blank',
      multipart('alternative', 'Content-Type: text/plain\n\n \n', html),
      'Hello, HTML',
      true,
    ],
    [
      'is the HTML where the plain form only says so',
      multipart('alternative', 'Content-Type: text/plain\n\nYour mail client does not support HTML.\n', html),
      'Hello, HTML',
      true,
    ],
    [
      'is the plain form where it says something itself too',
      multipart(
        'alternative',
        'Content-Type: text/plain\n\nMy screen is black. My mail client cannot show HTML.\n',
        html,
      ),
      'My screen is black. My mail client cannot show HTML.',
      false,
    ],
    [
      "is all of it, with a list's footer",
      multipart('mixed', plain, 'Content-Type: text/plain\n\nFooter'),
      'Hello\nFooter',
      false,
    ],
    [
      'is there once where plain and HTML stand side by side',
      multipart('mixed', plain, 'Content-Type: text/html\n\n<p>Hello</p>'),
      'Hello',
      false,
    ],
    [
      'is that of another kind of text where there is no other',
      'Content-Type: text/markdown\n\n**Hello**',
      '**Hello**',
      false,
    ],
    [
      "is an event's description where the mail has no other",
      multipart(
        'alternative',
        'Content-Type: text/plain\n\n',
        'Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Call\nDESCRIPTION:About the fire\nEND:VEVENT\nEND:VCALENDAR',
      ),
      'About the fire\n\nEvent: Call',
      false,
    ],
    [
      'is not that of AMP',
      multipart('alternative', plain, 'Content-Type: text/x-amp-html\n\n<p>AMP</p>'),
      'Hello',
      false,
    ],
    [
      'is that of a named part where there is no other',
      'Content-Type: text/plain; name=a.txt\n\nHello',
      'Hello',
      false,
    ],
    [
      'is not that of an attached text',
      multipart('mixed', plain, 'Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nlog'),
      'Hello',
      false,
    ],
    [
      'is not that of an attached mail',
      multipart('mixed', plain, 'Content-Type: message/rfc822\nContent-Disposition: inline\n\nSubject: a\n\nother'),
      'Hello',
      false,
    ],
    [
      'is that of the mail whose signature is beside it',
      multipart('signed', plain, 'Content-Type: application/pgp-signature; name=signature.asc\n\nxyz'),
      'Hello',
      false,
    ],
    [
      'tells of PGP where nothing else can be told',
      multipart(
        'encrypted',
        'Content-Type: application/pgp-encrypted\n\nVersion: 1',
        'Content-Type: application/octet-stream\n\nxyz',
      ),
      'This mail is encrypted (PGP); mail2ticket cannot read it.',
      false,
    ],
    [
      'tells of PGP within the words',
      'Subject: a\n\nHello\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\nBye',
      'Hello\nThis mail is encrypted (PGP); mail2ticket cannot read it.\nBye',
      false,
    ],
  ])('%s', async (_what, mail, text, textIsFromHtml) => {
    expect(await read(mail)).toMatchObject({ text, textIsFromHtml });
  });
});

describe('the attachments of a mail', () => {
  it.each([
    [
      'a file',
      multipart('mixed', plain, 'Content-Type: application/pdf; name=a.pdf\n\nx'),
      [['a.pdf', 'application/pdf', 'attachment']],
    ],
    [
      'an image of the page as inline',
      multipart('related', html, 'Content-Type: image/png; name=a.png\nContent-ID: <a>\n\nx'),
      [['a.png', 'image/png', 'inline']],
    ],
    [
      'a mail without a name',
      multipart('mixed', plain, 'Content-Type: message/rfc822\n\nSubject: a\n\nb'),
      [['', 'message/rfc822', 'attachment']],
    ],
    ['no signature', multipart('signed', plain, 'Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx'), []],
    [
      'a visiting card',
      multipart('mixed', plain, 'Content-Type: text/vcard; name=jo.vcf\n\nBEGIN:VCARD'),
      [['jo.vcf', 'text/vcard', 'attachment']],
    ],
  ])('name %s', async (_what, mail, expected) => {
    expect(names(await read(mail))).toEqual(expected);
  });

  it('are kept up to a limit', async () => {
    const files = (count: number) => read(`Subject: a\n\n${'begin 644 a\n#0V%T\n`\nend\n'.repeat(count)}`);
    expect((await files(MAX_ATTACHMENTS)).attachments).toHaveLength(MAX_ATTACHMENTS);
    expect((await files(MAX_ATTACHMENTS + 1)).attachments).toHaveLength(MAX_ATTACHMENTS);
  });
});

describe('the machine-readable parts of a report', () => {
  it('stand apart from what people read', async () => {
    const mail = await read(
      multipart(
        'report',
        'Content-Type: text/plain\n\nYour mail could not be delivered.',
        'Content-Type: message/delivery-status; name=details.txt\n\nReporting-MTA: dns; mx.test\n\nAction: failed',
        'Content-Type: message/rfc822\n\nSubject: returned\nMessage-ID: <a@b.test>\n\nsecret words',
      ),
    );
    expect(mail.text).toBe('Your mail could not be delivered.');
    expect(mail.attachments).toEqual([]);
    expect(mail.reports).toEqual([
      { contentType: 'message/delivery-status', text: 'Reporting-MTA: dns; mx.test\n\nAction: failed' },
      { contentType: 'message/rfc822', text: 'Subject: returned\nMessage-ID: <a@b.test>\n\n' },
    ]);
  });

  it.each([
    ['message/global-delivery-status', 'message/delivery-status'],
    ['message/feedback-report', 'message/feedback-report'],
    ['message/disposition-notification', 'message/disposition-notification'],
    ['text/rfc822-headers', 'text/rfc822-headers'],
    ['message/global-headers', 'text/rfc822-headers'],
  ])('are known by their type: %s', async (type, contentType) => {
    const { reports } = await read(multipart('report', plain, `Content-Type: ${type}\n\nA: b`));
    expect(reports).toEqual([{ contentType, text: 'A: b' }]);
  });

  it('are kept up to a limit, in number and size', async () => {
    const part = (bytes: number) => `Content-Type: message/delivery-status\n\n${'x'.repeat(bytes)}`;
    const reports = async (...parts: string[]) => (await read(multipart('report', ...parts))).reports;
    expect((await reports(part(MAX_REPORT_BYTES)))[0]?.text).toHaveLength(MAX_REPORT_BYTES);
    expect((await reports(part(MAX_REPORT_BYTES + 1)))[0]?.text).toHaveLength(MAX_REPORT_BYTES);
    expect(await reports(...Array<string>(MAX_REPORTS).fill(part(1)))).toHaveLength(MAX_REPORTS);
    expect(await reports(...Array<string>(MAX_REPORTS + 1).fill(part(1)))).toHaveLength(MAX_REPORTS);
  });
});

describe('a container', () => {
  it('of any bytes is read without a throw', () => {
    const signature = Buffer.from([0x78, 0x9f, 0x3e, 0x22, 0, 0]);
    const der = Buffer.from('308006092a864886f70d010702a080', 'hex');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        readTnef(Buffer.concat([signature, bytes]));
        readSmime(Buffer.from(bytes));
        readSmime(Buffer.concat([der, bytes]));
      }),
      { numRuns: 500 },
    );
  });
});
