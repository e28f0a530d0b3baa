import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_NAME_CHARACTERS,
  MAX_SUBJECT_CHARACTERS,
  MAX_TICKET_MESSAGE_BYTES,
  MAX_TRACE_EVIDENCE_CHARACTERS,
  MAX_TRACE_REPAIRS,
} from '../../src/limits.js';
import { judge } from '../../src/mail/decide.js';
import type { Judgement, TicketRequest } from '../../src/mail/decision.js';
import type { IncomingMail } from '../../src/mail/message.js';
import { ticketInstead } from '../../src/mail/notice.js';
import { defaultPolicy, type MailPolicy } from '../../src/mail/policy.js';
import { aMail, headers, hostileText, passOf } from './a-mail.js';

const policy: MailPolicy = {
  ...defaultPolicy,
  ownAddresses: ['support@desk.example'],
  staffAddresses: ['jane@desk.example'],
  blockedSenders: ['@casino.example'],
  trust: { authservIds: ['mx.desk.example'], relays: [] },
};
const own = { from: { address: 'support@desk.example', name: '' } };
const vacation = { headers: headers({ 'Auto-Submitted': 'auto-replied' }) };
const pdf = { filename: 'a.pdf', contentType: 'application/pdf', bytes: 1234, disposition: 'attachment' } as const;
const list = 'Attachments (in the mailbox, not in this ticket):\n- a.pdf (application/pdf, 1.2 kB)';

function ticketOf(parts: Partial<IncomingMail>, settings: Partial<MailPolicy> = {}): TicketRequest {
  const { decision } = judge(aMail(parts), { ...policy, ...settings });
  if (decision.kind !== 'create') throw new Error(`a ticket was expected, not ${decision.kind}`);
  return decision.ticket;
}

function replyOf(parts: Partial<IncomingMail>) {
  const judgement = judge(aMail(parts), policy);
  if (judgement.decision.kind !== 'reply') throw new Error(`a reply was expected, not ${judgement.decision.kind}`);
  return { ...judgement, decision: judgement.decision };
}

/** The rules that were asked and matched or not: `own mail ·, new ticket ✓`. */
function asked({ trace }: Judgement): string {
  return trace.map(({ rule, matched }) => `${rule} ${matched ? '✓' : '·'}`).join(', ');
}

describe('who a mail is from', () => {
  it('is read off the header, unless more was asked', () => {
    const told = (judgement: Judgement) => judgement.trace.find(({ rule }) => rule === 'sender authentication');
    expect(told(judge(aMail(), defaultPolicy))).toMatchObject({
      matched: false,
      evidence: 'unchecked: TRUSTED_AUTHSERV_ID is not set',
    });
    const authentication = { verdict: 'pass', evidence: 'dkim=pass' } as const;
    expect(told(judge(aMail(), defaultPolicy, { authentication }))).toMatchObject({
      matched: true,
      evidence: 'pass: dkim=pass',
    });
  });
});

