import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain, renderExplanation } from '../../src/mail/explain.js';
import { defaultPolicy, type MailPolicy } from '../../src/mail/policy.js';
import { hostileText } from './a-mail.js';

const policy: MailPolicy = { ...defaultPolicy, customFields: { 7: { from: { kind: 'message-id' } } } };

const reply = [
  'Message-ID: <1@example.com>',
  'Date: Sun, 1 Mar 2026 10:00:00 +0100',
  'From: "Ann" <ann@example.com>',
  'To: Support <support@desk.example>, sales@desk.example',
  'Subject: Re: [#12] Printer',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Yes.',
  '',
  'On Monday, March 2, 2026 Bob wrote:',
  '> Is it?',
  '',
  '--b',
  'Content-Type: application/pdf; name=a.pdf',
  'Content-Disposition: attachment; filename=a.pdf',
  '',
  'PDF',
  '--b--',
  '',
];

/** Lines as the bytes of a mail. */
function bytesOf(lines: readonly string[]): Uint8Array {
  return Buffer.from(lines.join('\r\n'));
}

const message = 'Yes.\n\nAttachments (in the mailbox, not in this ticket):\n- a.pdf (application/pdf, 3 bytes)';

describe('explain', () => {
  it('tells of a reply what is sent, read and cut off', async () => {
    const { trace, ...told } = await explain(bytesOf(reply), policy);
    expect(told).toEqual({
      decision: 'reply',
      reason: 'the subject names ticket #12',
      ticketId: 12,
      request: { ticket_id: 12, message, user_email: 'ann@example.com' },
      mail: {
        messageId: '<1@example.com>',
        from: { address: 'ann@example.com', name: 'Ann' },
        to: [
          { address: 'support@desk.example', name: 'Support' },
          { address: 'sales@desk.example', name: '' },
        ],
        subject: 'Re: [#12] Printer',
        date: '2026-03-01T09:00:00.000Z',
        text: 'Yes.',
        quoted: 'On Monday, March 2, 2026 Bob wrote:\n> Is it?',
        attachments: [{ filename: 'a.pdf', contentType: 'application/pdf', bytes: 3 }],
      },
      automatic: { kind: 'none', evidence: '' },
    });
    expect(trace.slice(-2)).toEqual([
      { rule: 'subject tag', matched: true, evidence: '#12' },
      {
        rule: 'reply gate',
        matched: true,
        evidence: 'would be asked of the helpdesk: is #12 a ticket of ann@example.com?',
      },
    ]);
  });

  it('tells of a new ticket the form fields', async () => {
    const { decision, ticketId, request } = await explain(bytesOf(reply.with(4, 'Subject: Printer')), policy);
    expect({ decision, ticketId }).toEqual({ decision: 'create', ticketId: null });
    expect(request).toMatchObject({ subject: 'Printer', name: 'Ann', custom_fields: { 7: '<1@example.com>' } });
  });

  it('tells of an answer without a tag the ticket that is made unless the ledger knows what it answers', async () => {
    const answer = [...reply.slice(0, 4), 'In-Reply-To: <0@example.com>', ...reply.slice(4)].with(
      5,
      'Subject: Printer',
    );
    const { decision, ticketId, mail, trace } = await explain(bytesOf(answer), policy);
    expect({ decision, ticketId }).toEqual({ decision: 'create', ticketId: null });
    expect(mail.text).toContain('> Is it?');
    expect(trace.slice(-2).map(({ rule, evidence }) => `${rule}: ${evidence}`)).toEqual([
      'thread: answers <0@example.com>',
      'reply gate: would be asked of the helpdesk: is the ticket of the mail it answers a ticket of ann@example.com?',
    ]);
  });

  it('tells of an answer that may be written nowhere the ticket that is made instead', async () => {
    const staff = { ...policy, staffAddresses: ['@example.com'] };
    const { decision, request, trace } = await explain(bytesOf(reply), staff);
    expect(decision).toBe('create');
    expect(request?.message).toMatch(/^\[sender not verified\] \[Not written into ticket #12: .*one of our people/);
    expect(trace.at(-1)).toMatchObject({
      rule: 'reply gate',
      matched: false,
      evidence: expect.stringMatching(/^shut: /),
    });
  });

  it('tells of an ignored mail that nothing is sent', async () => {
    const ours = { ...policy, ownAddresses: ['ann@example.com'] };
    const { decision, ticketId, request, mail } = await explain(bytesOf(reply), ours);
    expect({ decision, ticketId, request }).toEqual({ decision: 'ignore', ticketId: null, request: null });
    expect(mail.text).toContain('> Is it?');
  });

  it('has an answer for no bytes at all', async () => {
    const told = await explain(new Uint8Array(), policy);
    expect(told.request).toMatchObject({ subject: '(no subject)', message: '(no text)' });
    expect(told.mail).toMatchObject({ messageId: null, from: null, to: [], date: null });
  });

  it('has no date where the mail has none', async () => {
    const { mail } = await explain(bytesOf(reply.toSpliced(1, 1)), policy);
    expect(mail.date).toBeNull();
  });

  it('has no control characters in what it says of the mail', async () => {
    const hostile = '=?utf-8?Q?a=1B[31m=00=C2=9Bb?=';
    const lines = reply.with(2, `From: ${hostile} <ann@example.com>`).with(3, `To: ${hostile} <b@desk.example>`);
    const { mail } = await explain(bytesOf(lines.with(4, `Subject: ${hostile}`)), policy);
    for (const text of [mail.subject, mail.from?.name, mail.to[0]?.name]) expect(text).toBe('a [31m b');
  });

  it('has an answer for any bytes, and can render it', async () => {
    const line = fc.oneof(fc.constantFrom(...reply), hostileText);
    const broken = fc.array(line, { maxLength: 40 }).map(bytesOf);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }), broken), async (bytes) => {
        const told = await explain(bytes, policy);
        expect(['create', 'reply', 'ignore']).toContain(told.decision);
        expect(renderExplanation(told)).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
      }),
    );
  });
});

