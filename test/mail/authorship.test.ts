import { describe, expect, it } from 'vitest';
import { isFromDaemon, isFromPostmaster, isReadByNobody, isWrittenByPerson } from '../../src/mail/authorship.js';
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

  it('knows the author of the reports of every Exchange server', () => {
    expect(isFromDaemon(by('MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@firm.example'))).toBe(true);
    expect(isFromDaemon(by('MicrosoftExchange@firm.example'))).toBe(false);
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

describe('isWrittenByPerson', () => {
  const nullPath = headers({ 'Return-Path': '<>' });

  it.each([
    'Hello,\nyour mails bounce.',
    'Sehr geehrte Damen und Herren,\n…',
    'Bonjour,\n…',
    'Estimados señores:\n…',
    'Dzień dobry,\n…',
    'Здравствуйте!\n…',
    'お世話になっております。\n…',
    'CAUTION: This mail comes from outside.\n\nHi Bob,\n…',
  ])('knows a person by the greeting in "%s", whatever the return path', (text) => {
    expect(isWrittenByPerson(aMail({ text }))).toBe(true);
    expect(isWrittenByPerson(aMail({ text, headers: nullPath }))).toBe(true);
  });

  it('knows a person by the mark of a forward', () => {
    expect(isWrittenByPerson(aMail({ subject: 'FW: Undeliverable: Offer', headers: nullPath }))).toBe(true);
  });

  it('knows a person by the header of a mail program, unless the return path is null', () => {
    const program = { 'User-Agent': 'Mutt' };
    expect(isWrittenByPerson(aMail({ headers: headers(program) }))).toBe(true);
    expect(isWrittenByPerson(aMail({ headers: [...headers(program), ...nullPath] }))).toBe(false);
  });

  it.each([
    'This message was created automatically by mail delivery software.',
    'History of the failure: hi.example did not answer',
    'Delivery failed.\n> Hello,\n> please help',
    `Delivery failed.\n${'550 no such user\n'.repeat(40)}Hello,\nthe returned mail`,
  ])('finds no greeting in "%s"', (text) => {
    expect(isWrittenByPerson(aMail({ text, headers: nullPath }))).toBe(false);
  });

  it('takes no greeting as an excuse of a daemon', () => {
    const text = 'Hi. This is the qmail-send program at mx.example.\n';
    expect(isWrittenByPerson({ ...by('MAILER-DAEMON@mx.example'), text })).toBe(false);
  });
});

describe('isReadByNobody', () => {
  it.each([
    ...[
      'root',
      'cron',
      'abuse',
      'no-reply',
      'noreply.shop',
      'scanner',
      'scan',
      'copier',
      'Fax',
      'fax2mail',
      'voicemail',
      'voice-mail',
    ],
    ...['nagios', 'zabbix', 'icinga', 'monitoring', 'alerts', 'notification', 'notifications', 'www-data', 'apache'],
  ])('knows the mailbox %s@', (name) => {
    expect(isReadByNobody(`${name}@example.com`)).toBe(true);
  });

  it.each(['scanlon', 'fax.miller', 'rooted', 'ann+alerts', 'info', 'support'])(
    'takes %s@ for the mailbox of a person',
    (name) => {
      expect(isReadByNobody(`${name}@example.com`)).toBe(false);
    },
  );
});
