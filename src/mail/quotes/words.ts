/**
 * The words by which mail programs introduce what they quote, by language: data only. A new language is a new row here.
 * Lower case; a line is brought to lower case, with plain spaces and without direction marks, before it is compared.
 */

/** The verb of a line like "On … Bob wrote:", wherever in the line the language puts it. */
export const WROTE: readonly string[] = [
  ...['wrote', 'writes', 'said', 'has written'], // en
  ...['schrieb', 'schreibt', 'geschrieben'], // de
  ...['a écrit', 'écrit', 'a ecrit', 'écrivait'], // fr
  ...['schreef', 'geschreven', 'het volgende geschreven'], // nl
  ...['ha scritto', 'scritto', 'scrisse', 'scrive'], // it
  ...['escribió', 'escribio', 'ha escrito', 'escribe'], // es
  ...['escreveu', 'escreve'], // pt
  ...['va escriure', 'ha escrit', 'escribiu', 'idatzi du'], // ca, gl, eu
  ...['napisał(a)', 'napisał', 'napisała', 'pisze'], // pl
  ...['skrev', 'skrev følgende', 'skreiv', 'skrifaði'], // no, da, sv, is
  ...['kirjoitti', 'kirjutas', 'kirjoittaa'], // fi, et
  ...['написал(а)', 'написал', 'написала', 'пишет', 'писал', 'писала'], // ru
  ...['пише', 'написав', 'написав(ла)', 'написала', 'напісаў'], // uk, be
  ...['написа', 'напиша', 'написао', 'је написао', 'је написала'], // bg, mk, sr
  ...['napsal(a)', 'napsal', 'napsala', 'napísal(a)', 'napísal', 'napísala', 'píše'], // cs, sk
  ...['napisao', 'napisala', 'napisao/la', 'napisal', 'napisal(a)', 'je napisal/-a', 'piše'], // hr, sr, sl
  ...['írta', 'ezt írta', 'a következőt írta'], // hu
  ...['a scris', 'scrie'], // ro
  ...['yazdı', 'şunu yazdı', 'şunları yazdı'], // tr
  ...['έγραψε', 'έγραψεν'], // el
  ...['đã viết', 'viết'], // vi
  ...['menulis'], // id, ms
  ...['rašė', 'parašė', 'rakstīja'], // lt, lv
  ...['כתב', 'כתבה', 'כתב/ה', 'مكتب', 'كتب', 'كتبت', 'نوشت'], // he, ar, fa
  ...['เขียน', 'เขียนว่า', 'ने लिखा'], // th, hi
];

/** As WROTE, in writing without spaces between words. */
export const WROTE_UNSPACED: readonly string[] = [
  ...['写道', '寫道', '写到', '已写入', '撰寫', '來信'], // zh
  ...['書きました', 'のメール', 'は書きました'], // ja
  ...['작성', '님이 씀', '님의 말'], // ko
];

/** First words of such a line, before weekday or date; needed to know where a line that was wrapped begins. */
export const OPENERS: ReadonlySet<string> = new Set([
  ...['on', 'at', 'in'], // en
  ...['am', 'um'], // de
  ...['le'], // fr
  ...['op'], // nl
  ...['il', 'in', 'alle'], // it
  ...['el'], // es, ca
  ...['em', 'no', 'na', 'a'], // pt
  ...['dnia', 'w'], // pl
  ...['den', 'på', 'kl'], // no, da, sv
  ...['dne', 'dňa', 'dana', 'u', 'v', 'в', 'на', 'у'], // cs, sk, hr, sl, ru, bg, uk
  ...['în', 'la', 'pe'], // ro
  ...['στις', 'την', 'vào', 'lúc', 'pada', 'tarihinde', 'เมื่อ', 'ในวันที่', '在', '于', '於'], // el, vi, id, tr, zh
  ...['ב-', 'في', 'בתאריך', 'بتاريخ'], // he, ar
]);

export type HeaderRole = 'from' | 'to' | 'date' | 'subject' | 'other';

