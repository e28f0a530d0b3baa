import { describe, expect, it } from 'vitest';
import {
  acknowledgedMail,
  acknowledgementId,
  acknowledgementOf,
  type Delivered,
  mayAcknowledge,
  whyNotAgain,
} from '../../src/mail/acknowledgement.js';
import type { Automatic } from '../../src/mail/automatic.js';
import type { Decision, Judgement, TicketRequest } from '../../src/mail/decision.js';
import type { Outcome } from '../../src/mail/outcome.js';
import { defaultPolicy, type MailPolicy, type SenderAuth } from '../../src/mail/policy.js';

const policy = { ...defaultPolicy, ownAddresses: ['support@desk.example'], blockedSenders: ['@spam.example'] };
const NOON = Date.parse('2026-11-24T12:00:00Z');

const ticket = (user_email: string): TicketRequest => ({ subject: 'Hello', message: 'World', user_email });
const create = (user_email = 'ann@example.com'): Decision => ({ kind: 'create', ticket: ticket(user_email) });
const silent = (effect: Automatic['effect'], kind: Automatic['kind']): Automatic => ({ kind, effect, evidence: 'x' });

const ackId = acknowledgementId('0'.repeat(64), 'acme.test');

function judgement(parts: Partial<Judgement> = {}): Judgement {
  return {
    decision: create(),
    reason: 'a new request',
    trace: [],
    text: 'World',
    quoted: '',
    automatic: { kind: 'none', effect: 'none', evidence: '' },
    authentication: 'unchecked',
    bounce: null,
    people: [],
    ...parts,
  };
}

const created: Outcome = { kind: 'created', ticketId: '12', adopted: false };
const adopted: Outcome = { ...created, adopted: true };
const tagged: Decision = {
  kind: 'reply',
  ticketIds: [5],
  parents: [],
  writer: { kind: 'customer', mayTakePart: false },
  reply: { message: 'World', user_email: 'ann@example.com' },
  otherwise: ticket('ann@example.com'),
  mark: false,
};

function ask(parts: Partial<Delivered> = {}, changes: Partial<MailPolicy> = {}) {
  return mayAcknowledge(
    {
      judgement: judgement(),
      outcome: created,
      lookFirst: false,
      receivedAt: '2026-11-24T11:00:00Z',
      now: NOON,
      ...parts,
    },
    { ...policy, ...changes },
  );
}

