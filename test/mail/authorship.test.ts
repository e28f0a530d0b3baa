import { describe, expect, it } from 'vitest';
import { isFromDaemon, isFromPostmaster } from '../../src/mail/authorship.js';
import { aMail, headers } from './a-mail.js';

const by = (address: string, name = '') => aMail({ from: { address, name } });
/** Of a mail whose From holds no usable address. */
const byFrom = (from: string) => aMail({ from: null, headers: headers({ From: from }) });

describe('isFromDaemon', () => {
  it.each([
    'MAILER-DAEMON@mx.example',
    'mailer_daemon@mx.example',
    'mail-daemon@mx.example',
    'double-bounce@mx.example',
  ])('knows the daemon %s', (address) => {
    expect(isFromDaemon(by(address))).toBe(true);
  });

  it.each(['MAILER-DAEMON', '"MAILER-DAEMON"', 'MAILER-DAEMON (Mail Delivery System)', 'Mail <MAILER-DAEMON>', '<>'])(
    'knows the author %s, who has no domain',
    (from) => {
      expect(isFromDaemon(byFrom(from))).toBe(true);
    },
  );

  it.each([
    'double-bounce-trampolines@shop.example',
    'mailer-daemon.fans@club.example',
    'mailer-daemons@band.example',
    'mailer-daemon+ann@example.com',
    'ann@mailer-daemon.example',
    'mdaemon-support@shop.example',
  ])('takes nobody for a daemon whose address only looks like one, %s', (address) => {
    expect(isFromDaemon(by(address))).toBe(false);
  });
});

describe('isFromPostmaster', () => {
  it('knows him by his address, or by the name that mail servers give themselves', () => {
    expect(isFromPostmaster(by('Postmaster@example.net'))).toBe(true);
    expect(isFromPostmaster(by('bounces@example.net', 'Mail Delivery Subsystem'))).toBe(true);
    expect(isFromPostmaster(by('bounces@example.net', 'Mail Delivery System'))).toBe(true);
  });

  it('is no courier, whose name may be Mail Delivery Service', () => {
    expect(isFromPostmaster(by('dispatch@courier.example', 'Mail Delivery Service'))).toBe(false);
    expect(isFromPostmaster(by('postmasters@example.net'))).toBe(false);
  });
});