/** The names of the lines in the header block that Outlook and others put before the mail they quote. */
export const HEADER_NAMES: ReadonlyMap<string, HeaderRole> = new Map(
  Object.entries({
    from: [
      ...['from', 'von', 'de', 'da', 'van', 'från', 'fra', 'lähettäjä', 'od', 'kimden', 'от', 'від', 'от кого'],
      ...['expéditeur', 'mittente', 'remitente', 'afzender', 'feladó', 'de la', 'expeditor', 'από', 'saatja', 'nuo'],
      ...['发件人', '寄件者', '寄件人', '發件人', '差出人', '送信元', '보낸 사람', 'từ', 'dari', 'מאת', 'من', 'frá'],
    ],
    to: [
      ...['to', 'an', 'à', 'a', 'aan', 'para', 'till', 'til', 'do', 'komu', 'kime', 'кому', 'pour', 'vastaanottaja'],
      ...[
        'destinataire',
        'destinatario',
        'per',
        'címzett',
        'către',
        'catre',
        'за',
        'za',
        'prima',
        'προς',
        'do:',
        'kam',
      ],
      ...['收件人', '收件者', '宛先', '받는 사람', '받는사람', 'đến', 'tới', 'kepada', 'אל', 'إلى', 'kenelle', 'saaja'],
    ],
    date: [
      ...['date', 'sent', 'datum', 'gesendet', 'gesendet am', 'envoyé', 'envoyé le', 'fecha', 'enviado', 'enviado el'],
      ...[
        'enviada em',
        'enviado em',
        'enviada',
        'data',
        'inviato',
        'data invio',
        'verzonden',
        'skickat',
        'sendt',
        'dato',
      ],
      ...['lähetetty', 'päivämäärä', 'wysłano', 'odesláno', 'odoslané', 'odoslané', 'poslano', 'küldve', 'dátum'],
      ...[
        'trimis',
        'gönderildi',
        'tarih',
        'отправлено',
        'дата',
        'дата отправки',
        'надіслано',
        'изпратено',
        'ημερομηνία',
      ],
      ...['发送时间', '发送日期', '日期', '傳送時間', '寄件日期', '时间', '日時', '送信日時', '送信済み', '보낸 날짜'],
      ...[
        '날짜',
        'ngày',
        'đã gửi',
        'tanggal',
        'dikirim',
        'נשלח',
        'תאריך',
        'تاريخ',
        'تم الإرسال',
        'sent at',
        'saadetud',
      ],
    ],
    subject: [
      ...['subject', 'betreff', 'objet', 'sujet', 'onderwerp', 'oggetto', 'asunto', 'assunto', 'ämne', 'emne', 'aihe'],
      ...['temat', 'předmět', 'predmet', 'zadeva', 'konu', 'тема', 'относно', 'tárgy', 'subiect', 'assumpte', 'efni'],
      ...[
        '主题',
        '主旨',
        '主題',
        '件名',
        '제목',
        'chủ đề',
        'perihal',
        'subjek',
        'θέμα',
        'נושא',
        'الموضوع',
        'teema',
        'tema',
      ],
    ],
    other: [
      ...['cc', 'bcc', 'cci', 'kopie', 'kopie an', 'copie à', 'copie', 'copia', 'kopia', 'kopi', 'kopio', 'dw', 'ccn'],
      ...[
        'reply-to',
        'reply to',
        'antwort an',
        'répondre à',
        'responder a',
        'rispondi a',
        'antwoord aan',
        'svara till',
      ],
      ...['importance', 'priority', 'priorität', 'wichtigkeit', 'attachments', 'anlagen', 'anhänge', 'pièces jointes'],
      ...[
        'organization',
        'organisation',
        'sender',
        'message-id',
        'копия',
        'копія',
        '抄送',
        '副本',
        '참조',
        'másolatot kap',
      ],
    ],
  } satisfies Record<HeaderRole, readonly string[]>).flatMap(([role, names]) =>
    names.map((name): [string, HeaderRole] => [name, role as HeaderRole]),
  ),
);

