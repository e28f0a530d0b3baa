import { describe, expect, it } from 'vitest';
import { withoutPgpSignatures } from '../../src/mail/pgp-signed.js';

const signature = '-----BEGIN PGP SIGNATURE-----\n\niQIz\n=abcd\n-----END PGP SIGNATURE-----';

describe('withoutPgpSignatures', () => {
  it.each([
    ['takes the armour off', `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nHi\n${signature}\n`, 'Hi\n\n'],
    ['keeps what stands around', `a\n-----BEGIN PGP SIGNED MESSAGE-----\n\nHi\n${signature}\nb`, 'a\nHi\n\nb'],
    [
      'gives lines their dashes back',
      `-----BEGIN PGP SIGNED MESSAGE-----\n\n- -- \n- a point\n${signature}`,
      '-- \n- a point\n',
    ],
    [
      'leaves one without an end',
      '-----BEGIN PGP SIGNED MESSAGE-----\n\nHi',
      '-----BEGIN PGP SIGNED MESSAGE-----\n\nHi',
    ],
    ['leaves a quoted one', `> -----BEGIN PGP SIGNED MESSAGE-----\n> Hi`, `> -----BEGIN PGP SIGNED MESSAGE-----\n> Hi`],
  ])('%s', (_, text, shown) => {
    expect(withoutPgpSignatures(text)).toBe(shown);
  });
});
