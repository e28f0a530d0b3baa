import { describe, expect, it } from 'vitest';
import { MAX_TRACE_EVIDENCE_CHARACTERS } from '../../src/limits.js';
import { classify, signOfOwnMail } from '../../src/mail/automatic.js';
import { readCalendar } from '../../src/mail/calendar.js';
import type { IncomingMail } from '../../src/mail/message.js';
import { aMail, headers } from './a-mail.js';

const policy = { ownAddresses: ['support@desk.example'] };

function kindAndEffect(parts: Partial<IncomingMail>): string {
  const { kind, effect } = classify(aMail(parts), policy);
  return `${kind}, ${effect}`;
}

const daemon = { address: 'MAILER-DAEMON@mx.example.net', name: 'Mail Delivery System' };
const postmaster = { address: 'postmaster@example.net', name: '' };
const nullPath = { 'Return-Path': '<>' };
const mailboxRules = { 'X-MS-Exchange-Generated-Message-Source': 'Mailbox Rules Agent' };
const exchangeRule = (owner: string) => ({
  'X-Auto-Response-Suppress': 'All',
  'X-MS-Exchange-Inbox-Rules-Loop': owner,
});
const report = { 'Content-Type': 'multipart/report; boundary="b"; report-type=delivery-status' };

function deliveryStatus(action: string, status: string) {
  const text = `Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; bob@example.org\nAction: ${action}\nStatus: ${status}\n`;
  return { contentType: 'message/delivery-status', text };
}

const returned = {
  contentType: 'text/rfc822-headers',
  text: 'From: support@desk.example\nMessage-ID: <m@desk.example>\n',
};
const failedText = `Your message could not be delivered.

<bob@example.org>: host mx.example.org said: 550 5.1.1 no such user`;

