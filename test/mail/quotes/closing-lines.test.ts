import { describe, expect, it } from 'vitest';
import { isDelimiter, isDeviceLine, opensLikeADeviceLine } from '../../../src/mail/quotes/closing-lines.js';

describe('isDelimiter', () => {
  it.each([
    'Začátek přeposílané zprávy:',
    'Välitetty viesti alkaa:',
    '-------- Välitetty viesti / Fwd.Msg --------',
    'Započni proslijeđenu poruku:',
    'Továbbított levél kezdete:',
    'Początek przekazywanej wiadomości:',
    '--- Treść przekazanej wiadomości ---',
    'Începe mesajul redirecționat:',
    'Начало переадресованного сообщения:',
    '-------- Перенаправленное сообщение --------',
    'Začiatok preposlanej správy:',
    '-------- Preposlaná správa --- Forwarded Message --------',
    'Vidarebefordrat mejl:',
    'İleti başlangıcı:',
    '-------- İletilen İleti --------',
    '----- İletilmiş Mesaj -----',
    'Початок листа, що пересилається:',
    '----- Перенаправлене повідомлення -----',
    '----- Message transmis -----',
    '-----邮件原件-----',
    '---------- メッセージを転送 ---------',
    '-------- 원본 이메일 --------',
  ])('knows %s', (line) => {
    expect(isDelimiter(line)).toBe(true);
  });

  it.each(['Message transmis', 'İleti', '--- Message ---', 'Mesaj:'])('takes %s for words', (line) => {
    expect(isDelimiter(line)).toBe(false);
  });
});

describe('isDeviceLine', () => {
  it.each([
    'Sent from my iPhone',
    'Gesendet mit der GMX Mail App',
    'أرسلت من الـ iPhone',
    'أُرسلت من الـ iPhone',
    'أُرسل من iPhone الخاص بي',
    'iPhone’umdan gönderildi',
    'iPhone‘umdan gönderildi',
    'Отправлено из мобильной Почты Mail.ru',
    'Отправлено из мобильного приложения Яндекс Почты',
    'Wysłano z aplikacji mobilnej Onet Poczta',
    '使用Zoho Mail发送',
    '使用Zoho Mail [https://www.zoho.com.cn/mail/]发送',
    '네이버 메일 앱에서 보냄',
  ])('knows %s', (line) => {
    expect(isDeviceLine(line)).toBe(true);
  });

  it.each([
    'Отправлено через Яндекс Доставку',
    'Отправлено с адреса ivan@mail.ru',
    'Wysłano z magazynu w Warszawie',
    '使用Outlook无法发送',
    '我不能使用Zoho Mail发送',
    '네이버 메일 앱에서 보냄 버튼이 없어요',
    'أرسلت من الفرع ثلاث رسائل',
  ])('takes %s for words', (line) => {
    expect(isDeviceLine(line)).toBe(false);
  });
});

describe('opensLikeADeviceLine', () => {
  it.each(['Sent from iPhone', 'Gesendet mit iPhone', 'Von meinem iPhone gesendet'])('knows %s', (line) => {
    expect(opensLikeADeviceLine(line)).toBe(true);
  });

  it.each(['Sorry for the late reply.', 'Hello from mobile', 'Outlook für Mac'])(
    'takes %s for words, which at the end of a mail it is not',
    (line) => {
      expect(isDeviceLine(line)).toBe(true);
      expect(opensLikeADeviceLine(line)).toBe(false);
    },
  );
});
