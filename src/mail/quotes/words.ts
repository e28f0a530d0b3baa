/**
 * The words by which mail programs introduce what they quote, by language: data only. A new language is a new row here,
 * its words apart by ` | `. Lower case, with straight apostrophes: so is a line before it is compared.
 */
function words(rows: Readonly<Record<string, string>>): string[] {
  return Object.values(rows).flatMap((row) => row.split(' | '));
}

/** The verb of a line like "On … Bob wrote:", wherever in the line the language puts it. */
export const WROTE: readonly string[] = words({
  en: 'wrote | writes | said | has written',
  de: 'schrieb | schreibt | geschrieben',
  fr: 'a écrit | écrit | a ecrit | écrivait',
  nl: 'schreef | geschreven | het volgende geschreven',
  it: 'ha scritto | scritto | scrisse | scrive',
  es: 'escribió | escribio | ha escrito | escribe',
  pt: 'escreveu | escreve',
  'ca gl eu': 'va escriure | ha escrit | escribiu | idatzi du',
  pl: 'napisał(a) | napisał | napisała | pisze | wiadomość napisana przez',
  'no da sv is': 'skrev | skrev følgende | skreiv | skrifaði',
  'fi et': 'kirjoitti | kirjoittaa | kirjutas',
  ru: 'написал(а) | написал | написала | пишет | писал | писала',
  'uk be': 'пише | написав | написав(ла) | напісаў',
  'bg mk sr': 'написа | напиша | написао | је написао | је написала',
  'cs sk': 'napsal(a) | napsal | napsala | napísal(a) | napísal | napísala | píše',
  'hr sl': 'napisao | napisao je | napisala | napisala je | napisao/la | napisal | napisal(a) | je napisal/-a | piše',
  hu: 'írta | ezt írta | a következőt írta',
  ro: 'a scris | scrie',
  tr: 'yazdı | şunu yazdı | şunları yazdı',
  el: 'έγραψε | έγραψεν',
  'vi id': 'đã viết | viết | menulis',
  'lt lv': 'rašė | parašė | rakstīja',
  'he ar fa': 'כתב | כתבה | כתב/ה | كتب | كتبت | نوشت',
  'th hi': 'เขียน | เขียนว่า | ने लिखा',
});

/** As WROTE, in writing without spaces between words. */
export const WROTE_UNSPACED: readonly string[] = words({
  zh: '写道 | 寫道 | 写到 | 已写入 | 撰寫 | 來信',
  ja: '書きました | のメール | は書きました',
  ko: '작성 | 님이 씀 | 님의 말 | 쓴 글',
});

/** First words of such a line, before weekday or date; needed to know where a line that was wrapped begins. */
export const OPENERS: ReadonlySet<string> = new Set(
  words({
    en: 'on | at | in',
    de: 'am | um',
    'fr nl': 'le | op',
    'it es ca': 'il | alle | el',
    pt: 'em | no | na | a',
    pl: 'dnia | w',
    'no da sv': 'den | på | kl',
    'cs sk hr sl': 'dne | dňa | dana | u | v',
    'ru bg uk': 'в | на | у',
    ro: 'în | la | pe',
    'el vi id tr': 'στις | την | vào | lúc | pada | tarihinde',
    'th zh': 'เมื่อ | ในวันที่ | 在 | 于 | 於',
    'he ar': 'ב- | בתאריך | في | بتاريخ',
  }),
);

export type HeaderRole = 'from' | 'to' | 'date' | 'subject' | 'other';

