import { describe, expect, it } from 'vitest';
import { headerBlockEnd, headerOf } from '../../../src/mail/quotes/quoted-header.js';

const endOf = (block: string) => {
  const lines = block.split('\n');
  return headerBlockEnd(0, (at) => lines[at] ?? null);
};

describe('headerBlockEnd', () => {
  it.each([
    ['en', 'From: Bob <bob@example.org>\nSubject: Hm\nDate: 5 May 2020 15:00\nTo: Eve'],
    ['pl', 'Nadawca: Bob <bob@example.org>\nTemat: Hm\nData: 5 maja 2020 15:00\nAdresat: Eve'],
    ['sk', 'Od: Bob <bob@example.org>\nPredmet: Hm\nDátum: 5. mája 2020 15:00\nPre: Eve\nKópia: Al'],
    ['sl', 'Od: Bob <bob@example.org>\nNaslov: Hm\nDatum: 5. maj 2020 15:00\nZa: Eve'],
    ['hu', 'Feladó: Bob <bob@example.org>\nTárgy: Hm\nDátum: 2020. május 5. 15:00\nMásolat: Al\nCímzett: Eve'],
    ['ro', 'Expeditorul: Bob <bob@example.org>\nSubiectul: Hm\nDată: 5 mai 2020 15:00\nDestinatarul: Eve'],
    ['fi', 'Lähettäjä: Bob <bob@example.org>\nAihe: Hm\nPäiväys: 5.5.2020 15:00\nVastaanottaja: Eve'],
    ['tr', 'Kimden: Bob <bob@example.org>\nKonu: Hm\nGönderilen: 5 Mayıs 2020 15:00\nBilgi: Al\nKime: Eve'],
    ['ru', 'Отправитель: Bob <bob@example.org>\nТема: Hm\nДата: 5 мая 2020 15:00\nКому: Eve'],
    ['uk', 'Від кого: Bob <bob@example.org>\nТема: Hm\nВідправлено: 5 травня 2020 15:00\nКому: Eve'],
  ])('knows all names of a block (%s)', (_language, block) => {
    expect(block.split('\n').map(headerOf)).not.toContain(null);
    expect(endOf(block)).toBe(block.split('\n').length);
  });

  it.each([
    ['a list before and after', 'Pre: bob@example.org\nPost: eve@example.com'],
    ['a notice', 'Bilgi: bob@example.org\nTarih: 5 Mayıs 2020 15:00'.replace('Tarih', 'Saat')],
    ['a person asked for', 'Adresat: eve@example.com\nNaslov: Hm'],
  ])('takes %s for words', (_what, block) => {
    expect(endOf(block)).toBeNull();
  });
});
