import { describe, expect, it } from 'vitest';
import { attributionStrength } from '../../../src/mail/quotes/attribution.js';

/** As Gmail, Apple Mail, Thunderbird, Outlook for phones, Yahoo and others write them, by language. */
const strong = [
  'On Tue, May 5, 2020 at 3:00 PM Bob Miller <bob@example.org> wrote:',
  'On 5/5/20 15:00, Bob Miller wrote:',
  'On May 5, 2020, at 15:00, Bob Miller <bob@example.org> wrote:',
  'At 5/5/2020 03:00 PM, you wrote:',
  'Bob Miller <bob@example.org> wrote:',
  'On Tue, May 5, 2020 at 3:00 PM Bob Miller <bob@example.org> sent:',
  '--- On Tue, 5/5/20, Bob Miller <bob@example.org> wrote:',
  '---- On Tue, 05 May 2020 15:00:00 +0200 Bob Miller <bob@example.org> wrote ----',
  'On Tue, 5 May 2020 15:00:00 +0200 Bob Miller <bob@example.org> wrote',
  'Am Di., 5. Mai 2020 um 15:00 Uhr schrieb Bob Miller <bob@example.org>:',
  'Am 05.05.20 um 15:00 schrieb Bob Miller:',
  'Am 05.05.2020 um 15:00 schrieb Bob Miller <bob@example.org>:',
  'Bob Miller <bob@example.org> schrieb am Di., 5. Mai 2020, 15:00:',
  'Le mar. 5 mai 2020 à 15:00, Bob Miller <bob@example.org> a écrit :',
  'Le 05/05/2020 à 15:00, Bob Miller a écrit :',
  'Le 5 mai 2020 à 15:00, Bob Miller <bob@example.org> a écrit :',
  'El mar, 5 may 2020 a las 15:00, Bob Miller (<bob@example.org>) escribió:',
  'El 5/5/20 a las 15:00, Bob Miller escribió:',
  'Em ter., 5 de mai. de 2020 às 15:00, Bob Miller <bob@example.org> escreveu:',
  'Il giorno mar 5 mag 2020 alle ore 15:00 Bob Miller <bob@example.org> ha scritto:',
  'Il 05/05/20 15:00, Bob Miller ha scritto:',
  'Op di 5 mei 2020 om 15:00 schreef Bob Miller <bob@example.org>:',
  'Op 05-05-2020 om 15:00 schreef Bob Miller:',
  'Op 5 mei 2020 om 15:00 heeft Bob Miller <bob@example.org> het volgende geschreven:',
  'Den tirs. 5. maj 2020 kl. 15.00 skrev Bob Miller <bob@example.org>:',
  'tir. 5. mai 2020 kl. 15:00 skrev Bob Miller <bob@example.org>:',
  'Den tis 5 maj 2020 kl 15:00 skrev Bob Miller <bob@example.org>:',
  'Den 2020-05-05 kl. 15:00, skrev Bob Miller:',
  'ti 5. toukok. 2020 klo 15.00 Bob Miller (bob@example.org) kirjoitti:',
  'wt., 5 maj 2020 o 15:00 Bob Miller <bob@example.org> napisał(a):',
  'W dniu 05.05.2020 o 15:00, Bob Miller pisze:',
  'Wiadomość napisana przez Bob Miller <bob@example.org> w dniu 05.05.2020, o godz. 15:00:',
  'út 5. 5. 2020 v 15:00 odesílatel Bob Miller <bob@example.org> napsal:',
  'Dne 05. 05. 20 v 15:00 Bob Miller napsal(a):',
  'ut 5. 5. 2020 o 15:00 Bob Miller <bob@example.org> napísal(a):',
  'Bob Miller <bob@example.org> ezt írta (időpont: 2020. máj. 5., K, 15:00):',
  'mar., 5 mai 2020 la 15:00, Bob Miller <bob@example.org> a scris:',
  'uto, 5. svi 2020. u 15:00 Bob Miller <bob@example.org> napisao je:',
  'tor., 5. maj 2020 ob 15:00 je oseba Bob Miller <bob@example.org> napisala:',
  'вт, 5 мая 2020 г. в 15:00, Bob Miller <bob@example.org>:',
  '05.05.2020 15:00, Bob Miller пишет:',
  '5 мая 2020 г., в 15:00, Bob Miller <bob@example.org> написал(а):',
  'вт, 5 трав. 2020 р. о 15:00 Bob Miller <bob@example.org> пише:',
  'На вт, 5.05.2020 г. в 15:00 Bob Miller <bob@example.org> написа:',
  'Στις Τρί 5 Μαΐ 2020 στις 3:00 μ.μ., ο χρήστης Bob Miller <bob@example.org> έγραψε:',
  'Bob Miller <bob@example.org>, 5 May 2020 Sal, 15:00 tarihinde şunu yazdı:',
  'Vào Th 3, 5 thg 5, 2020 vào lúc 15:00 Bob Miller <bob@example.org> đã viết:',
  'Pada tanggal Sel, 5 Mei 2020 15.00, Bob Miller <bob@example.org> menulis:',
  'เมื่อ อ. 5 พ.ค. 2020 เวลา 15:00 Bob Miller <bob@example.org> เขียนว่า:',
  'Bob Miller <bob@example.org> 于2020年5月5日周二 下午3:00写道：',
  '在 2020年5月5日，下午3:00，Bob Miller <bob@example.org> 写道：',
  'Bob Miller <bob@example.org> 於 2020年5月5日 週二 下午3:00寫道：',
  '2020年5月5日(火) 15:00 Bob Miller <bob@example.org>:',
  '2020年5月5日 15:00、Bob Miller <bob@example.org>のメール:',
  '2020년 5월 5일 (화) 오후 3:00, Bob Miller <bob@example.org>님이 작성:',
  'בתאריך יום ג׳, 5 במאי 2020 ב-15:00 מאת Bob Miller <bob@example.org>:',
  'في الثلاثاء، ٥ مايو ٢٠٢٠ في ٣:٠٠ م تمت كتابة ما يلي بواسطة Bob Miller <bob@example.org>:',
  '2020-05-05 15:00 GMT+02:00 Bob Miller <bob@example.org>:',
  '3:00 PM, May 5, 2020, "Bob Miller" <bob@example.org>:',
];