/** The names of the lines in the header block that Outlook and others put before the mail they quote. */
export const HEADER_NAMES: ReadonlyMap<string, HeaderRole> = namesByRole({
  from: {
    'en de nl': 'from | von | van',
    'fr es pt it ca': 'de | da | expéditeur | mittente | remitente',
    'sv da no is fi et': 'från | fra | frá | lähettäjä | saatja',
    'pl cs sk hr sl': 'od | nadawca | šalje',
    'hu ro tr el lt': 'feladó | de la | expeditor | expeditorul | kimden | gönderen | από | nuo',
    'ru uk bg': 'от | від | от кого | від кого | отправитель | відправник',
    'zh ja ko': '发件人 | 寄件者 | 寄件人 | 發件人 | 差出人 | 送信元 | 보낸 사람',
    'vi id th he ar': 'từ | dari | จาก | מאת | من',
  },
  to: {
    'en de nl': 'to | an | aan',
    'fr es pt it ca': 'à | a | para | pour | per | per a | destinataire | destinatario',
    'sv da no fi et': 'till | til | vastaanottaja | kenelle | saaja | adressaat',
    'pl cs sk hr sl': 'do | komu | za | prima | adresat | pre',
    'hu ro tr el lv': 'címzett | către | catre | destinatarul | kime | προς | kam',
    'ru uk bg': 'кому | за',
    'zh ja ko': '收件人 | 收件者 | 宛先 | 받는 사람 | 받는사람',
    'vi id th he ar': 'đến | tới | kepada | ถึง | אל | إلى',
  },
  date: {
    'en de nl': 'date | sent | sent at | datum | gesendet | gesendet am | verzonden',
    'fr ca': 'envoyé | envoyé le | enviat el',
    'es pt it': 'fecha | enviado | enviado el | enviada em | enviado em | enviada | data | inviato | data invio',
    'sv da no fi et': 'skickat | sendt | dato | lähetetty | päivämäärä | päiväys | saadetud | saatmisaeg',
    'pl cs sk sl sr': 'wysłano | wysłane | odesláno | odoslané | poslano | poslato',
    'hu ro el': 'küldve | elküldve | dátum | trimis | dată | ημερομηνία | στάλθηκε',
    tr: 'gönderildi | gönderilen | gönderilme | gönderme tarihi | gönderilme tarihi | tarih',
    'ru uk bg': 'отправлено | дата | дата отправки | надіслано | відправлено | изпратено',
    zh: '发送时间 | 发送日期 | 日期 | 傳送時間 | 寄件日期 | 时间',
    'ja ko': '日時 | 送信日時 | 送信済み | 보낸 날짜 | 날짜',
    'vi id th': 'ngày | đã gửi | tanggal | dikirim | ส่ง | วันที่',
    'he ar': 'נשלח | תאריך | تاريخ | تم الإرسال | تاريخ الإرسال',
  },
  subject: {
    'en de nl': 'subject | betreff | onderwerp',
    'fr es pt it ca': 'objet | sujet | asunto | assunto | oggetto | assumpte',
    'sv da no is fi et': 'ämne | emne | efni | aihe | teema',
    'pl cs sk hr sl': 'temat | předmět | predmet | zadeva | naslov | tema',
    'hu ro tr el': 'tárgy | subiect | subiectul | konu | θέμα',
    'ru uk bg': 'тема | относно',
    'zh ja ko': '主题 | 主旨 | 主題 | 件名 | 제목',
    'vi id th he ar': 'chủ đề | perihal | subjek | เรื่อง | หัวเรื่อง | נושא | الموضوع',
  },
  other: {
    copies:
      'cc | bcc | cci | ccn | kopie | kopie (cc) | kopie an | copie à | copie | copia | kopia | kopi | kopio | dw | másolatot kap | másolat | kópia | bilgi',
    'copies, not Latin': 'копия | копія | 抄送 | 副本 | 참조',
    answers:
      'reply-to | reply to | antwort an | répondre à | rép. à | responder a | rispondi a | antwoord aan | svara till',
    rank: 'importance | priority | priorität | wichtigkeit',
    files: 'attachments | anlagen | anhänge | pièces jointes',
    technical: 'organization | organisation | sender | message-id',
  },
});

function namesByRole(roles: Readonly<Record<HeaderRole, Readonly<Record<string, string>>>>): Map<string, HeaderRole> {
  const names = new Map<string, HeaderRole>();
  for (const role of ['from', 'to', 'date', 'subject', 'other'] as const) {
    for (const name of words(roles[role])) names.set(name, role);
  }
  return names;
}

