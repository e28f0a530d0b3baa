/**
 * How mail programs begin the subject of an absence notice or automatic answer. Each is a whole prefix, ended by a colon, a
 * dash or the end of the subject: "Out of office hours question" begins with the words of one and is none.
 */
const PREFIXES = [
  // English
  'auto(?:matic|mated)?[ -]?(?:reply|response|respons|answer)',
  'out[ -]of[ -](?:the[ -])?office(?: (?:auto[ -]?)?(?:reply|response|notification|message))?',
  'ooo|oof',
  '(?:on )?vacation(?: (?:reply|response|message|notice|auto-?reply))?',
  'away from (?:my |the )?(?:mail|e-?mail|office|desk)',
  // German, Dutch
  'automatische (?:antwort|abwesenheitsnotiz|reactie)|abwesenheits(?:notiz|meldung|benachrichtigung|assistent)|abwesenheit|abwesend',
  'automatisch (?:antwoord|bericht)|afwezig(?:heids?(?:bericht|melding|assistent)?)?|niet aanwezig',
  // French, Italian, Spanish, Catalan, Portuguese, Romanian
  'r[ée]ponse automatique|absen(?:ce|te?|t\\(e\\)) du bureau|message d.absence',
  'risposta automatica|fuori (?:sede|ufficio)',
  'respuesta autom[áa]tica|fuera de (?:la )?oficina|resposta autom[àáa]tica|aus[êe]ncia tempor[áa]ria|fora do escrit[óo]rio|r[ăa]spuns automat',
  // Swedish, Danish, Norwegian, Finnish, Estonian, Latvian, Lithuanian
  'auto(?:matisk[at]? |matiskt )?svar|fr[åa]nvaro(?:meddelande)?|frav[æe]r(?:sbesked|smelding)?|ikke til ?stede|ikke på kontoret',
  'automaattinen vastaus|poissa(?:olo)?(?:ilmoitus)?|automaatvastus|automātiskā atbilde|automatinis atsakymas',
  // Polish, Czech, Slovak, Hungarian, South Slavic
  'automatyczna odpowiedź|odpowiedź automatyczna|autoodpowiedź|poza biurem|nieobecność',
  'automatick[áa] odpov[eě]ď|mimo kancelář|automatikus válasz|automatski odgovor|samodejni odgovor|avtomatski odgovor',
  // Russian, Ukrainian, Bulgarian, Greek, Turkish
  'автоматическ(?:ий|ое) (?:ответ|уведомление)|автоответ(?:чик)?|автоматична відповідь|автоматичен отговор|αυτόματη απάντηση|otomatik (?:yan[ıi]t|cevap)',
  // Japanese, Chinese, Korean, Vietnamese, Indonesian, Arabic, Hebrew
  '自動(?:応答|返信)|不在(?:通知|応答|のお知らせ)|自动(?:答复|回复)|自動(?:回覆|答覆)|자동 ?(?:회신|응답)|부재중|trả lời tự động|balasan otomatis|رد تلقائي|(?:מענה|תשובה) אוטומטית?',
];

const ABSENCE = new RegExp(`^[\\s\\["']*((?:${PREFIXES.join('|')})[\\]"']*)\\s*(?:[:：|\\-–—]|$)`, 'iu');

/** The words of an absence notice at the start of a subject, or null. `Re:` before them makes it a person's mail. */
export function absenceIn(subject: string): string | null {
  return ABSENCE.exec(subject)?.[1] ?? null;
}
