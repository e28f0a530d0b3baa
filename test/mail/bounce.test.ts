import { describe, expect, it } from 'vitest';
import { MAX_BOUNCE_RECIPIENTS } from '../../src/limits.js';
import { readBounce } from '../../src/mail/bounce.js';
import type { IncomingMail } from '../../src/mail/message.js';
import { aMail, headers } from './a-mail.js';

function statusPart(...blocks: string[]) {
  return {
    contentType: 'message/delivery-status',
    text: ['Reporting-MTA: dns; mx.example.net', ...blocks].join('\n\n'),
  };
}

/** `address status permanent` of each recipient. */
function recipientsOf(parts: Partial<IncomingMail>): string[] | undefined {
  const bounce = readBounce(aMail(parts));
  return bounce?.recipients.map(
    ({ address, status, permanent }) => `${address} ${status || '-'} ${permanent ? 'lost' : 'late'}`,
  );
}

const failed = 'Final-Recipient: rfc822; bob@example.org\nAction: failed\nStatus: 5.1.1';
const delayed = 'Final-Recipient: rfc822; eve@example.org\nAction: delayed\nStatus: 4.4.1';
const arrived = 'Final-Recipient: rfc822; joe@example.org\nAction: delivered\nStatus: 2.0.0';

describe('readBounce, from a delivery report', () => {
  it.each<[what: string, blocks: string[], recipients: string[]]>([
    ['one recipient', [failed], ['bob@example.org 5.1.1 lost']],
    ['each recipient for itself', [failed, delayed], ['bob@example.org 5.1.1 lost', 'eve@example.org 4.4.1 late']],
    ['those alone that did not get it', [arrived, failed], ['bob@example.org 5.1.1 lost']],
    [
      'nothing of one in another',
      ['Final-Recipient: rfc822; bob@example.org\nAction: failed', delayed],
      ['bob@example.org - lost', 'eve@example.org 4.4.1 late'],
    ],
    [
      'a folded field',
      ['Final-Recipient: rfc822;\n bob@example.org\nAction: failed\nStatus:\n 5.2.2 (full)'],
      ['bob@example.org 5.2.2 lost'],
    ],
    [
      'angle brackets and no type',
      ['Final-Recipient: <bob@example.org>\nStatus: 5.0.0'],
      ['bob@example.org 5.0.0 lost'],
    ],
    [
      'the original recipient for want of a final one',
      ['Original-Recipient: rfc822;bob@example.org\nStatus: 5.1.1'],
      ['bob@example.org 5.1.1 lost'],
    ],
    ...['/S=bob/OU=example/C=GB/', 'bob@mx-daemon', 'bob'].map((final): [string, string[], string[]] => [
      `the original recipient where the final one is no address, ${final}`,
      [`Final-Recipient: x; ${final}\nOriginal-Recipient: rfc822;bob@example.org\nStatus: 5.1.1`],
      ['bob@example.org 5.1.1 lost'],
    ]),
    [
      'the final recipient where no other one is better',
      ['Final-Recipient: rfc822; bob\nOriginal-Recipient: rfc822;\nStatus: 5.1.1'],
      ['bob 5.1.1 lost'],
    ],
    [
      'the exact code of the other server',
      ['Final-Recipient: rfc822;bob@example.org\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550-5.2.1 disabled'],
      ['bob@example.org 5.2.1 lost'],
    ],
    [
      'no code of another class',
      ['Final-Recipient: rfc822;bob@example.org\nStatus: 5.0.0\nDiagnostic-Code: smtp; 450 4.2.1 busy'],
      ['bob@example.org 5.0.0 lost'],
    ],
    [
      'no address of a network for a code',
      ['Final-Recipient: rfc822;bob@example.org\nAction: failed\nDiagnostic-Code: host 5.1.1.7 said no'],
      ['bob@example.org - lost'],
    ],
    [
      'the reply of SMTP for want of all else',
      ['Final-Recipient: rfc822;bob@example.org\nDiagnostic-Code: smtp; 451 try later'],
      ['bob@example.org - late'],
    ],
  ])('reads %s', (_what, blocks, recipients) => {
    expect(recipientsOf({ reports: [statusPart(...blocks)] })).toEqual(recipients);
  });

  it('reads line ends of CRLF alike', () => {
    const part = statusPart(failed, delayed);
    const crlf = { ...part, text: part.text.replaceAll('\n', '\r\n') };
    expect(recipientsOf({ reports: [crlf] })).toEqual(recipientsOf({ reports: [part] }));
  });

  it('is null where all of them got it, whatever the words say', () => {
    expect(
      recipientsOf({ reports: [statusPart(arrived)], text: 'bob@example.org: 550 5.1.1 unknown' }),
    ).toBeUndefined();
  });

  it('stops at a bound', () => {
    const blocks = Array.from(
      { length: MAX_BOUNCE_RECIPIENTS + 1 },
      (_, n) => `Final-Recipient: rfc822; r${n}@example.org\nStatus: 5.1.1`,
    );
    expect(recipientsOf({ reports: [statusPart(...blocks)] })).toHaveLength(MAX_BOUNCE_RECIPIENTS);
  });
});

