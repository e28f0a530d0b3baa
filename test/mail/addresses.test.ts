import { describe, expect, it } from 'vitest';
import { MAX_ADDRESS_CHARACTERS } from '../../src/limits.js';
import { readAddresses } from '../../src/mail/addresses.js';

describe('an address field', () => {
  it.each([
    ['a name and an address', 'Jo Doe <Jo@Shop.Test>', [['Jo Doe', 'Jo@shop.test']]],
    ['an address alone', 'jo@shop.test', [['', 'jo@shop.test']]],
    [
      'several, quoted names with commas among them',
      '"Doe, Jo" <jo@shop.test>, ann@shop.test',
      [
        ['Doe, Jo', 'jo@shop.test'],
        ['', 'ann@shop.test'],
      ],
    ],
    ['a name in encoded words', '=?utf-8?Q?J=C3=B6?= <jo@shop.test>', [['Jö', 'jo@shop.test']]],
    ['encoded words within quotes', '"=?utf-8?Q?J=C3=B6?=" <jo@shop.test>', [['Jö', 'jo@shop.test']]],
    [
      'a group',
      'Team: jo@shop.test, Ann <ann@shop.test>;',
      [
        ['', 'jo@shop.test'],
        ['Ann', 'ann@shop.test'],
      ],
    ],
    ['an empty group', 'Undisclosed recipients:;', []],
    ['an internationalized domain as it stands', 'jo@xn--mnchen-3ya.test', [['', 'jo@xn--mnchen-3ya.test']]],
    ['no domain', 'Jo <root>', [['Jo', 'root']]],
    ['nothing but a name', '"Jo Doe"', []],
    ['nothing', '<>', []],
    ['a quote that never closes', '"Jo Doe <jo@shop.test>', [['Jo Doe', 'jo@shop.test']]],
    ['quotes behind backslashes', 'Jo \\"x\\" <jo@shop.test>', [['Jo x', 'jo@shop.test']]],
    ['all of it in an encoded word', '=?utf-8?Q?J=C3=B6_<jo@shop.test>?=', [['Jö', 'jo@shop.test']]],
    [
      'two addresses in an encoded word, of which none can be trusted',
      '=?utf-8?Q?<jo@shop.test>,<ann@shop.test>?=',
      [],
    ],
  ])('is read: %s', (_what, value, mailboxes) => {
    expect(readAddresses(value, '').map(({ name, address }) => [name, address])).toEqual(mailboxes);
  });

  it('is read up to the longest address that can be meant', () => {
    const long = (length: number) => readAddresses(`${'a'.repeat(length - '@shop.test'.length)}@shop.test`, '');
    expect(long(MAX_ADDRESS_CHARACTERS)).toHaveLength(1);
    expect(long(MAX_ADDRESS_CHARACTERS + 1)).toHaveLength(0);
  });

  it('takes no address out of a display name', () => {
    const forged = readAddresses('=?utf-8?Q?"CEO"_<ceo@bank.test>,?= <jo@shop.test>', '');
    expect(forged.map(({ address }) => address)).toEqual(['jo@shop.test']);
    expect(readAddresses('"ceo@bank.test" <jo@shop.test>', '').map(({ address }) => address)).toEqual(['jo@shop.test']);
  });

  it('has no controls and no changes of direction in a name', () => {
    expect(readAddresses('"a\xE2\x80\xAEb\u0007c" <jo@shop.test>', '')[0]?.name).toBe('abc');
  });
});
