import { describe, expect, it } from 'vitest';
import { readDate } from '../../src/mail/date.js';

describe('a Date field', () => {
  it.each([
    ['Thu, 9 Jan 2020 16:24:28 +0100', '2020-01-09T15:24:28.000Z'],
    ['Thu, 9 Jan 2020 16:24:28 +0100 (CET)', '2020-01-09T15:24:28.000Z'],
    ['9 Jan 2020 16:24 -0530', '2020-01-09T21:54:00.000Z'],
    ['Thu, 09 Jan 20 16:24:28 GMT', '2020-01-09T16:24:28.000Z'],
    ['Thu, 09 Jan 99 16:24:28 EST', '1999-01-09T21:24:28.000Z'],
    ['Thursday, 9-January-2020 16:24:28 PDT', '2020-01-09T23:24:28.000Z'],
    ['Thu, 9 Jan 2020 16.24.28 +0000', '2020-01-09T16:24:28.000Z'],
    ['Thu, 9 Jan 2020 16:24:28 GMT+0100 (CET)', '2020-01-09T15:24:28.000Z'],
    ['2020-01-09T16:24:28Z', '2020-01-09T16:24:28.000Z'],
    ['2020-01-09 16:24:28 +0100', '2020-01-09T15:24:28.000Z'],
  ])('is read: %s', (value, iso) => {
    expect(readDate(value)?.toISOString()).toBe(iso);
  });

  it('without a zone means the same on every machine', () => {
    expect(readDate('Thu, 9 Jan 2020 16:24:28')?.toISOString()).toBe('2020-01-09T16:24:28.000Z');
    expect(readDate('2020-01-09 16:24:28')?.toISOString()).toBe('2020-01-09T16:24:28.000Z');
  });

  it.each(['', 'yesterday', 'Thu, 9 Foo 2020 16:24:28 +0100', '1 '.repeat(100_000)])(
    'is null where it cannot be read: %.40s',
    (value) => {
      expect(readDate(value)).toBeNull();
    },
  );
});