describe('readBounce, from words', () => {
  it.each<[what: string, parts: Partial<IncomingMail>, recipients: string[] | undefined]>([
    ['a mail that names nobody', {}, undefined],
    [
      'qmail, each with its own reason',
      {
        text: 'Hi. This is the qmail-send program.\n\n<bob@example.org>:\nno mailbox here. (#5.1.1)\n\n<eve@example.org>:\nDeferred. (#4.4.1)\n',
      },
      ['bob@example.org 5.1.1 lost', 'eve@example.org 4.4.1 late'],
    ],
    [
      'X-Failed-Recipients, with the reason from the text',
      {
        headers: headers({ 'X-Failed-Recipients': 'bob@example.org, eve@example.org' }),
        text: '  bob@example.org\n    550 5.1.1 no such user\n  eve@example.org\n    retry timeout exceeded\n  other@example.org\n',
      },
      ['bob@example.org 5.1.1 lost', 'eve@example.org - late'],
    ],
    [
      'a telephone number for no reply of SMTP',
      {
        text: 'This is a permanent error. Call 480-624-2500 or 1-480-624-2500.\n\n<bob@example.org>:\nThe mailbox is full.\n',
      },
      ['bob@example.org - lost'],
    ],
    [
      'a reply of SMTP in several lines',
      { text: '<bob@example.org>:\n450-too many mails\n450 try again\n' },
      ['bob@example.org - late'],
    ],
    [
      'the address that exim sent on to, and not the sender',
      {
        to: [{ address: 'support@desk.example', name: '' }],
        text: 'A message from support@desk.example could not be delivered:\n\n  an undisclosed address\n    (generated from bob@example.org)\n',
      },
      ['bob@example.org - lost'],
    ],
    ['a sender for no recipient', { text: 'A message from ann@example.com could not be delivered.' }, undefined],
    [
      'an address within a sentence',
      { text: 'We failed to deliver to <bob@example.org>.\n\n550 5.7.1 refused' },
      ['bob@example.org 5.7.1 lost'],
    ],
    [
      'an address within a sentence without spaces',
      {
        text: '收件人：bob@example.org\n退信原因：收件人邮件地址（bob@example.org）不存在。\nsaid: 550 5.1.1 not found',
      },
      ['bob@example.org 5.1.1 lost'],
    ],
    [
      'an address within an X.400 one',
      { text: 'did not reach:\n\nc=US;a= ;p=EX;dda:SMTP=bob@example.org; on Fri\n    Unknown Recipient' },
      ['bob@example.org - lost'],
    ],
    [
      'not the sender of the lost mail',
      { text: '>>> MAIL From:<ann@example.com>\n<<< 550 <bob@example.org>... User unknown' },
      ['bob@example.org - lost'],
    ],
    [
      'not whom the bounce is to',
      { text: 'Dear support@desk.example, the mailbox <bob@example.org> is full' },
      ['bob@example.org - lost'],
    ],
    [
      'nothing of the returned mail',
      { text: 'bob@example.org: unknown\n\n--- Original message follows.\n\neve@example.org wrote' },
      ['bob@example.org - lost'],
    ],
    [
      'a warning that goes on trying',
      { text: 'Delayed, not yet delivered to\n  bob@example.org\n' },
      ['bob@example.org - late'],
    ],
    [
      'Amazon SES, broken over lines',
      {
        headers: headers({ 'X-Amz-Sns-Message-Id': 'x' }),
        text: '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"bob@exam!\n ple.org","action":"failed","status":"5.1.1"}]}}',
      },
      ['bob@example.org 5.1.1 lost'],
    ],
  ])('reads %s', (_what, parts, recipients) => {
    expect(recipientsOf(parts)).toEqual(recipients);
  });
});

describe('readBounce, the returned mail', () => {
  const of = (parts: Partial<IncomingMail>) =>
    readBounce(aMail({ ...parts, reports: [statusPart(failed), ...(parts.reports ?? [])] }))?.originalMessageId;

  it.each<[what: string, parts: Partial<IncomingMail>, id: string | null]>([
    [
      'from the returned header',
      { reports: [{ contentType: 'message/rfc822', text: 'From: a\nMessage-Id: <m@desk.example>\n' }] },
      '<m@desk.example>',
    ],
    ['from the text', { text: 'Message-ID: <m@desk.example>' }, '<m@desk.example>'],
    ['from what the bounce answers', { inReplyTo: '<m@desk.example>' }, '<m@desk.example>'],
    ['not from its own id', {}, null],
  ])('knows its Message-ID %s', (_what, parts, id) => {
    expect(of(parts)).toBe(id);
  });
});
