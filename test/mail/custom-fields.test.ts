import { expect, it } from 'vitest';
import { MAX_CUSTOM_FIELD_CHARACTERS, MAX_HEADER_VALUE_CHARACTERS } from '../../src/limits.js';
import { compilePattern, customFieldsOf } from '../../src/mail/custom-fields.js';
import { defaultPolicy, type FieldSource } from '../../src/mail/policy.js';
import { aMail } from './a-mail.js';

const mail = aMail({
  to: [
    { address: 'support@desk.example', name: 'Support' },
    { address: 'sales@desk.example', name: '' },
  ],
  headers: [
    { name: 'x-order', value: 'Order 1234 of 2026' },
    { name: 'x-order', value: 'Order 5678' },
    { name: 'x-odd', value: 'a\r\nb\0c\u202ed' },
    { name: 'x-long', value: 'x'.repeat(MAX_CUSTOM_FIELD_CHARACTERS + 1) },
    { name: 'x-endless', value: `${'a'.repeat(MAX_HEADER_VALUE_CHARACTERS)}b` },
    { name: 'x-empty', value: ' ' },
  ],
});

const order = { kind: 'header', name: 'X-Order' } as const;

it.each<[what: string, source: FieldSource, value: string | undefined]>([
  ['the first of several header fields', { from: order }, 'Order 1234 of 2026'],
  ['nothing of a missing header field', { from: { kind: 'header', name: 'x-none' } }, undefined],
  ['nothing of an empty one', { from: { kind: 'header', name: 'x-empty' } }, undefined],
  ['a text', { from: { kind: 'text', value: 'email' } }, 'email'],
  ['a text of 0', { from: { kind: 'text', value: '0' } }, '0'],
  ['the author', { from: { kind: 'from' } }, 'ann@example.com'],
  ['all addressees', { from: { kind: 'to' } }, 'support@desk.example, sales@desk.example'],
  ['the Message-ID', { from: { kind: 'message-id' } }, '<1@example.com>'],
  ['group 1 of a pattern', { from: order, pattern: 'Order (\\d+)' }, '1234'],
  ['the whole match without a group', { from: order, pattern: '\\d+' }, '1234'],
  ['nothing where group 1 took no part', { from: order, pattern: '(x)|Order' }, undefined],
  ['nothing where the pattern does not match', { from: order, pattern: 'Invoice' }, undefined],
  ['the default then', { from: order, pattern: 'Invoice', default: 'none' }, 'none'],
  ['the default of a missing header field', { from: { kind: 'header', name: 'x-none' }, default: 'none' }, 'none'],
  ['one clean line', { from: { kind: 'header', name: 'x-odd' } }, 'a b cd'],
  [
    'at most MAX_CUSTOM_FIELD_CHARACTERS',
    { from: { kind: 'header', name: 'x-long' } },
    `${'x'.repeat(MAX_CUSTOM_FIELD_CHARACTERS - 1)}…`,
  ],
  [
    'nothing beyond MAX_HEADER_VALUE_CHARACTERS',
    { from: { kind: 'header', name: 'x-endless' }, pattern: 'b' },
    undefined,
  ],
  [
    'a value in linear time, whatever the pattern',
    { from: { kind: 'header', name: 'x-endless' }, pattern: '(a|aa)+c$', default: 'none' },
    'none',
  ],
])('sends %s', (_, source, value) => {
  const fields = customFieldsOf(mail, { ...defaultPolicy, customFields: { 7: source } });
  expect(fields).toEqual(value === undefined ? {} : { 7: value });
});

it('sends every field that has a value', () => {
  const customFields: Record<string, FieldSource> = {
    3: { from: { kind: 'from' } },
    4: { from: { kind: 'header', name: 'x-none' } },
    5: { from: { kind: 'text', value: 'email' } },
  };
  expect(customFieldsOf(mail, { ...defaultPolicy, customFields })).toEqual({ 3: 'ann@example.com', 5: 'email' });
});

it('compiles a pattern once', () => {
  expect(compilePattern('Order (\\d+)')).toBe(compilePattern('Order (\\d+)'));
});

it('refuses what RE2 cannot do in linear time', () => {
  expect(() => compilePattern('(a)\\1')).toThrow();
});