describe('classify', () => {
  it.each<[what: string, parts: Partial<IncomingMail>, verdict: string]>([
    ['a plain mail', {}, 'none, none'],

    ['a delivery report', { headers: headers(report), reports: [deliveryStatus('failed', '5.1.1')] }, 'bounce, ignore'],
    [
      'a report that a mail is late',
      { headers: headers(report), reports: [deliveryStatus('delayed', '4.4.1')] },
      'bounce, ignore',
    ],
    ['a delivery report without its parts', { headers: headers(report) }, 'bounce, ignore'],
    [
      'a report without its type, of a server',
      {
        headers: headers({ ...nullPath, 'Content-Type': 'multipart/mixed' }),
        reports: [deliveryStatus('failed', '5.1.1')],
      },
      'bounce, ignore',
    ],
    [
      'good news of a delivery',
      { headers: headers(report), reports: [deliveryStatus('delivered', '2.0.0')] },
      'auto-generated, ignore',
    ],
    [
      'good news for one and bad for another recipient',
      { headers: headers(report), reports: [deliveryStatus('relayed', '2.0.0'), deliveryStatus('failed', '5.1.1')] },
      'bounce, ignore',
    ],
    [
      'failed recipients named by exim',
      { from: daemon, headers: headers({ 'X-Failed-Recipients': 'bob@example.org' }) },
      'bounce, ignore',
    ],
    [
      'a daemon without a domain',
      { from: null, headers: headers({ From: 'MAILER-DAEMON' }), subject: 'failure notice', text: failedText },
      'bounce, ignore',
    ],
    [
      'nobody as the author',
      { from: null, headers: headers({ ...nullPath, From: '<>' }), subject: 'Returned mail' },
      'bounce, ignore',
    ],
    ['a postmaster program', { from: postmaster, subject: 'Undeliverable: Hello', text: failedText }, 'bounce, ignore'],
    [
      'words alone with the returned mail',
      { headers: headers(nullPath), reports: [returned], text: failedText },
      'bounce, ignore',
    ],
    [
      'a bounce of MDaemon',
      {
        from: { address: 'MDaemon@example.net', name: '' },
        subject: 'Permanent Delivery Failure',
        text: 'YOUR MESSAGE WAS NOT DELIVERED!\n552 over quota',
      },
      'bounce, ignore',
    ],
    [
      'words with the title over the mail that came back',
      { from: postmaster, subject: 'Undeliverable Mail', text: 'Delivery failed.\n\nOriginal message follows.\n' },
      'bounce, ignore',
    ],
    ...[
      'Header of the original message:',
      '   -- The header and top 20 lines of the message follows --',
      '----- Original message follows -----',
    ].map((title): [string, Partial<IncomingMail>, string] => [
      `a bounce of no daemon, which returns the mail under "${title}",`,
      {
        from: { address: 'sysadmin@example.net', name: 'System Administrator' },
        headers: headers(nullPath),
        subject: 'Delivery Failure',
        text: `Could not deliver to bob@example.org: said: 550 unknown user\n\n${title}\n`,
      },
      'bounce, ignore',
    ]),
    [
      'a bounce in Japanese',
      { from: daemon, subject: 'メールエラー通知', text: '送信できませんでした' },
      'bounce, ignore',
    ],
    [
      'a notice of Amazon SES',
      { headers: headers({ 'X-Amz-Sns-Message-Id': 'x' }), text: '{"notificationType":"Bounce","bounce":{}}' },
      'bounce, ignore',
    ],

    [
      'a customer who forwards a bounce as a part',
      { reports: [deliveryStatus('failed', '5.1.1')], subject: 'Fwd: Undelivered Mail' },
      'none, none',
    ],
    [
      'a customer who pastes a bounce',
      { subject: 'Undelivered Mail Returned to Sender', text: `${failedText}\nFrom: a\nTo: b\nSubject: c` },
      'none, none',
    ],
    [
      'a customer who pastes a bounce and attaches the mail he had sent',
      {
        subject: 'Undelivered Mail Returned to Sender',
        text: failedText,
        attachments: [{ filename: '', contentType: 'message/rfc822', bytes: 9, disposition: 'attachment' }],
      },
      'none, none',
    ],
    [
      'a contact form of a shop with a null return path',
      {
        headers: headers(nullPath),
        subject: 'Delivery failed',
        text: 'My parcel was not delivered, 450 euro are lost.',
      },
      'none, no-acknowledgement',
    ],
    [
      'an alert about a mail server, from the null address',
      {
        from: { address: 'no-reply@monitor.example', name: '' },
        headers: headers(nullPath),
        subject: 'Delivery failure on mx1',
        text: 'Check failed\n451 4.3.0 try again later\nThe queue could not be delivered.',
      },
      'auto-generated, no-acknowledgement',
    ],
    [
      'a postmaster who writes in person',
      { from: postmaster, headers: headers({ 'User-Agent': 'Mutt' }), subject: 'Delivery problems', text: failedText },
      'auto-generated, no-acknowledgement',
    ],

    [
      'a postmaster who writes in person and whose mail program says nothing of itself',
      { from: postmaster, subject: 'Delivery problems', text: `Hello,\n${failedText}` },
      'auto-generated, no-acknowledgement',
    ],
    [
      'a postmaster who greets and attaches the report he got',
      { from: postmaster, reports: [deliveryStatus('failed', '5.1.1'), returned], text: 'Hello,\nwhat is this?' },
      'auto-generated, no-acknowledgement',
    ],
    [
      'a postmaster program that greets and returns the mail',
      { from: postmaster, subject: 'Undeliverable: Hi', reports: [returned], text: `Dear sender,\n${failedText}` },
      'bounce, ignore',
    ],
    [
      'a customer who pastes a bounce, forwarded with a null return path',
      {
        headers: headers(nullPath),
        subject: 'Problem with your mail',
        text: `Hello,\nwhat is this?\n${failedText}\nFrom: a\nTo: b\nSubject: c`,
      },
      'none, no-acknowledgement',
    ],

    [
      'an answering program',
      { headers: headers({ 'Auto-Submitted': 'auto-replied (vacation)' }) },
      'auto-reply, ignore',
    ],
    ['an autoresponder by its own field', { headers: headers({ 'X-Autoreply': 'yes' }) }, 'auto-reply, ignore'],
    ['a field of autoresponders that says no', { headers: headers({ 'X-Autoreply': 'no' }) }, 'none, none'],
    [
      'an absence notice on a mail of ours',
      {
        subject: 'Automatic reply: Your ticket',
        inReplyTo: '<m@desk.example>',
        headers: headers({ 'In-Reply-To': '<m@desk.example>' }),
      },
      'auto-reply, ignore',
    ],
    [
      'an absence notice in German',
      { subject: 'Abwesenheitsnotiz: Ticket', headers: headers(nullPath) },
      'auto-reply, ignore',
    ],
    ['an absence notice on nothing', { subject: 'Out of office: I am away' }, 'auto-reply, no-acknowledgement'],
    [
      'a question about absence notices',
      { subject: 'Out of office hours question', headers: headers({ References: '<m@desk.example>' }) },
      'none, none',
    ],
    ...['Out of office Re: Ticket', '[Auto-Reply] Ticket', 'ตอบกลับอัตโนมัติ: Ticket', '【自動返信】Ticket'].map(
      (subject): [string, Partial<IncomingMail>, string] => [
        `an absence notice by its subject, ${subject},`,
        { subject, headers: headers({ 'In-Reply-To': '<m@desk.example>' }) },
        'auto-reply, ignore',
      ],
    ),
    ...['Urlaub Re: Ticket', 'Auto: Re: Ticket', 'Abwesenheit: Ticket', 'OOO: Ticket'].flatMap(
      (subject): [string, Partial<IncomingMail>, string][] => [
        [
          `a person in a thread, whose Exchange asks for silence, who writes, ${subject},`,
          {
            subject,
            headers: headers({ 'In-Reply-To': '<m@desk.example>', 'X-Auto-Response-Suppress': 'DR, OOF, AutoReply' }),
          },
          'auto-reply, no-acknowledgement',
        ],
        ...[
          nullPath,
          { 'Auto-Submitted': 'auto-generated' },
          { Precedence: 'bulk' },
          { 'X-Auto-Response-Suppress': 'All' },
        ].map((sign): [string, Partial<IncomingMail>, string] => [
          `a program that answers, ${subject}, and shows it by ${Object.keys(sign).join()},`,
          { subject, headers: headers({ 'In-Reply-To': '<m@desk.example>', ...sign }) },
          'auto-reply, ignore',
        ]),
      ],
    ),
    [
      'a program that tells of an absence and answers nothing',
      { subject: 'Abwesenheit: Jane', headers: headers({ 'Auto-Submitted': 'auto-generated' }) },
      'auto-reply, no-acknowledgement',
    ],
    [
      "an absence notice of Domino's",
      {
        subject: 'AUTO: Bob ist nicht im Büro (Rückkehr am 05.05.2026)',
        headers: headers({ 'In-Reply-To': '<m@desk.example>', 'Auto-Submitted': 'auto-generated' }),
      },
      'auto-reply, ignore',
    ],
    [
      'an alert about cars',
      { subject: 'Auto: 3 new', headers: headers({ 'Auto-Submitted': 'auto-generated' }) },
      'auto-generated, no-acknowledgement',
    ],
    [
      'a person who answers an absence notice',
      { subject: 'Re: Automatic reply: Ticket', headers: headers({ References: '<m@desk.example>' }) },
      'none, none',
    ],
    [
      'a program that plans holidays',
      { subject: 'Vacation: Jane', headers: headers({ 'Auto-Submitted': 'auto-generated' }) },
      'auto-generated, no-acknowledgement',
    ],
    ...[nullPath, { ...mailboxRules, 'Return-Path': '<SRS0=x=ann@relay.example>' }].map(
      (path): [string, Partial<IncomingMail>, string] => [
        `the absence rule of Exchange in an unknown language, with ${Object.values(path).join()},`,
        { subject: 'Xyz', headers: headers({ ...exchangeRule('a@example.com'), ...path }) },
        'auto-reply, ignore',
      ],
    ),
    [
      'a mail that a rule of Exchange redirects',
      { headers: headers({ ...exchangeRule('a@example.com'), 'Return-Path': '<ann@example.com>' }) },
      'none, no-acknowledgement',
    ],
    [
      'a mail that a rule of another mailbox redirects with a null return path',
      { headers: headers({ ...exchangeRule('info@shop.example'), ...nullPath }) },
      'none, no-acknowledgement',
    ],
    [
      "a colleague's mail that a rule of Exchange redirects with a null return path",
      {
        headers: headers({ ...exchangeRule('info@example.com'), ...nullPath, 'Resent-From': '<info@example.com>' }),
      },
      'none, no-acknowledgement',
    ],
    [
      'a mail that a rule of Exchange forwards',
      {
        subject: 'WG: Order 4711',
        headers: headers({ ...exchangeRule('ann@example.com'), ...nullPath, ...mailboxRules }),
      },
      'none, no-acknowledgement',
    ],
    [
      'a rule of Exchange without an owner',
      { headers: headers({ ...exchangeRule('x'), ...nullPath }) },
      'none, no-acknowledgement',
    ],
    [
      'a read receipt',
      { headers: headers({ 'Content-Type': 'multipart/report; report-type="disposition-notification"' }) },
      'auto-reply, ignore',
    ],
    ['a null return path alone', { headers: headers(nullPath) }, 'none, no-acknowledgement'],
    [
      'a read receipt without its type',
      {
        headers: headers({ 'Content-Type': 'multipart/report; boundary=b' }),
        reports: [{ contentType: 'message/disposition-notification', text: 'Disposition: x; displayed' }],
      },
      'auto-reply, ignore',
    ],
    [
      'a receipt within a mail that is none as a whole',
      {
        headers: headers({ 'Content-Type': 'multipart/mixed; boundary=b' }),
        reports: [{ contentType: 'message/disposition-notification', text: 'Disposition: x; displayed' }],
      },
      'auto-reply, no-acknowledgement',
    ],
    [
      'an answer to an invitation',
      { text: readCalendar('METHOD:REPLY\nBEGIN:VEVENT\nSUMMARY:Visit\nEND:VEVENT') },
      'auto-reply, no-acknowledgement',
    ],
    ['an invitation', { text: readCalendar('METHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Visit\nEND:VEVENT') }, 'none, none'],
    [
      'X-Auto-Response-Suppress alone',
      { headers: headers({ 'X-Auto-Response-Suppress': 'OOF, AutoReply' }) },
      'none, no-acknowledgement',
    ],

    ['an alert', { headers: headers({ 'Auto-Submitted': 'auto-generated' }) }, 'auto-generated, no-acknowledgement'],
    ['a mail that says it is no program', { headers: headers({ 'Auto-Submitted': 'no' }) }, 'none, none'],
    ...[
      { 'X-ServiceNow-Generated': 'true' },
      { 'X-SFDC-EmailCategory': 'workflowActionAlert' },
      { 'X-OTRS-Loop': 'yes' },
      { 'X-RT-Loop-Prevention': 'them.example' },
      { 'X-JIRA-FingerPrint': 'abc' },
      { 'X-Spamarrest-Verification': 'yes' },
      { 'X-Bluebottle-Request': 'yes' },
    ].map((sign): [string, Partial<IncomingMail>, string] => [
      `what another helpdesk or a challenge sends, by ${Object.keys(sign).join()},`,
      { headers: headers(sign) },
      'auto-generated, no-acknowledgement',
    ]),
    ...[
      'Thank you. This is an automated response confirming\nthe receipt of your ticket.',
      'This email is an automatic message to confirm your ticket.',
      'This message has been automatically generated in response to your mail.',
      'I apologize for this automatic reply to your email.',
      'We got it.\n\nPlease do not reply to this message.',
      'Dies ist eine automatisch generierte E-Mail.',
      'Diese Nachricht wurde automatisch erstellt. Bitte antworten Sie nicht auf diese E-Mail.',
      'Ceci est un message automatique, merci de ne pas répondre à ce message.',
      'Este es un mensaje automático. No responda a este correo.',
      'Questo è un messaggio automatico.',
      'Esta é uma mensagem automática.',
      'Dit is een automatisch gegenereerd bericht.',
    ].map((text): [string, Partial<IncomingMail>, string] => [
      `a program that says so, "${text}",`,
      { text },
      'auto-generated, no-acknowledgement',
    ]),
    ...[
      'What is this?\n> This is an automated message.',
      'What is this?\n\nFrom: Shop <shop@example.org>\nSent: Monday\nSubject: x\n\nThis is an automated message.',
      'Your automatic reply says that nobody is there.',
      'Why do you not reply to my messages?',
      `Please help.\n${'The report follows.\n'.repeat(200)}This is an automated message.`,
    ].map((text): [string, Partial<IncomingMail>, string] => [
      `a person who quotes or complains of a program, "${text.slice(0, 60)}",`,
      { text },
      'none, none',
    ]),
    ['a mailing list', { headers: headers({ 'List-Id': '<users.example.org>' }) }, 'list, no-acknowledgement'],
    [
      'a newsletter',
      { headers: headers({ 'List-Unsubscribe': '<https://example.org/u>' }) },
      'bulk, no-acknowledgement',
    ],
    [
      'a mailing by its Feedback-ID',
      { headers: headers({ 'Feedback-ID': '12:34:news:shopmail' }) },
      'bulk, no-acknowledgement',
    ],
    ...['i0123abcd:Fastmail', '12345678:user:proton', 'rr08:zu08:rf08:ZohoMail', 'bizesmtp:firm.example:gz:gz5a-1'].map(
      (id): [string, Partial<IncomingMail>, string] => [
        `a person whose mail provider writes Feedback-ID: ${id}`,
        { headers: headers({ 'Feedback-ID': id }) },
        'none, none',
      ],
    ),
    ['Precedence: bulk', { headers: headers({ Precedence: 'bulk' }) }, 'bulk, no-acknowledgement'],
    ['a web form', { from: { address: 'no-reply@example.org', name: '' } }, 'auto-generated, no-acknowledgement'],
    [
      'a DMARC report',
      { subject: '[Preview] Report Domain: desk.example Submitter: example.org' },
      'auto-generated, no-acknowledgement',
    ],
    ['a question about reports', { subject: 'Report domain: how do I add one? Yours, Ann' }, 'none, none'],
    [
      'a complaint',
      { headers: headers({ 'Content-Type': 'multipart/report; report-type=feedback-report' }) },
      'feedback-report, no-acknowledgement',
    ],
    [
      'an opt-out of Apple Mail',
      { headers: headers({ 'X-Apple-Unsubscribe': 'true', 'Auto-Submitted': 'auto-replied' }) },
      'feedback-report, no-acknowledgement',
    ],
  ])('takes %s for what it is', (_what, parts, verdict) => {
    expect(kindAndEffect(parts)).toBe(verdict);
  });

  it('counts it as a sign that the returned mail was ours', () => {
    const parts = {
      headers: headers(nullPath),
      subject: 'Returned mail',
      text: 'From: support@desk.example\nTo: bob@example.org\nSubject: Hi',
    };
    expect(classify(aMail(parts), policy).kind).toBe('bounce');
    expect(classify(aMail(parts), { ownAddresses: [] }).kind).toBe('none');
  });

  it('names what decided, in one bounded line', () => {
    expect(classify(aMail({ headers: headers({ 'List-Id': '<users.example.org>' }) }), policy).evidence).toBe(
      'list-id: <users.example.org>',
    );
    expect(classify(aMail({ headers: headers({ 'List-Id': 'x'.repeat(1e6) }) }), policy).evidence).toHaveLength(
      MAX_TRACE_EVIDENCE_CHARACTERS,
    );
    expect(
      classify(aMail({ from: postmaster, subject: 'Undeliverable: Hello', text: failedText }), policy).evidence,
    ).toBe('sent by the postmaster, the subject of a bounce, the words of a bounce, an SMTP reply');
  });

  it.each([
    ['dashes', '-'],
    ['brackets', '('],
    ['angle brackets', '<'],
    ['codes', '550 '],
    ['words of a bounce that never end', 'delivery not be '],
    ['line ends', '\n'],
  ])('is linear in a body of %s', (_what, unit) => {
    const started = process.cpuUsage();
    classify(aMail({ from: daemon, text: unit.repeat(1e6), subject: unit.repeat(1e5) }), policy);
    classify(
      aMail({ from: null, headers: headers({ From: unit.repeat(1e6), 'Return-Path': unit.repeat(1e6) }) }),
      policy,
    );
    classify(aMail({ from: { address: `no-reply.${unit}`.repeat(1e5), name: unit.repeat(1e5) } }), policy);
    // Of the processor, since a busy machine says nothing about us; a quadratic search would take minutes.
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(5000);
  });
});