/** What stands between dashes, as in "-----Original Message-----", or alone with a colon, as in "Begin forwarded message:". */
export const DELIMITERS: ReadonlySet<string> = new Set(
  words({
    en: 'original message | original email | original mail | reply message | replied message',
    'en, forwards': 'forwarded message | forwarded mail | forwarded by | begin forwarded message',
    de: 'ursprüngliche nachricht | ursprüngliche mail | originalnachricht | original-nachricht | antwort nachricht',
    'de, forwards': 'weitergeleitete nachricht | weitergeleitete mail | anfang der weitergeleiteten nachricht',
    fr: "message d'origine | message original | message initial | courriel original | message transféré",
    'fr, forwards': 'message réexpédié | début du message réexpédié | début du message transféré',
    es: 'mensaje original | mensaje reenviado | inicio del mensaje reenviado',
    ca: 'missatge original | missatge reenviat',
    pt: 'mensagem original | mensagem encaminhada | mensagem reencaminhada',
    'pt, forwards': 'início da mensagem reenviada | início da mensagem encaminhada',
    it: 'messaggio originale | messaggio inoltrato | inizio messaggio inoltrato | inizio del messaggio inoltrato',
    nl: 'oorspronkelijk bericht | oorspronkelijke bericht | origineel bericht',
    'nl, forwards': 'doorgestuurd bericht | begin doorgestuurd bericht',
    sv: 'ursprungligt meddelande | originalmeddelande | vidarebefordrat meddelande | vidarebefordrat brev | vidarebefordrat mejl',
    da: 'oprindelig meddelelse | oprindelig besked | original besked | original meddelelse',
    'da, forwards': 'videresendt meddelelse | videresendt besked | start på videresendt besked',
    no: 'opprinnelig melding | original melding | videresendt melding',
    fi: 'alkuperäinen viesti | välitetty viesti | edelleenlähetetty viesti | välitetty viesti / fwd.msg',
    'fi, forwards': 'välitetty viesti alkaa',
    pl: 'wiadomość oryginalna | oryginalna wiadomość | treść oryginalnej wiadomości',
    'pl, forwards': 'wiadomość przekazana | przekazana wiadomość | początek przekazywanej wiadomości',
    'cs sk': 'původní zpráva | původní e-mail | přeposlaná zpráva | pôvodná správa | preposlaná správa',
    'cs sk, forwards':
      'začátek přeposílané zprávy | začiatok preposlanej správy | preposlaná správa --- forwarded message',
    'hr sl':
      'izvorna poruka | originalna poruka | proslijeđena poruka | izvirno sporočilo | posredovano sporočilo | započni proslijeđenu poruku',
    'hu ro': 'eredeti üzenet | továbbított üzenet | mesaj original | mesajul original | mesaj redirecționat',
    'hu ro, forwards': 'továbbított levél kezdete | începe mesajul redirecționat',
    ru: 'исходное сообщение | оригинальное сообщение | пересылаемое сообщение | пересланное сообщение',
    'ru uk, forwards': 'начало переадресованного сообщения | початок листа, що пересилається',
    'uk bg':
      'оригінальне повідомлення | вихідне повідомлення | переслане повідомлення | оригинално съобщение | препратено съобщение',
    'tr el':
      'özgün mesaj | orijinal mesaj | özgün ileti | iletilen mesaj | ileti başlangıcı | yönlendirilmiş ileti | αρχικό μήνυμα | προωθημένο μήνυμα',
    zh: '原始邮件 | 原始郵件 | 原始信件 | 转发的邮件 | 转发邮件 | 轉寄的郵件 | 轉寄郵件 | 回复的原邮件',
    'ja ko': '元のメッセージ | 転送メッセージ | 転送されたメッセージ | 원본 메시지 | 원본 메일 | 전달된 메시지',
    'vi id th': 'tin nhắn gốc | thư gốc | pesan asli | ข้อความเดิม | ข้อความต้นฉบับ',
    'he ar': 'הודעה מקורית | הודעה שהועברה | الرسالة الأصلية | رسالة معاد توجيهها',
  }),
);