describe('the rules', () => {
  it.each<[what: string, parts: Partial<IncomingMail>, kind: string, reason: string, steps: string]>([
    ['ignore own mail', { ...own, ...vacation }, 'ignore', 'own mail, From: support@desk.example', 'own mail ✓'],
    ['ignore an automatic reply', vacation, 'ignore', 'auto reply', 'own mail ·, bounce ·, automatic reply ✓'],
    [
      'ignore an automatic reply that carries a tag',
      { ...vacation, subject: '[#12]' },
      'ignore',
      'auto reply',
      'own mail ·, bounce ·, automatic reply ✓',
    ],
    [
      'answer the ticket that a tag names',
      { subject: 'Re: [#12]' },
      'reply',
      'the subject names ticket #12',
      'own mail ·, bounce ·, automatic reply ·, blocked sender ·, subject tag ✓, reply gate ✓',
    ],
    [
      'ignore a blocked sender, whatever the subject names',
      { from: { address: 'Bob@casino.example', name: '' }, subject: '[#12]' },
      'ignore',
      'blocked sender Bob@casino.example',
      'own mail ·, bounce ·, automatic reply ·, blocked sender ✓',
    ],
    [
      'let the ledger say whether a mail answers one that became a ticket',
      { inReplyTo: '<0@example.com>' },
      'reply',
      'a new request, unless the ledger knows the mail it answers',
      'own mail ·, bounce ·, automatic reply ·, blocked sender ·, subject tag ·, thread ✓, reply gate ✓',
    ],
    [
      'make a ticket of everything else',
      {},
      'create',
      'a new request',
      'own mail ·, bounce ·, automatic reply ·, blocked sender ·, subject tag ·, thread ·, new ticket ✓',
    ],
    [
      'make a ticket of a monitoring alert',
      { headers: headers({ 'Auto-Submitted': 'auto-generated' }) },
      'create',
      'a new request',
      'own mail ·, bounce ·, automatic reply ·, blocked sender ·, subject tag ·, thread ·, new ticket ✓',
    ],
  ])('%s', (_, parts, kind, reason, steps) => {
    const judgement = judge(aMail(parts), policy);
    expect(judgement.decision.kind).toBe(kind);
    expect(judgement.reason).toBe(reason);
    expect(asked(judgement)).toBe(`requester ✓, sender authentication ·, ${steps}`);
  });

  it('ignore a bounce and tell of it', () => {
    const parts = { headers: headers({ 'Content-Type': 'multipart/report; report-type=delivery-status' }) };
    const judgement = judge(aMail(parts), policy);
    expect(judgement).toMatchObject({ decision: { kind: 'ignore' }, reason: 'bounce', automatic: { kind: 'bounce' } });
    expect(asked(judgement)).toBe('requester ✓, sender authentication ·, own mail ·, bounce ✓');
  });

  it.each([
    [own, 'create'],
    [{ from: { address: 'bob@casino.example', name: '' } }, 'create'],
    [vacation, 'create'],
    [{ ...vacation, subject: '[#12]' }, 'reply'],
  ])('ignore nothing that a person calls real: %j', (parts, kind) => {
    const judgement = judge(aMail(parts), policy, { real: true });
    expect(judgement.decision.kind).toBe(kind);
    expect(judgement.trace.find(({ rule }) => rule === 'automatic reply')?.evidence).toMatch(/^not asked/);
  });

  it('keep for the ledger the text and what was cut off, both clean and of at most MAX_TICKET_MESSAGE_BYTES', () => {
    const quoted = `On Monday Bob wrote:\n> a\0\n${'> ü\n'.repeat(MAX_TICKET_MESSAGE_BYTES)}`;
    const reply = judge(aMail({ subject: '[#12]', text: `Yes.\n\n${quoted}` }), policy);
    expect(reply.text).toBe('Yes.');
    expect(reply.quoted).toMatch(/^On Monday Bob wrote:\n> a\n> ü\n/);
    const ignored = judge(aMail({ ...own, text: `a\0${'ü'.repeat(MAX_TICKET_MESSAGE_BYTES)}` }), policy);
    expect(ignored.text).toMatch(/^aü+$/);
    for (const kept of [reply.quoted, ignored.text]) {
      expect(Buffer.byteLength(kept)).toBeGreaterThan(MAX_TICKET_MESSAGE_BYTES - 4);
      expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(MAX_TICKET_MESSAGE_BYTES);
    }
  });

  it('keep evidence of a program that can go onto a terminal', () => {
    const parts = { headers: headers({ 'Auto-Submitted': 'auto-replied; \x1b[31m\0\ud800' }) };
    expect(judge(aMail(parts), policy).automatic.evidence).toMatch(/^[^\0-\x1f\p{Surrogate}]+$/u);
  });

  it('tell of at most MAX_TRACE_REPAIRS repairs, each on one line of MAX_TRACE_EVIDENCE_CHARACTERS', () => {
    const repairs = Array.from({ length: MAX_TRACE_REPAIRS + 1 }, () => `broken\n${'x'.repeat(1000)}`);
    const steps = judge(aMail({ repairs }), policy).trace.filter(({ rule }) => rule === 'repair');
    expect(steps).toHaveLength(MAX_TRACE_REPAIRS);
    expect(steps[0]?.evidence).toMatch(/^broken x+…$/);
    expect(steps[0]?.evidence).toHaveLength(MAX_TRACE_EVIDENCE_CHARACTERS);
  });
});

