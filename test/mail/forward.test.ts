import { describe, expect, it } from 'vitest';
import { forwardOf } from '../../src/mail/forward.js';
import { defaultPolicy } from '../../src/mail/policy.js';
import { aMail } from './a-mail.js';

const policy = {
  ...defaultPolicy,
  ownAddresses: ['support@desk.example'],
  staffAddresses: ['jane@desk.example', '@staff.example'],
};
const jane = { address: 'Jane@desk.example', name: 'Jane' };
const max = { address: 'max@kunde.example', name: 'Max Kunde' };

const gmail = `Can you take this? Ask bob@example.org, too.

---------- Forwarded message ---------
From: Max Kunde <max@kunde.example>
Date: Mon, Mar 2, 2026 at 9:00 AM
Subject: Broken
To: <jane@desk.example>


My order is broken. Regards, max@private.example`;

function forward(text: string, parts: { subject?: string; from?: typeof jane } = {}) {
  return forwardOf(aMail({ from: jane, subject: 'Fwd: Broken', text, ...parts }), policy);
}

describe('the original sender is read from the header block of', () => {
  it.each<[program: string, text: string]>([
    ['Gmail', gmail],
    ['Gmail, from HTML', gmail.replace('Max Kunde <', '*Max Kunde* <')],
    ['Gmail in Spanish', gmail.replace('From:', 'De:')],
    [
      'Outlook',
      `FYI\n\nFrom: Max Kunde <max@kunde.example>\nSent: Monday, March 2, 2026 9:00 AM\nTo: Jane <jane@desk.example>\nCc: a@b.example\nSubject: Broken\n\nText`,
    ],
    [
      'Outlook in German',
      `Bitte übernehmen.\n________________________________\nVon: Max Kunde <max@kunde.example>\nGesendet: Montag, 2. März 2026 09:00\nAn: Jane\nBetreff: Kaputt\n\nText`,
    ],
    [
      'old Outlook',
      `-----Ursprüngliche Nachricht-----\nVon: Max Kunde [mailto:max@kunde.example] \nGesendet: Montag, 2. März 2026 09:00\nAn: Jane\nBetreff: Kaputt`,
    ],
    [
      'Outlook in French',
      `De : Max Kunde <max@kunde.example>\nEnvoyé : lundi 2 mars 2026 09:00\nÀ : Jane\nObjet : Cassé\n\nTexte`,
    ],
    [
      'Outlook in Spanish',
      `De: Max Kunde <max@kunde.example<mailto:max@kunde.example>>\nEnviado el: lunes, 2 de marzo de 2026 9:00\nPara: Jane\nAsunto: Roto`,
    ],
    [
      'Outlook in Polish',
      `Od: Max Kunde <max@kunde.example>\nWysłano: poniedziałek, 2 marca 2026 09:00\nDo: Jane\nTemat: x\n\nText`,
    ],
    ['QQ', `------- 原始邮件 -------\n发件人：Max Kunde <max@kunde.example>\n收件人：Jane\n主题：x\n\nText`],
    [
      'Apple Mail',
      `Begin forwarded message:\n\n> From: Max Kunde <max@kunde.example>\n> Subject: Broken\n> Date: 2 March 2026 at 09:00:00 CET\n> To: jane@desk.example\n> \n> Text`,
    ],
    [
      'Apple Mail, from HTML with blank lines between',
      `Anfang der weitergeleiteten Nachricht:\n\n*Von: *Max Kunde <max@kunde.example>\n\n*Betreff: *Kaputt\n\n*Datum: *2. März 2026 um 09:00:00 MEZ\n\n*An: *jane@desk.example`,
    ],
    [
      'Thunderbird',
      `-------- Forwarded Message --------\nSubject: \tBroken\nDate: \tMon, 2 Mar 2026 09:00:00 +0100\nFrom: \tMax Kunde <max@kunde.example>\nTo: \tjane@desk.example\n\nText`,
    ],
    [
      'Thunderbird in French',
      `-------- Message transféré --------\nSujet\u00a0: \tCassé\nDate\u00a0: \tMon, 2 Mar 2026 09:00:00 +0100\nDe\u00a0: \tMax Kunde <max@kunde.example>\nPour\u00a0: \tjane@desk.example`,
    ],
    [
      'Gmail in Swedish',
      `---------- Vidarebefordrat meddelande ----------\nFrån: Max Kunde <max@kunde.example>\nDatum: 2 mars 2026 09:00\nÄmne: Trasig\nTill: jane@desk.example`,
    ],
    [
      'a program that wraps long lines',
      `From: "Max Kunde"\n <max@kunde.example>\nTo: jane@desk.example,\n  john@desk.example\nSubject: Broken\nDate: 2 March`,
    ],
  ])('%s', (_, text) => {
    expect(forward(text)).toEqual({ kind: 'of', original: max });
  });
});