describe('renderExplanation', () => {
  it('can be read from the decision down to the rules', async () => {
    expect(renderExplanation(await explain(bytesOf(reply), policy))).toBe(
      `REPLY to ticket #12
the subject names ticket #12

Mail
  from               Ann <ann@example.com>
  to                 Support <support@desk.example>, sales@desk.example
  subject            Re: [#12] Printer
  date               2026-03-01T09:00:00.000Z
  message-id         <1@example.com>
  written by         a person

Sent to the helpdesk
  ticket_id          12
  user_email         ann@example.com

Message
  | Yes.
  |
  | Attachments (in the mailbox, not in this ticket):
  | - a.pdf (application/pdf, 3 bytes)

Cut off as quoted
  | On Monday, March 2, 2026 Bob wrote:
  | > Is it?

Rules
  ✓ requester             From: ann@example.com
  · sender authentication unchecked: TRUSTED_AUTHSERV_ID is not set
  · own mail              From: ann@example.com is not ours
  · bounce                no report of a delivery
  · automatic reply       nothing says that a program answered
  · blocked sender        not in BLOCKED_SENDERS
  ✓ subject tag           #12
  ✓ reply gate            would be asked of the helpdesk: is #12 a ticket of ann@example.com?
`,
    );
  });

  it('has no row for what the mail does not say', async () => {
    const bare = renderExplanation(await explain(bytesOf(['Subject: Printer', '', 'Help']), policy));
    expect(bare).toContain('Mail\n  from               (nobody)\n  subject            Printer\n  written by');
    expect(bare).not.toContain('Cut off as quoted');
  });

  it('shows each custom field, and the text of what is not sent', async () => {
    const ticket = renderExplanation(await explain(bytesOf(reply.with(4, 'Subject: Printer')), policy));
    expect(ticket).toMatch(/^CREATE a ticket\n/);
    expect(ticket).toContain('\n  custom_fields[7]   <1@example.com>\n');
    const ignored = renderExplanation(
      await explain(bytesOf(reply.toSpliced(1, 0, 'Auto-Submitted: auto-replied')), policy),
    );
    expect(ignored).toMatch(/^IGNORE\nauto reply\n/);
    expect(ignored).toMatch(/\n {2}written by {9}auto-reply \(auto-submitted: auto-replied/i);
    expect(ignored).toContain('\nText (not sent)\n  | Yes.\n');
    expect(ignored).not.toContain('Sent to the helpdesk');
  });
});