describe('a new ticket', () => {
  it('has the whole text and only the fields that are known', () => {
    const text = 'Yes.\n\nOn Monday Bob wrote:\n> Is it?';
    expect(ticketOf({ text })).toEqual({
      subject: 'The printer is on fire',
      message: text,
      user_email: 'ann@example.com',
      name: 'Ann',
    });
  });

  it('has company, priority, category and custom fields where mail and policy give them', () => {
    const parts = { headers: headers({ Organization: 'ACME', Importance: 'high' }) };
    const settings: Partial<MailPolicy> = { categoryId: 3, customFields: { 7: { from: { kind: 'message-id' } } } };
    expect(ticketOf(parts, settings)).toMatchObject({
      company: 'ACME',
      priority: 'high',
      category_id: 3,
      custom_fields: { 7: '<1@example.com>' },
    });
  });

  it.each<[parts: Partial<IncomingMail>, subject: string, message: string]>([
    [{ subject: '', text: '' }, '(no subject)', '(no text)'],
    [{ subject: '\u200b', text: ' \n\u200b' }, '(no subject)', '(no text)'],
    [{ subject: '0', text: '0\n' }, '"0"', '"0"'],
    [{ subject: 'a\r\nb\0', text: 'a\0b' }, 'a b', 'ab'],
    [{ subject: 'x', text: '', attachments: [pdf] }, 'x', list],
    [{ subject: 'x', text: 'See below', attachments: [pdf] }, 'x', `See below\n\n${list}`],
  ])('of %j has subject %j and message %j', (parts, subject, message) => {
    expect(ticketOf(parts)).toMatchObject({ subject, message });
  });

  it('has the subject and message as they are at the limits', () => {
    const subject = 'ü'.repeat(MAX_SUBJECT_CHARACTERS);
    const text = 'x'.repeat(MAX_TICKET_MESSAGE_BYTES);
    expect(ticketOf({ subject, text })).toMatchObject({ subject, message: text });
  });

  it('is cut over the limits, says so and still names the attachments', () => {
    const ticket = ticketOf({
      subject: 'ü'.repeat(MAX_SUBJECT_CHARACTERS + 1),
      text: 'ü'.repeat(MAX_TICKET_MESSAGE_BYTES),
      attachments: [pdf],
    });
    expect(ticket.subject).toBe(`${'ü'.repeat(MAX_SUBJECT_CHARACTERS - 1)}…`);
    expect(ticket.message).toContain('[Cut here: the text has 131070 bytes');
    expect(ticket.message.endsWith(list)).toBe(true);
    expect(Buffer.byteLength(ticket.message)).toBeLessThanOrEqual(MAX_TICKET_MESSAGE_BYTES);
  });

  it('is made without a usable sender, under the fallback address', () => {
    expect(ticketOf({ from: null }).user_email).toBe(policy.fallbackSender);
  });
});

describe('a reply', () => {
  const parts = {
    subject: 'Re: [#12] [#7] Printer',
    text: 'Yes.\n\nOn Monday Bob wrote:\n> Is it?',
    attachments: [pdf],
  };

  it('has the new words only, and the attachments', () => {
    const { decision, text, quoted } = replyOf(parts);
    expect(decision.ticketIds).toEqual([12, 7]);
    expect(decision.reply).toEqual({ message: `Yes.\n\n${list}`, user_email: 'ann@example.com' });
    expect(text).toBe('Yes.');
    expect(quoted).toBe('On Monday Bob wrote:\n> Is it?');
  });

  it('has a ticket beside it with the whole text, to which the gate adds why it is one', () => {
    const { decision } = replyOf(parts);
    expect(decision.otherwise.subject).toBe('Re: [#12] [#7] Printer');
    expect(decision.otherwise.message).toBe(`${parts.text}\n\n${list}`);
    expect(ticketInstead(decision, ['12', '7']).message).toBe(
      `[Not written into ticket #12, #7: no such ticket of this sender was found.]\n\n${parts.text}\n\n${list}`,
    );
  });

  it('answers the mails of In-Reply-To and References, the nearest first, each once and never itself', () => {
    const ids = { inReplyTo: '<c@x>', references: ['<a@x>', '<1@example.com>', '<b@x>', '<c@x>'] };
    expect(replyOf({ ...ids, subject: 'Printer' }).decision).toMatchObject({
      ticketIds: [],
      parents: ['<c@x>', '<b@x>', '<a@x>'],
    });
  });

  it('keeps the whole text where only the ledger can tell whether it is one', () => {
    const { text, quoted } = replyOf({ ...parts, subject: 'Printer', inReplyTo: '<0@example.com>' });
    expect({ text, quoted }).toEqual({ text: parts.text, quoted: '' });
  });

  it.each([
    ['', '(no text)'],
    ['0', '"0"'],
  ])('of text %j has message %j, which the API does not count as missing', (text, message) => {
    expect(replyOf({ subject: '[#12]', text }).decision.reply.message).toBe(message);
  });
});

