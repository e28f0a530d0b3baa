import { describe, expect, it } from 'vitest';
import { anyField, field } from '../../src/mail/header-evidence.js';
import { aMail, headers } from './a-mail.js';

describe('anyField', () => {
  const found = (value: string) => anyField(aMail({ headers: headers({ 'X-Autoreply': value }) }), ['x-autoreply']);

  it.each(['yes', 'true', '1', 'vacation', 'noted', 'ann@example.com'])('takes the value %s for a yes', (value) => {
    expect(found(value)).toBe(`x-autoreply: ${value}`);
  });

  it.each(['no', 'No ', 'false', '0', '', 'none', 'never', 'off', 'dont', "don't"])(
    'takes the value "%s" for a no',
    (value) => {
      expect(found(value)).toBe(null);
    },
  );
});

describe('field', () => {
  const mail = aMail({
    headers: [...headers({ 'Delivered-To': 'support@desk.example' }), ...headers({ 'Delivered-To': 'Autoresponder' })],
  });

  it('looks at every field of that name, and tells the value that matches', () => {
    expect(field(mail, 'delivered-to', /^autoresponder$/i)).toBe('delivered-to: Autoresponder');
    expect(field(mail, 'delivered-to')).toBe('delivered-to: support@desk.example');
    expect(field(mail, 'delivered-to', /^nobody$/)).toBe(null);
    expect(field(mail, 'received')).toBe(null);
  });
});