describe('signOfOwnMail', () => {
  const own = { ownAddresses: ['support@desk.example'], loopId: 'c0ffee' };
  const looped = (value: string) => aMail({ headers: headers({ 'X-Mail2Ticket-Loop': value }) });

  it('is an own address in any case', () => {
    expect(signOfOwnMail(aMail({ from: { address: 'Support@desk.example', name: '' } }), own)).toBe(
      'From: Support@desk.example',
    );
    expect(signOfOwnMail(aMail(), own)).toBe(null);
    expect(signOfOwnMail(aMail({ from: null }), own)).toBe(null);
  });

  it('takes no Reply-To as an excuse, since the notification of a ticket has one too', () => {
    const mail = aMail({
      from: { address: 'support@desk.example', name: '' },
      replyTo: [{ address: 'ann@example.com', name: '' }],
    });
    expect(signOfOwnMail(mail, own)).not.toBe(null);
  });

  it('is our own loop header under whatever sender', () => {
    expect(signOfOwnMail(looped('c0ffee'), own)).toBe('x-mail2ticket-loop: c0ffee');
    expect(signOfOwnMail(looped(''), { ...own, loopId: '' })).toBe(null);
  });

  it("is not another service's loop header, which makes the mail an automatic reply to be ignored", () => {
    expect(signOfOwnMail(looped('0ddba11'), own)).toBe(null);
    expect(classify(looped('0ddba11'), own)).toMatchObject({ kind: 'auto-reply', effect: 'ignore' });
  });
});