it.each([
  'Fwd: Broken',
  'FW: Broken',
  'WG: Kaputt',
  'TR : Cassé',
  'RV: Roto',
  '[EXTERNAL] Fwd: Broken',
  'Fwd: Re: Broken',
])('%j is the subject of a forward', (subject) => {
  expect(forward(gmail, { subject }).kind).toBe('of');
});

it.each(['Broken', 'Re: Broken', 'AW: WG: Kaputt', 'Forward: march', 'Fwd'])('%j is not', (subject) => {
  expect(forward(gmail, { subject })).toEqual({ kind: 'none' });
});

it('counts only forwards by our people', () => {
  expect(forward(gmail, { from: { address: 'eve@example.org', name: 'Jane' } })).toEqual({ kind: 'none' });
  expect(forward(gmail, { from: { address: 'x@staff.example', name: '' } }).kind).toBe('of');
  const mail = aMail({ from: jane, subject: 'Fwd: Broken', text: gmail });
  expect(forwardOf(mail, defaultPolicy)).toEqual({ kind: 'none' });
  expect(forwardOf(mail, { ...policy, forwards: 'forwarder' })).toEqual({ kind: 'none' });
});

it('takes the outermost of nested forwards, the mail our person got', () => {
  const nested = gmail.replaceAll('max@kunde.example', 'first@example.org');
  expect(forward(`${gmail}\n\n${nested}`)).toEqual({ kind: 'of', original: max });
});

it.each<[what: string, text: string]>([
  ['there is no block', 'See the attached mail from max@kunde.example.'],
  ['two header lines are all there is', 'From: max@kunde.example\nTo: jane@desk.example\n\nText'],
  ['the lines stand far apart', 'From: max@kunde.example\n\n\n\nDate: today\n\n\n\nTo: you'],
  ['From names no address', 'From: Max Kunde\nSent: Monday\nTo: Jane\nSubject: Broken\n\nmax@kunde.example'],
  ['From names two', 'From: a@b.example, c@d.example\nSent: Monday\nTo: Jane\nSubject: Broken'],
  ['a table looks like a block', 'From: Berlin\nTo: Munich\nDate: 3 May\nContact: max@kunde.example'],
  ['the forwarded mail is our own', gmail.replace('<max@kunde.example>', '<support@desk.example>')],
  ['the forwarded mail is a colleague’s', gmail.replace('<max@kunde.example>', '<bob@staff.example>')],
])('is unclear where %s', (_, text) => {
  expect(forward(text).kind).toBe('unclear');
});

it('reads megabytes of header lines in linear time', () => {
  expect(forward('From: x\n'.repeat(200_000)).kind).toBe('unclear');
  expect(forward(`From: ${'('.repeat(1_000_000)}\nTo: x\nSubject: y`).kind).toBe('unclear');
  expect(forward('> '.repeat(1_000_000)).kind).toBe('unclear');
});