const weak = ['Quoting Bob Miller <bob@example.org>:', 'El jueves, 21 de noviembre de 2013, bob escribió:'];

const bare = ['you wrote:', 'Bob Miller wrote:', 'Bob schrieb:'];

const none = [
  'On the other hand, it could happen twice!',
  'On your remote host you can run:',
  'As I wrote before, the printer is broken.',
  'As Bob wrote yesterday at 10:15, these things are broken:',
  'On 5 May 2020 I wrote to you',
  '15.01.2024 14:30',
  'These are the steps:',
  'It happened on 5 May 2020 at 15:00.',
  'My address is bob@example.org.',
  'Am Montag um 10:15 Uhr kam diese Meldung:',
  'Wiadomość napisana przez Boba nie ma załącznika.',
  'Bob <bob@example.org> sent:',
  'On Tuesday Bob <bob@example.org> sent:',
  'On 5 May 2020 at 15:00 I looked at what bob@example.org sent:',
  'Hi Bob,',
];

describe('attributionStrength', () => {
  it.each(strong)('knows %s', (line) => {
    expect(attributionStrength(line)).toBe('strong');
  });

  it.each(weak)('takes %s for one only before a quote', (line) => {
    expect(attributionStrength(line)).toBe('weak');
  });

  it.each(bare)("sees that %s may be the author's own line", (line) => {
    expect(attributionStrength(line)).toBe('bare');
  });

  it.each(none)('does not take %s for one that stands by itself', (line) => {
    expect(attributionStrength(line)).not.toBe('strong');
  });
});
