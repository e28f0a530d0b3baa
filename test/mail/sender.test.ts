import { describe, expect, it } from 'vitest';
import { MAX_NAME_CHARACTERS } from '../../src/limits.js';
import type { IncomingMail } from '../../src/mail/message.js';
import { defaultPolicy, type MailPolicy } from '../../src/mail/policy.js';
import { isListed, isUsable, requesterOf } from '../../src/mail/sender.js';
import { aMail, headers } from './a-mail.js';

const policy = { ...defaultPolicy, ownAddresses: ['support@desk.example'] };

function fieldsOf(parts: Partial<IncomingMail>, settings: Partial<MailPolicy> = {}, verified = false) {
  const { evidence: _, ...fields } = requesterOf(aMail(parts), { ...policy, ...settings }, verified);
  return fields;
}

it('is the author, with name and organization', () => {
  const organization = headers({ Organization: ' ACME\tLtd. ' });
  expect(fieldsOf({ headers: organization })).toEqual({
    user_email: 'ann@example.com',
    name: 'Ann',
    company: 'ACME Ltd.',
  });
});

it('has no name and no company where the mail names none', () => {
  const from = { address: 'ann@example.com', name: '\u200b ' };
  expect(fieldsOf({ from, headers: headers({ Organization: '' }) })).toEqual({ user_email: 'ann@example.com' });
});

it('has a name on one line, in its true direction, of at most MAX_NAME_CHARACTERS', () => {
  const named = (name: string) => fieldsOf({ from: { address: 'ann@example.com', name } }).name;
  expect(named('Ann\r\nBcc: \u202ex')).toBe('Ann Bcc: x');
  expect(named('x'.repeat(MAX_NAME_CHARACTERS))).toBe('x'.repeat(MAX_NAME_CHARACTERS));
  expect(named('x'.repeat(MAX_NAME_CHARACTERS + 1))).toBe(`${'x'.repeat(MAX_NAME_CHARACTERS - 1)}…`);
});

it('is not chosen by Reply-To while there is a From', () => {
  expect(fieldsOf({ replyTo: [{ address: 'eve@example.org', name: '' }] }).user_email).toBe('ann@example.com');
});

it('is the first usable Reply-To that is not ours where there is no usable From', () => {
  const replyTo = ['broken', 'Support@desk.example', 'bob@example.org'].map((address) => ({ address, name: '' }));
  expect(fieldsOf({ from: null, replyTo }).user_email).toBe('bob@example.org');
});

it('is the fallback address where nobody can be read, with what From says as the name', () => {
  const raw = headers({ From: 'Ann (somewhere)' });
  expect(fieldsOf({ from: null, headers: raw })).toEqual({
    user_email: policy.fallbackSender,
    name: 'Ann (somewhere)',
  });
  expect(fieldsOf({ from: { address: 'ann', name: '' } })).toEqual({ user_email: policy.fallbackSender, name: 'ann' });
  expect(fieldsOf({ from: null })).toEqual({ user_email: policy.fallbackSender });
  expect(isUsable(defaultPolicy.fallbackSender)).toBe(true);
});

describe('of a mail of one of our web forms', () => {
  const forms: Partial<MailPolicy> = { replyToForms: ['form@desk.example'] };
  const sent = {
    from: { address: 'Form@desk.example', name: 'Contact form' },
    replyTo: [{ address: 'vic@example.org', name: 'Vic' }],
  };

  it('is Reply-To', () => {
    expect(fieldsOf(sent, forms)).toEqual({ user_email: 'vic@example.org', name: 'Vic' });
  });

  it.each<[string, Partial<IncomingMail>, Partial<MailPolicy>]>([
    ['no form is listed', sent, {}],
    ['the form names nobody', { ...sent, replyTo: [] }, forms],
    ['the form names ourselves', { ...sent, replyTo: [{ address: 'support@desk.example', name: '' }] }, forms],
    ['the mail must be verified and is not', sent, { ...forms, senderAuth: 'require-for-replies' }],
    ['another field stands in for From', { ...sent, soleAuthor: false }, forms],
  ])('is From where %s', (_, parts, settings) => {
    expect(fieldsOf(parts, settings).user_email).toBe('Form@desk.example');
  });

  it('is Reply-To of a verified mail under every policy', () => {
    expect(fieldsOf(sent, { ...forms, senderAuth: 'require' }, true).user_email).toBe('vic@example.org');
  });
});

it('says where it was read', () => {
  expect(requesterOf(aMail(), policy, false).evidence).toBe('From: ann@example.com');
  expect(requesterOf(aMail({ from: null }), policy, false).evidence).toMatch(
    /fallback unknown-sender@mail2ticket\.invalid/,
  );
});

describe('an address', () => {
  it.each(['a@b.example', 'a+b@x', '"a..b"@docomo.example', 'jörg@bücher.example', "o'neil@x.example"])(
    '%j is usable',
    (address) => {
      expect(isUsable(address)).toBe(true);
    },
  );

  it.each([
    '',
    '0',
    'ann',
    '@example.com',
    'ann@',
    'victim@example.com@evil.example',
    'a b@example.com',
    'a@exam ple.com',
    'a@b.example\r\nBcc: c@d.example',
    'a\0@b.example',
    'a\u200b@b.example',
    'a\ud800@b.example',
    '<a@b.example>',
    'a@b.example,c@d.example',
    `${'a'.repeat(MAX_NAME_CHARACTERS)}@b.example`,
  ])('%j is not usable', (address) => {
    expect(isUsable(address)).toBe(false);
  });
});

it.each([
  ['jane@desk.example', true],
  ['JANE@Desk.example', true],
  ['anyone@staff.example', true],
  ['anyone@sub.staff.example', false],
  ['john@desk.example', false],
  ['staff.example', false],
])('knows whether %j is listed by address or by domain', (address, listed) => {
  expect(isListed(address, ['jane@desk.example', '@staff.example'])).toBe(listed);
});