/** What stands between dashes, as in "-----Original Message-----", or alone with a colon, as in "Begin forwarded message:". */
export const DELIMITERS: ReadonlySet<string> = new Set([
  ...[
    'original message',
    'original email',
    'original mail',
    'forwarded message',
    'forwarded by',
    'begin forwarded message',
    'reply message',
    'forwarded mail',
  ],
  ...[
    'ursprüngliche nachricht',
    'originalnachricht',
    'original-nachricht',
    'antwort nachricht',
    'weitergeleitete nachricht',
    'weitergeleitete mail',
    'anfang der weitergeleiteten nachricht',
    'ursprüngliche mail',
  ],
  ...[
    "message d'origine",
    'message original',
    'message initial',
    'message transféré',
    'message réexpédié',
    'début du message réexpédié',
    'début du message transféré',
    'courriel original',
  ],
  ...[
    'mensaje original',
    'mensaje reenviado',
    'inicio del mensaje reenviado',
    'missatge original',
    'missatge reenviat',
  ],
  ...[
    'mensagem original',
    'mensagem encaminhada',
    'mensagem reencaminhada',
    'início da mensagem reenviada',
    'início da mensagem encaminhada',
  ],
  ...['messaggio originale', 'messaggio inoltrato', 'inizio messaggio inoltrato', 'inizio del messaggio inoltrato'],
  ...[
    'oorspronkelijk bericht',
    'oorspronkelijke bericht',
    'origineel bericht',
    'doorgestuurd bericht',
    'begin doorgestuurd bericht',
  ],
  ...['ursprungligt meddelande', 'originalmeddelande', 'vidarebefordrat meddelande', 'vidarebefordrat brev'],
  ...[
    'oprindelig meddelelse',
    'oprindelig besked',
    'original besked',
    'original meddelelse',
    'videresendt meddelelse',
    'videresendt besked',
    'start på videresendt besked',
  ],
  ...[
    'opprinnelig melding',
    'original melding',
    'videresendt melding',
    'alkuperäinen viesti',
    'välitetty viesti',
    'edelleenlähetetty viesti',
  ],
  ...[
    'wiadomość oryginalna',
    'oryginalna wiadomość',
    'wiadomość przekazana',
    'przekazana wiadomość',
    'treść oryginalnej wiadomości',
  ],
  ...[
    'původní zpráva',
    'původní e-mail',
    'přeposlaná zpráva',
    'pôvodná správa',
    'preposlaná správa',
    'eredeti üzenet',
    'továbbított üzenet',
  ],
  ...[
    'izvorna poruka',
    'originalna poruka',
    'proslijeđena poruka',
    'izvirno sporočilo',
    'posredovano sporočilo',
    'mesaj original',
    'mesajul original',
    'mesaj redirecționat',
  ],
  ...[
    'исходное сообщение',
    'пересылаемое сообщение',
    'пересланное сообщение',
    'оригинальное сообщение',
    'переадресованное сообщение',
    'оригінальне повідомлення',
    'вихідне повідомлення',
    'переслане повідомлення',
    'оригинално съобщение',
    'препратено съобщение',
  ],
  ...[
    'özgün mesaj',
    'orijinal mesaj',
    'özgün ileti',
    'iletilen mesaj',
    'yönlendirilmiş ileti',
    'αρχικό μήνυμα',
    'προωθημένο μήνυμα',
  ],
  ...[
    '原始邮件',
    '原始郵件',
    '原始信件',
    '转发的邮件',
    '转发邮件',
    '轉寄的郵件',
    '轉寄郵件',
    '回复的原邮件',
    '元のメッセージ',
    '転送メッセージ',
    '転送されたメッセージ',
    '원본 메시지',
    '원본 메일',
    '전달된 메시지',
    'tin nhắn gốc',
    'thư gốc',
    'pesan asli',
    'הודעה מקורית',
    'הודעה שהועברה',
    'الرسالة الأصلية',
    'رسالة معاد توجيهها',
  ],
]);

/**
 * How a line begins that a phone or program adds: "Sent from my iPhone". What follows must be short, so that a sentence
 * that begins alike ("Sent from my desk, is much easier than my mobile phone.") stays.
 */