it('lets nobody into a ticket by the Cc of a mail whose sender is to be verified and is not', () => {
  const trust = { authservIds: ['mx.desk.example'], relays: [] };
  const cc = [{ address: 'eve@evil.example', name: '' }];
  const peopleWith = (senderAuth: MailPolicy['senderAuth'], traceFields: IncomingMail['traceFields'] = []) =>
    judge(aMail({ cc, traceFields }), { ...policy, trust, senderAuth }).people.includes('eve@evil.example');
  expect(peopleWith('mark', passOf('example.com'))).toBe(true);
  expect(peopleWith('mark')).toBe(false);
  expect(peopleWith('require-for-replies', passOf('evil.example'))).toBe(false);
  expect(peopleWith('off')).toBe(true);
});

describe('a forward by our people', () => {
  const text = 'Take this\n\nFrom: Max <max@kunde.example>\nSent: Monday\nTo: Jane\nSubject: Broken\n\nIt is broken.';
  const parts = {
    from: { address: 'jane@desk.example', name: 'Jane' },
    subject: 'Fwd: Broken',
    text,
    headers: headers({ Organization: 'Desk Inc.' }),
  };

  it('becomes the ticket of the original sender, with the whole text and not our company', () => {
    const { user_email, name, company, message } = ticketOf(parts);
    expect({ user_email, name, company }).toEqual({ user_email: 'max@kunde.example', name: 'Max', company: undefined });
    expect(message).toBe(text);
    expect(asked(judge(aMail(parts), policy))).toMatch(/^forward ✓, requester ✓/);
  });

  it('keeps the whole text as a reply too, which only a verified sender of ours makes it', () => {
    const answer = { ...parts, subject: 'Fwd: [#12] Broken' };
    expect(replyOf(answer).decision.writer).toMatchObject({ kind: 'nobody', unverified: true });
    const { reply, writer } = replyOf({ ...answer, traceFields: passOf('desk.example') }).decision;
    expect(writer).toEqual({ kind: 'customer', mayTakePart: false });
    expect(reply).toEqual({ message: text, user_email: 'max@kunde.example' });
  });

  it('stays the forwarder’s where nobody can be read off it, and the trace says so', () => {
    const unclear = { ...parts, text: 'Take this' };
    expect(ticketOf(unclear).user_email).toBe('jane@desk.example');
    expect(asked(judge(aMail(unclear), policy))).toMatch(/^forward ·, requester ✓/);
  });
});

it('gives for any mail fields that the helpdesk can store', () => {
  const text = fc.oneof(hostileText, fc.constantFrom('', '0', '[#1]', 'Fwd: [#0]'));
  const long = text.map((piece) => piece.repeat(Math.ceil(70_000 / (piece.length + 1))));
  const address = fc.record({
    address: fc.oneof(text, fc.emailAddress(), fc.constant('jane@desk.example')),
    name: long,
  });
  const mails = fc.record<Partial<IncomingMail>>({
    from: fc.option(address),
    replyTo: fc.array(address, { maxLength: 2 }),
    subject: fc.oneof(text, long),
    text: fc.oneof(text, long),
    headers: fc.array(
      fc.record({ name: fc.constantFrom('organization', 'x-priority', 'auto-submitted'), value: long }),
      {
        maxLength: 3,
      },
    ),
    attachments: fc.array(
      fc.record({
        filename: text,
        contentType: text,
        bytes: fc.nat(),
        disposition: fc.constantFrom('attachment', 'inline'),
      }),
      { maxLength: 60 },
    ),
    repairs: fc.array(text, { maxLength: 2 }),
  });
  fc.assert(
    fc.property(mails, fc.boolean(), (parts, real) => {
      const judgement = judge(aMail(parts), policy, { real });
      const { decision } = judgement;
      expect(JSON.stringify(judgement)).not.toMatch(/\\u0000|\\ud[89a-f]/);
      if (decision.kind === 'ignore') return expect(real).toBe(false);
      const ticket = decision.kind === 'create' ? decision.ticket : decision.otherwise;
      expect([...ticket.subject].length).toBeLessThanOrEqual(MAX_SUBJECT_CHARACTERS);
      for (const line of [ticket.subject, ticket.name ?? 'x', ticket.company ?? 'x', ticket.user_email]) {
        expect(line).toMatch(/^[^\0-\x1f\x7f-\x9f]+$/);
        expect([...line].length).toBeLessThanOrEqual(MAX_NAME_CHARACTERS);
      }
      for (const { message } of decision.kind === 'create' ? [ticket] : [ticket, decision.reply]) {
        expect(Buffer.byteLength(message)).toBeLessThanOrEqual(MAX_TICKET_MESSAGE_BYTES);
        expect(['', '0']).not.toContain(message.trim());
      }
      expect(['', '0']).not.toContain(ticket.subject);
      expect(ticket.user_email).toMatch(/.@./);
    }),
  );
});