/** As DELIMITERS, but between dashes only: with a colon alone they are as well what authors write over a text that they show. */
export const DASHED_DELIMITERS: ReadonlySet<string> = new Set(
  words({
    'fr pl': 'message transmis | treść przekazanej wiadomości',
    'ru uk': 'перенаправленное сообщение | перенаправлене повідомлення',
    tr: 'iletilen ileti | iletilmiş mesaj',
    'zh ja ko': '邮件原件 | メッセージを転送 | 원본 이메일',
  }),
);

/**
 * How a line begins that a phone or program adds: "Sent from my iPhone". What follows must be short, so that a sentence
 * that begins alike ("Sent from my desk, is much easier than my mobile phone.") stays.
 */
export const DEVICE_OPENERS: readonly string[] = words({
  en: 'sent from my | sent from | sent via | sent with | sent using | sent by | sent on the go',
  'en, programs': 'get outlook for | get the outlook app | download outlook for | get bluemail for',
  de: 'von yahoo mail auf | gesendet von | gesendet mit | gesendet über | gesendet aus | gesendet via | diese nachricht wurde von | diese e-mail wurde von',
  'de, Outlook': 'outlook für | holen sie sich outlook | laden sie outlook',
  fr: "envoyé de | envoyé depuis | envoyé à partir | envoyé avec | envoyé d'un | envoyé via | provenance :",
  'fr, Outlook': 'obtenez outlook | télécharger outlook',
  'es ca': 'enviado desde | enviado con | enviat des | obtener outlook | obtenga outlook | descargar outlook',
  pt: 'enviado de | enviado a partir | enviado do | enviado por | enviado via | enviado pelo | obter o outlook | obtenha o outlook',
  it: 'inviato da | inviato dal | inviato con | inviato tramite | scarica outlook | ottieni outlook',
  nl: 'verzonden vanaf | verzonden met | verzonden via | verstuurd vanaf | verstuurd met | verstuurd via | outlook voor | download outlook voor',
  'sv da no':
    'skickat från | skickades från | sendt fra | sendt via | sendt med | hämta outlook | hent outlook | få outlook',
  fi: 'lähetetty | hanki outlook',
  pl: 'wysłano z | wysłane z | pobierz aplikację outlook',
  'cs sk hu': 'odesláno z | odoslané z | elküldve | az iphone-omról',
  'hr sl ro': 'poslano s | poslano z | trimis de pe | trimis din',
  'ru uk bg': 'отправлено с | отправлено из | отправлено через | надіслано з | изпратено от',
  'el tr': "στάλθηκε από | gönderildi | iphone'umdan gönderildi",
  'vi id th': 'được gửi từ | đã gửi từ | gửi từ | dikirim dari | ส่งจาก',
  zh: '发自我的 | 从我的 | 從我的 | 傳送自 | 来自我的 | 发自 | 寄自',
  'ja ko': 'iphoneから送信 | 私のiphoneから | 나의 | 내 iphone | iphone에서 보냄',
  'he ar': 'נשלח מ | أرسلت من | أرسل من | تم الإرسال من',
});

/** Such lines as a whole, without spaces: "使用Outlook无法发送" begins and ends alike, and is a customer's sentence. */
export const DEVICE_LINES: ReadonlySet<string> = new Set(words({ zh: '使用zohomail发送', ko: '네이버메일앱에서보냄' }));

/** As DEVICE_OPENERS, but so common in sentences that only a device and one word more may follow. */
export const DEVICE_SHORT_OPENERS: readonly string[] = words({
  'en de': 'from my | von meinem/meiner | von meinem | vom | von unterwegs',
  'fr es it nl no sv': 'de mon | depuis mon | desde mi | dal mio | vanaf mijn | fra min | från min',
});

/** Before a device's name at a line's end: "Bob from mobile". */
export const DEVICE_JOINTS: ReadonlySet<string> = new Set(['from', 'via', 'per', 'vom', 'von']);