describe('an acknowledgement', () => {
  it.each<[string, Partial<Delivered>]>([
    ['of a new ticket', {}],
    ['of a ticket that an attempt before a crash had made', { outcome: adopted }],
    ['of a new ticket of a mail that may have been queued before', { lookFirst: true }],
    ['of the ticket made of a mail whose tag opened nothing', { judgement: judgement({ decision: tagged }) }],
    ['of a mail whose date of arrival is not known', { receivedAt: '' }],
    ['of a mail that waited out an outage of five days', { receivedAt: '2026-11-19T12:00:00Z' }],
  ])('goes to the requester %s', (_, parts) => {
    expect(ask(parts)).toEqual({ may: true, to: 'ann@example.com' });
  });

  it.each<[string, Partial<Delivered>, RegExp]>([
    ['of a reply', { outcome: { kind: 'replied', ticketId: '12', adopted: false } }, /no new ticket/],
    ['of an ignored mail', { judgement: judgement({ decision: { kind: 'ignore' } }) }, /no new ticket/],
    [
      'of a ticket that stood there when the ledger was lost',
      { outcome: adopted, lookFirst: true },
      /stood there before/,
    ],
    ['of old mail of a backlog', { receivedAt: '2026-11-17T11:59:59Z' }, /more than a week old/],
    [
      'to the stand-in for no sender',
      { judgement: judgement({ decision: create(policy.fallbackSender) }) },
      /no usable/,
    ],
    ['to a blocked sender', { judgement: judgement({ decision: create('x@spam.example') }) }, /BLOCKED_SENDERS/],
    ['to an own address', { judgement: judgement({ decision: create('Support@desk.example') }) }, /our own/],
    ...['list', 'bulk', 'auto-generated', 'auto-reply', 'none'].map((kind): [string, Partial<Delivered>, RegExp] => [
      `of a mail that asks for silence (${kind})`,
      { judgement: judgement({ automatic: silent('no-acknowledgement', kind as Automatic['kind']) }) },
      /asks for silence/,
    ]),
    [
      'of a mail that answers an acknowledgement and whose ticket is not open to it',
      { judgement: judgement({ decision: { ...tagged, ticketIds: [], parents: ['<m@x.example>', ackId] } }) },
      /answers an acknowledgement/,
    ],
    [
      'of an automatic mail that a person took out of Ignored',
      { judgement: judgement({ automatic: silent('ignore', 'auto-reply') }) },
      /asks for silence/,
    ],
    ...[
      'no-reply@shop.example',
      'noreply@shop.example',
      'do-not-reply@shop.example',
      'bounces+noreply@shop.example',
      'MAILER-DAEMON@mx.example',
      'postmaster@mx.example',
      'root@web1.example',
      'abuse@isp.example',
    ].map((address): [string, Partial<Delivered>, RegExp] => [
      `to ${address}`,
      { judgement: judgement({ decision: create(address) }) },
      /nobody reads/,
    ]),
  ])('is not sent %s', (_, parts, why) => {
    expect(ask(parts)).toEqual({ may: false, why: expect.stringMatching(why) });
  });

  it.each<[SenderAuth, Record<Judgement['authentication'], boolean>]>([
    ['off', { pass: true, fail: false, none: true, unchecked: true }],
    ['mark', { pass: true, fail: false, none: false, unchecked: false }],
    ['require-for-replies', { pass: true, fail: false, none: false, unchecked: false }],
    ['require', { pass: true, fail: false, none: false, unchecked: false }],
  ])('goes by the authentication of the sender with SENDER_AUTH=%s', (senderAuth, expected) => {
    for (const [verdict, may] of Object.entries(expected) as [Judgement['authentication'], boolean][]) {
      expect(ask({ judgement: judgement({ authentication: verdict }) }, { senderAuth }).may, verdict).toBe(may);
    }
  });

  it('answers the Message-ID of the mail, unless that could break out of a header', () => {
    const answers = (messageId: string | null) =>
      acknowledgementOf({ id: 'id', mailbox: 'imap://a' }, 'ann@example.com', '12', messageId).answers;
    expect(answers('<a.1$b+c@example.com>')).toBe('<a.1$b+c@example.com>');
    for (const bad of ['<a b@example.com>', '<a@x>\r\nBcc: eve@example.org', '<a@x> <b@x>', 'a@x', '<é@x>', '', null]) {
      expect(answers(bad)).toBe(null);
    }
    expect(answers(`<${'a'.repeat(2000)}@x>`)).toBe(null);
  });

  it.each<[string, number[], RegExp | null]>([
    ['first', [], null],
    ['second after ten minutes', [10], null],
    ['second within ten minutes', [9.99], /last minutes/],
    ['tenth of a day', [20, 30, 40, 50, 60, 70, 80, 90, 1439], null],
    ['eleventh of a day', [20, 30, 40, 50, 60, 70, 80, 90, 100, 1439], /10 within a day/],
    ['eleventh, the first of which is a day old', [20, 30, 40, 50, 60, 70, 80, 90, 100, 1440], null],
  ])('goes to an address or not for the limits: the %s', (_, minutesAgo, why) => {
    const times = minutesAgo.map((minutes) => NOON - minutes * 60_000);
    expect(whyNotAgain(times, NOON)).toEqual(why === null ? null : expect.stringMatching(why));
  });

  it('has the same Message-ID whenever it is made of the same mail', () => {
    expect(acknowledgementId('c0ffee', 'acme.test')).toBe('<ack.c0ffee@acme.test>');
  });

  it('is known again by its Message-ID', () => {
    const mail = 'ab'.repeat(32);
    expect(acknowledgedMail(acknowledgementId(mail, 'acme.test'))).toBe(mail);
    for (const other of ['<fire@example.com>', '<ack.c0ffee@acme.test>', `<ack.${mail}0@x>`, `ack.${mail}@x`]) {
      expect(acknowledgedMail(other)).toBe(null);
    }
  });
});
