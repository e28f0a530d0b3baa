import { describe, expect, it } from 'vitest';
import type { Authentication } from '../../src/mail/authentication.js';
import { forwardOf } from '../../src/mail/forward.js';
import type { IncomingMail } from '../../src/mail/message.js';
import { defaultPolicy, type MailPolicy } from '../../src/mail/policy.js';
import { requesterOf } from '../../src/mail/sender.js';
import { peopleOf, writerOf } from '../../src/mail/writer.js';
import { aMail } from './a-mail.js';

const policy: MailPolicy = {
  ...defaultPolicy,
  ownAddresses: ['support@desk.example'],
  staffAddresses: ['jane@agents.example', '@desk.example'],
  replyToForms: ['form@web.example', 'form@desk.example'],
};
const address = (text: string) => ({ address: text, name: '' });

function ask(
  parts: Partial<IncomingMail>,
  verdict: Authentication['verdict'] = 'pass',
  settings: Partial<MailPolicy> = {},
) {
  const mail = aMail(parts);
  const settled = { ...policy, ...settings };
  const forward = forwardOf(mail, settled);
  const requester =
    forward.kind === 'of'
      ? { user_email: forward.original.address, evidence: '' }
      : requesterOf(mail, settled, verdict === 'pass');
  return writerOf(mail, settled, requester, forward, { verdict, evidence: '' });
}

const FORWARDED = 'From: Max <max@kunde.example>\nSent: Monday\nTo: Jane\nSubject: Broken\n\nIt is broken.';

const OLD = { staffAddresses: ['jane@agentsi.example'] };

const from = (text: string) => ({ from: address(text) });

describe('a mail is written by', () => {
  it.each<[string, string, ReturnType<typeof ask>]>([
    ['a customer', 'customer', ask({})],
    ['a customer whom nobody checks', 'customer', ask({}, 'unchecked')],
    ['a customer of a domain like ours', 'customer', ask(from('jane@mydesk.example'))],
    ['a customer of a domain below ours', 'customer', ask(from('jane@sub.desk.example'))],
    ['a verified agent', 'staff', ask(from('jane@agents.example'))],
    ['a verified agent in other letters', 'staff', ask(from('Jane@agents.example'))],
    ['a verified one of a listed domain', 'staff', ask(from('joe@desk.example'))],
    ['nobody, as an unverified agent', 'nobody', ask(from('jane@agents.example'), 'none')],
    [
      'nobody, as an agent whose check failed',
      'nobody',
      ask(from('JANE@agents.example'), 'fail', { senderAuth: 'off' }),
    ],
    ['nobody, as an agent where nobody is checked', 'nobody', ask(from('jane@agents.example'), 'unchecked')],
    ['nobody, as an address the database takes for an agent', 'nobody', ask(from('jan\u00e9@agents.example'))],
    ['nobody, as a domain the database takes for ours', 'nobody', ask(from('x@d\u00e8sk.example'))],
    ['nobody, as a domain that an old database takes for ours', 'nobody', ask(from('x@de\u00dfk.example'))],
    ['nobody, as an agent to an old database', 'nobody', ask(from('jane@agents\u0131.example'), 'pass', OLD)],
    ['nobody, as an agent with a hidden character', 'nobody', ask(from('ja\u00adne@agents.example'))],
    ['nobody, where From names several', 'nobody', ask({ soleAuthor: false })],
    ['nobody, where From cannot be used', 'nobody', ask(from('ann@example.com@evil.example'))],
    ['nobody, as the stand-in for no sender', 'nobody', ask(from('Unknown-Sender@mail2ticket.invalid'))],
    ['nobody, where there is no From', 'nobody', ask({ from: null, replyTo: [address('ann@example.com')] })],
    ['nobody, through a form', 'nobody', ask({ ...from('form@web.example'), replyTo: [address('vic@example.org')] })],
    [
      'nobody, through a form at an address of our people',
      'nobody',
      ask({ ...from('form@desk.example'), replyTo: [address('vic@example.org')] }),
    ],
    ['nobody, through such a form without a visitor', 'nobody', ask({ ...from('Form@desk.example'), replyTo: [] })],
    [
      'nobody, through such a form by a forward that the visitor typed',
      'nobody',
      ask({ ...from('form@desk.example'), subject: 'Fwd: [#1] Hi', text: FORWARDED, replyTo: [address('vic@x.test')] }),
    ],
    ['nobody, as an unverified customer', 'nobody', ask({}, 'none', { senderAuth: 'require-for-replies' })],
    ['nobody, as an unverified customer', 'nobody', ask({}, 'fail', { senderAuth: 'require' })],
    ['a customer, marked though', 'customer', ask({}, 'fail', { senderAuth: 'mark' })],
  ])('%s', (_, kind, writer) => {
    expect(writer.kind).toBe(kind);
  });
});

it('names the setting that keeps our people out, only where it does', () => {
  expect(ask(from('jane@agents.example'), 'unchecked')).toMatchObject({ setting: 'TRUSTED_AUTHSERV_ID' });
  expect(ask(from('jane@agents.example'), 'none')).toMatchObject({ setting: null });
  expect(ask(from('jan\u00e9@agents.example'))).toMatchObject({ setting: null });
});

it('takes from an agent the people who may own the ticket, at most five, none of ours and not the agent', () => {
  const to = ['support@desk.example', 'Jane@agents.example', 'A@x.test', 'b@x.test', 'a@x.test', 'broken'].map(address);
  const cc = ['c@x.test', 'd@x.test', 'e@x.test', 'f@x.test'].map(address);
  expect(ask({ ...from('jane@agents.example'), to, cc })).toEqual({
    kind: 'staff',
    others: ['a@x.test', 'b@x.test', 'c@x.test', 'd@x.test', 'e@x.test'],
  });
});

describe('a customer takes part in the tickets of others', () => {
  const participants = { replyPolicy: 'participants' } as const;
  const ours = { ...participants, ownAddresses: ['support@acme.example'], staffAddresses: [] };
  it.each<[string, boolean, ReturnType<typeof ask>]>([
    ['not by default', false, ask({})],
    ['with REPLY_POLICY=participants', true, ask({}, 'unchecked', participants)],
    ['not at our own domain, unverified', false, ask(from('lee@Acme.example'), 'unchecked', ours)],
    ['at our own domain, verified', true, ask(from('lee@acme.example'), 'pass', ours)],
    ['at a domain that ends like ours', true, ask(from('lee@myacme.example'), 'unchecked', ours)],
  ])('%s', (_, mayTakePart, writer) => {
    expect(writer).toEqual({ kind: 'customer', mayTakePart });
  });

  it('not by what an agent forwards', () => {
    const forwarded = { ...from('jane@agents.example'), subject: 'Fwd: Broken', text: FORWARDED };
    expect(ask(forwarded, 'pass', participants)).toEqual({ kind: 'customer', mayTakePart: false });
    expect(ask(forwarded, 'none', participants)).toMatchObject({ kind: 'nobody', unverified: true });
    const forAgent = { ...forwarded, text: FORWARDED.replace('max@kunde.example', 'jan\u00e9@agents.example') };
    expect(ask(forAgent, 'pass')).toMatchObject({ kind: 'nobody', why: expect.stringContaining('forwarded') });
  });
});

it('counts as the people of a mail its author and whom it is addressed to, but not ourselves', () => {
  const to = ['support@desk.example', 'Bea@example.com'].map(address);
  expect(peopleOf(aMail({ to, cc: [address('ann@example.com')], replyTo: [address('eve@x.test')] }), policy)).toEqual([
    'ann@example.com',
    'bea@example.com',
  ]);
});