/** What a phone or program is called; "Sent from X" and "X from mobile" count as its line where X is one of these. */
export const DEVICES: ReadonlySet<string> = new Set(
  words({
    makers:
      'iphone | ipad | ipod | blackberry | galaxy | nokia | htc | xperia | pixel | xiaomi | oneplus | motorola | lumia | alcatel',
    'en, kinds':
      'phone | mobile | smartphone | cell | cellphone | tablet | handheld | watch | smartwatch | mailbox | mail',
    'other kinds':
      'mobil | mobilgerät | mobiltelefon | handy | mobiele | móvil | téléphone | portable | telefono | cellulare | celular | telefon',
    systems: 'windows | ios | mac | macbook | pc | surface',
    programs:
      'airmail | gmail | gmx | web.de | hotmail | aol | thunderbird | mailspring | superhuman | spark | proton | protonmail',
    'more programs': 'acompli | zimbra | k-9 | tutanota | edison | missive | front | mail.ru',
  }),
);

/** As DEVICES, wherever they stand in a word, since many languages inflect them: "iPhonesta", "iPhoneから送信". */
export const DEVICE_BRANDS: readonly string[] = [
  'iphon',
  'ipad',
  'android',
  'blackberry',
  'samsung',
  'outlook',
  'yahoo',
  'huawei',
  'яндекс почт',
  'onet poczt',
];

/** Where the link of a mail program's own line leads, by which it is known in any language: "Získat Outlook pro iOS". */
export const DEVICE_LINK =
  /https?:\/\/(?:aka\.ms|go\.microsoft\.com|(?:[\w-]+\.)?onelink\.me|bluemail\.me|(?:www\.)?getmailspring\.com|sprh\.mn)\//i;

/** Begins what may stand after or under "Sent from my …". */
export const DEVICE_TAILS: readonly string[] = words({
  en: 'please excuse | please forgive | pardon | excuse | apologies for | sorry for | get the app',
  de: 'bitte entschuldigen | tippfehler',
  'fr es pt it': 'veuillez excuser | disculpe | desculpe | scusate',
});

/**
 * What authors write who answer within the mail they quote, where nothing but a colour tells their words from ours. Each is an
 * expression, in lower case.
 */
export const ANSWERS_WITHIN: readonly string[] = words({
  en: '(?:answers?|comments?|repl(?:y|ies)|responses?|answered|commented|replied|responded)\\b.{0,40}\\b(?:below|in-?line|in (?:red|blue|green|bold|capitals)|with?in (?:your|the) (?:e-?mail|mail|text))',
  'en, short':
    '(?:see|find|please see|kindly see) (?:in-?line|(?:below )?in (?:red|blue|green|bold)|my (?:answers|comments|replies))|^in-?line[.:]?$|in-?line (?:answers|comments|replies)',
  de: '(?:antwort(?:en)?|kommentare?|anmerkung(?:en)?|geantwortet|ergänzt)(?![a-zäöüß]).{0,40}(?<![a-zäöüß])(?:unten|im text|in rot|in blau|in grün|rot markiert|inline|in ihrer (?:mail|e-mail))',
  'de, short': '(?:siehe|s\\.) ?(?:unten|u\\.) (?:in )?(?:rot|blau|grün)|siehe (?:im text|inline)',
  fr: '(?:réponses?|commentaires?|remarques?).{0,40}(?:ci-dessous|en (?:rouge|bleu|vert)|dans le (?:texte|corps))',
  'es pt':
    '(?:respuestas?|comentarios?|respondo|respostas?|comentários?).{0,40}(?:abajo|en (?:rojo|azul|verde)|en el texto|abaixo|em (?:vermelho|azul)|no texto)',
  'it nl':
    '(?:risposte?|commenti).{0,40}(?:sotto|in rosso|in blu|nel testo)|(?:antwoord(?:en)?|opmerkingen).{0,40}(?:hieronder|in (?:het )?rood|in de tekst)',
  'sv da no pl':
    '(?:svar|kommentarer).{0,40}(?:nedan|nedenfor|i rött|med rødt|i teksten)|(?:odpowiedzi|uwagi).{0,40}(?:poniżej|na czerwono|w tekście)',
});