export const DEVICE_OPENERS: readonly string[] = [
  ...[
    'sent from my',
    'sent via',
    'sent with',
    'sent using',
    'sent by',
    'sent from',
    'get outlook for',
    'get the outlook app',
    'download outlook for',
    'sent on the go',
  ], // en
  ...[
    'gesendet von',
    'gesendet mit',
    'gesendet über',
    'gesendet aus',
    'gesendet via',
    'diese nachricht wurde von',
    'diese e-mail wurde von',
    'outlook für',
    'holen sie sich outlook',
    'laden sie outlook',
  ], // de
  ...[
    'envoyé de',
    'envoyé depuis',
    'envoyé à partir',
    'envoyé avec',
    "envoyé d'un",
    'envoyé via',
    'obtenez outlook',
    'télécharger outlook',
    'provenance :',
  ], // fr
  ...[
    'enviado desde',
    'enviado de',
    'enviado a partir',
    'enviado do',
    'enviado por',
    'enviado via',
    'enviado con',
    'enviado pelo',
    'enviat des',
    'obtener outlook',
    'obtenga outlook',
    'descargar outlook',
    'obter o outlook',
    'obtenha o outlook',
  ], // es, pt, ca
  ...['inviato da', 'inviato dal', 'inviato con', 'inviato tramite', 'scarica outlook', 'ottieni outlook'], // it
  ...[
    'verzonden vanaf',
    'verzonden met',
    'verzonden via',
    'verstuurd vanaf',
    'verstuurd met',
    'verstuurd via',
    'outlook voor',
    'download outlook voor',
  ], // nl
  ...[
    'skickat från',
    'skickades från',
    'sendt fra',
    'sendt via',
    'sendt med',
    'hämta outlook',
    'hent outlook',
    'få outlook',
  ], // sv, da, no
  ...['lähetetty', 'hanki outlook'], // fi
  ...[
    'wysłano z',
    'wysłane z',
    'odesláno z',
    'odoslané z',
    'elküldve',
    'poslano s',
    'poslano z',
    'trimis de pe',
    'trimis din',
    'pobierz aplikację outlook',
  ], // pl, cs, sk, hu, hr, sl, ro
  ...['отправлено с', 'отправлено из', 'отправлено через', 'надіслано з', 'изпратено от'], // ru, uk, bg
  ...[
    'στάλθηκε από',
    'gönderildi',
    'iphone’umdan gönderildi',
    "iphone'umdan gönderildi",
    'dikirim dari',
    'được gửi từ',
    'đã gửi từ',
    'gửi từ',
  ], // el, tr, id, vi
  ...[
    '发自我的',
    '從我的',
    '从我的',
    '傳送自',
    '来自我的',
    '发自',
    '寄自',
    'iphoneから送信',
    '私のiphoneから',
    'nire',
    '나의',
    '내 iphone',
    'iphone에서 보냄',
    'נשלח מ',
    'أرسلت من',
    'تم الإرسال من',
  ], // zh, ja, ko, he, ar
];

/** As DEVICE_OPENERS, but so common in sentences that only a device and one word more may follow. */
export const DEVICE_SHORT_OPENERS: readonly string[] = [
  ...[
    'from my',
    'von meinem',
    'vom',
    'von unterwegs',
    'de mon',
    'depuis mon',
    'desde mi',
    'dal mio',
    'vanaf mijn',
    'fra min',
    'från min',
  ],
];

/** Before a device's name at a line's end: "Bob from mobile". */
export const DEVICE_JOINTS: ReadonlySet<string> = new Set(['from', 'via', 'per', 'vom', 'von']);

/** What a phone or program is called; "Sent from X" and "X from mobile" count as its line where X is one of these. */
export const DEVICES: ReadonlySet<string> = new Set([
  ...[
    'iphone',
    'ipad',
    'ipod',
    'android',
    'blackberry',
    'samsung',
    'galaxy',
    'huawei',
    'nokia',
    'htc',
    'xperia',
    'pixel',
    'xiaomi',
    'oneplus',
    'motorola',
    'lumia',
    'alcatel',
    'ti-85',
  ],
  ...[
    'phone',
    'mobile',
    'mobil',
    'mobilgerät',
    'mobiltelefon',
    'mobiele',
    'móvil',
    'téléphone',
    'portable',
    'telefono',
    'cellulare',
    'celular',
    'telefon',
    'smartphone',
    'handy',
    'cell',
    'tablet',
    'cellphone',
    'handheld',
    'smartwatch',
    'watch',
  ],
  ...[
    'mailbox',
    'outlook',
    'airmail',
    'yahoo',
    'gmail',
    'gmx',
    'web.de',
    'hotmail',
    'aol',
    'thunderbird',
    'mail',
    'mailspring',
    'superhuman',
    'spark',
    'proton',
    'protonmail',
    'acompli',
    'zimbra',
    'k-9',
    'tutanota',
    'edison',
    'missive',
    'front',
    'windows',
    'ios',
    'mac',
    'macbook',
    'pc',
    'surface',
    'ipone',
    'mobiilista',
    'puhelimesta',
  ],
]);

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
];

/** Begins what may stand after or under "Sent from my …". */
export const DEVICE_TAILS: readonly string[] = [
  ...['please excuse', 'please forgive', 'pardon', 'excuse', 'apologies for', 'sorry for', 'get the app'],
  ...['bitte entschuldigen', 'tippfehler', 'veuillez excuser', 'disculpe', 'desculpe', 'scusate'],
];
