import { describe, expect, it } from 'vitest';
import { disclaimerIn } from '../../src/mail/disclaimer.js';

describe('disclaimerIn', () => {
  it('gives the words that say it, over a line end too', () => {
    expect(disclaimerIn('Thank you!\nThis is an automatically\ngenerated e-mail. Bye.')).toBe(
      'This is an automatically generated e-mail',
    );
  });

  it.each([
    'This is an auto-generated message',
    'this message was created automatically',
    'Dies ist eine automatische Antwort',
    'Diese E-Mail wurde automatisch versendet',
    'Dit is een automatisch bericht',
    'Ceci est une réponse automatique',
    'non rispondere a questa e-mail',
  ])('knows "%s"', (words) => {
    expect(disclaimerIn(`Hello,\n${words}.`)).toBe(words);
  });

  it.each([
    'How do I stop this automatic reply?',
    'Is this an automated message?',
    'Kann dies automatisch erstellt werden?',
    'Diese Nachricht kam nicht automatisch.',
    'Kan dit automatisch?',
    'Bitte antworten Sie nicht nur mit einem Link.',
    'Do not reply to her.',
    'Ceci est un message important.',
  ])('takes "%s" for the words of a person', (text) => {
    expect(disclaimerIn(text)).toBe(null);
  });

  it.each(['this ', 'this is an auto', '> ', 'From', '\n', 'dies '])('is bounded in a text of "%s"', (unit) => {
    const started = process.cpuUsage();
    disclaimerIn(unit.repeat(1e6));
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(1000);
  });
});
