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
    'Re: Automatic reply: Ticket',
    'Out of office hours question',
    'Automatic replies fail',
    'Away game',
    'Abwesenheiten',
  ])('finds nothing in "%s"', (subject) => {
    expect(absenceIn(subject)).toBe(null);
  });
});
