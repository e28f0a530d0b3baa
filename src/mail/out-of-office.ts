/**
 * How mail programs begin the subject of an absence notice or automatic answer. Each is a whole prefix, ended by a colon, a
 * dash, the end of the subject or a "Re:": "Out of office hours question" begins with the words of one and is none.
 */
const PREFIXES = [
  // English
  'auto(?:matic|mated)?[ -]?(?:reply|response|respons|answer)',
  'out[ -]of[ -](?:the[ -])?office(?: (?:auto[ -]?)?(?:reply|response|notification|message))?',
  'ooo|oof',
  'vacation (?:reply|response|message|notice|auto-?reply)',
  'away from (?:my |the )?(?:mail|e-?mail|office|desk)',
  // German, Dutch
  'automatische (?:antwort|abwesenheitsnotiz|reactie)|abwesenheits(?:notiz|meldung|benachrichtigung|assistent)|abwesenheit|abwesend',
  'automatisch (?:antwoord|bericht)|afwezig(?:heids?(?:bericht|melding|assistent)?)?|niet aanwezig',
  // French, Italian, Spanish, Catalan, Portuguese, Romanian
  'r[ée]ponse automatique|absen(?:ce|te?|t\\(e\\)) du bureau|message d.absence',
  'risposta automatica|fuori (?:sede|ufficio)',
  'respuesta autom[áa]tica|fuera de (?:la )?oficina|resposta autom[àáa]tica|aus[êe]ncia tempor[áa]ria|fora do escrit[óo]rio|r[ăa]spuns automat',
  // Swedish, Danish, Norwegian, Finnish, Estonian, Latvian, Lithuanian
  'auto(?:matisk[at]? |matiskt )?svar|fr[åa]nvaro(?:meddelande)?|frånvarande|frav[æe]r(?:sbesked|smelding)?|ikke til ?stede|ikke på kontoret',
  'automaattinen vastaus|poissa(?:olo)?(?:ilmoitus)?|automaatvastus|automaatne vastus|automātiskā atbilde|automatinis atsakymas',
  // Polish, Czech, Slovak, Hungarian, South Slavic
  'automatyczna odpowiedź|odpowiedź automatyczna|autoodpowiedź|poza biurem|nieobecność',
  'automatick[áa] odpov[eě]ď|mimo kancelář|automatikus válasz|automatski odgovor|аутоматски одговор|samodejni odgovor|avtomatski odgovor',
  // Russian, Ukrainian, Bulgarian, Greek, Turkish
  'автоматическ(?:ий|ое) (?:ответ|уведомление)|автоответ(?:чик)?|автоматична відповідь|автоматичен отговор|αυτόματη απάντηση|otomatik (?:yan[ıi]t|cevap)|ofis dışında',
  // Japanese, Chinese, Korean, Vietnamese, Indonesian, Arabic, Hebrew
  '自動(?:応答|返信)|不在(?:通知|応答|のお知らせ)|自动(?:答复|回复)|自動(?:回覆|答覆)|자동 ?(?:회신|응답)|부재중|trả lời tự động|ตอบกลับอัตโนมัติ|پاسخ خودکار|balasan otomatis|رد تلقائي|(?:מענה|תשובה) אוטומטית?',
];

/** As PREFIXES, but words that begin a person's subject too; they count before a "Re:" only. */
const BARE_WORDS = [
  'auto|away|(?:on )?vacation|(?:i am |i.m )?(?:out of the office|on (?:annual |maternity |parental |sick )?leave)|(?:annual|maternity|parental|sick) leave',
  'not in the office|(?:im )?urlaub|(?:en )?(?:vacances|cong[ée]s?)|(?:de )?vacaciones|(?:in )?ferie|assente|ausente|aus[êe]ncia|vakantie|semester',
  'urlop|dovolená|szabadság|házon kívül|отпуск|в отпуске|отсутствие|не в офисе|відпустка|不在|休暇|休假|外出|휴가|مرخصی',
];

const ANSWERED = '(?:re|aw|sv|vs|antw|odp|rv|ynt|回复|回覆|答复)\\s?[:：]';
const ABSENCE = new RegExp(
  `^[\\s"']*([\\[【(]?(?:${PREFIXES.join('|')})[\\]】)"']*)\\s*(?:[:：|\\-–—]|$|${ANSWERED})`,
  'iu',
);
/** A tag in brackets may be a shop's own, as "[Vacation]"; not so one that says that it answers by itself. */
const TAG =
  /^\s*([[【(](?:auto(?:matic|mated)?[ -]?(?:reply|respon[sd]e?r?|answer)|自動(?:応答|返信)|自动(?:答复|回复))[\]】)])/iu;
const BARE = new RegExp(`^\\s*((?:${BARE_WORDS.join('|')}))\\s*[:：|\\-–—]?\\s*${ANSWERED}`, 'iu');

/** The words of an absence notice at the start of a subject, or null. `Re:` before them makes it a person's mail. */
export function absenceIn(subject: string): string | null {
  return (ABSENCE.exec(subject) ?? TAG.exec(subject) ?? BARE.exec(subject))?.[1] ?? null;
}
