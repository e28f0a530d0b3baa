import { describe, expect, it } from 'vitest';
import { absenceIn, automaticAnswerIn } from '../../src/mail/out-of-office.js';

describe('automaticAnswerIn', () => {
  it.each([
    ['Automatic reply: Ticket', 'Automatic reply'],
    ['Automatische Antwort: Ticket', 'Automatische Antwort'],
    ['Réponse automatique : Ticket', 'Réponse automatique'],
    ['Out of Office: Ticket', 'Out of Office'],
    ['[Auto-Reply] Ticket', '[Auto-Reply]'],
  ])('finds in "%s" the words by which only a program names itself', (subject, words) => {
    expect(automaticAnswerIn(subject)).toBe(words);
    expect(absenceIn(subject)).toBe(words);
  });

  it.each([
    '[EXTERNAL] Automatic reply: Ticket',
    '[Ext] Automatic reply: Ticket',
    '[EXTERN] Automatische Antwort: Ticket',
    'EXTERNAL: Automatic reply: Ticket',
    '[External Email] [Suspected Spam] Out of office: Ticket',
    '***SPAM*** Automatic reply: Ticket',
    '{Spam?} Automatic reply: Ticket',
    '🌴 Out of Office: Ticket',
  ])('finds them behind what a mail server or a person sets before them: "%s"', (subject) => {
    expect(automaticAnswerIn(subject)).toMatch(/^(?:automati|out of)/i);
  });

  it.each([
    'การตอบกลับอัตโนมัติ: Ticket',
    '自動応答メッセージ: Ticket',
    'Sjálfvirkt svar: Ticket',
    'Erantzun automatikoa: Ticket',
    'Balasan automatik: Ticket',
    'स्वचालित उत्तर: Ticket',
    'Automātiska atbilde: Ticket',
    'Automātiskā atbilde: Ticket',
    '[Automatyczna odpowiedź] Ticket',
    'Out of Office Rule: Ticket',
    'Automatische Antwort von jane@example.com',
  ])('finds them as mail programs write them: "%s"', (subject) => {
    expect(automaticAnswerIn(subject)).not.toBe(null);
  });

  it.each([
    '[External] Re: Automatic reply: Ticket',
    '[Shop] Automatic reply: Ticket',
    '[Out of office] rota for May',
    'Automatische Antwort von shop@example.com kommt nicht an',
    'External automatic reply: does not work',
    'Spam: Automatic replies',
  ])('finds none in what a person writes: "%s"', (subject) => {
    expect(automaticAnswerIn(subject)).toBe(null);
  });

  it.each([
    'Abwesenheit: Anna fehlt im Plan',
    'Abwesend - wie trage ich das ein?',
    'Afwezigheid: fout in rooster',
    'Frånvaro: fel i rapporten',
    'Fravær: feil i rapporten',
    'Poissaolo: virhe raportissa',
    'Nieobecność: błąd w grafiku',
    'Fuori sede: come si inserisce?',
    'Vacation message: how to set one?',
    'OOO: sync fails',
    'Auto: Re: Finanzierung',
    'In ferie Re: Ticket',
    '外出：Re: Ticket',
  ])('takes the noun that begins "%s" for an absence, and for no proof of a program', (subject) => {
    expect(automaticAnswerIn(subject)).toBe(null);
    expect(absenceIn(subject)).not.toBe(null);
  });
});

describe('absenceIn', () => {
  it.each([
    'Jane Doe is out of the office.',
    'Jane Doe is out of the office (returning 05.05.2026).',
    'is out of the office.',
    'Jane Doe ist außer Haus.',
  ])('knows a notice by the whole subject, "%s", which alone is no proof of a program', (subject) => {
    expect(absenceIn(subject)).toMatch(/ (?:office|haus)/i);
    expect(automaticAnswerIn(subject)).toBe(null);
  });

  it.each([
    'Who is out of the office on Monday?',
    'Re: Jane is out of the office',
    'The printer is out of the office network',
  ])('does not find one in "%s"', (subject) => {
    expect(absenceIn(subject)).toBe(null);
  });

  it.each(['*', ' ', '[ext]', '***spam', '🌴', 'a ', 'auto', '(('])('is linear in a subject of %s', (unit) => {
    const started = process.cpuUsage();
    absenceIn(unit.repeat(1e5));
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(2000);
  });

  it.each([
    'Re: Automatic reply: Ticket',
    'Out of office hours question',
    'Automatic replies fail',
    'Away game',
    'Abwesenheiten',
  ])('finds nothing in "%s"', (subject) => {
    expect(absenceIn(subject)).toBe(null);
  });
});
