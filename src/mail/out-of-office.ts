/**
 * How mail programs begin the subject of an automatic answer. Each is a whole prefix, ended by a colon, a dash, the end of the
 * subject or a "Re:": "Out of office hours question" begins with the words of one and is none.
 */
const ANSWERS = [
  // English
  'auto(?:matic|mated)?[ -]?(?:reply|response|respons|answer)|vacation auto-?reply',
  // German, Dutch
  'automatische (?:antwort|abwesenheitsnotiz|reactie)|automatisch (?:antwoord|bericht)',
  // French, Italian, Spanish, Catalan, Portuguese, Romanian, Basque
  'r[ée]ponse automatique|risposta automatica|respuesta autom[áa]tica|resposta autom[àáa]tica|r[ăa]spuns automat|erantzun automatikoa',
  // Swedish, Danish, Norwegian, Finnish, Estonian, Latvian, Lithuanian, Icelandic
  'auto(?:matisk[at]? |matiskt )?svar|automaattinen vastaus|automaatvastus|automaatne vastus|automātisk[aā] atbilde|automatinis atsakymas|sjálfvirkt svar',
  // Polish, Czech, Slovak, Hungarian, South Slavic
  'automatyczna odpowiedź|odpowiedź automatyczna|autoodpowiedź|automatick[áa] odpov[eě]ď',
  'automatikus válasz|automatski odgovor|аутоматски одговор|samodejni odgovor|avtomatski odgovor',
  // Russian, Ukrainian, Bulgarian, Greek, Turkish
  'автоматическ(?:ий|ое) (?:ответ|уведомление)|автоответ(?:чик)?|автоматична відповідь|автоматичен отговор|αυτόματη απάντηση|otomatik (?:yan[ıi]t|cevap)',
  // Japanese, Chinese, Korean, Vietnamese, Thai, Hindi, Persian, Indonesian, Malay, Arabic, Hebrew
  '自動(?:応答(?:メッセージ)?|返信)|自动(?:答复|回复)|自動(?:回覆|答覆)|자동 ?(?:회신|응답)|trả lời tự động|(?:การ)?ตอบกลับอัตโนมัติ|स्वचालित उत्तर|پاسخ خودکار|balasan (?:otomatis|automatik)|رد تلقائي|(?:מענה|תשובה) אוטומטית?',
];

/** As ANSWERS, but names of an absence, which are also what people write about: to whoever plans holidays, or mends the program. */
const ABSENCES = [
  'ooo|oof|vacation (?:reply|response|message|notice)|away from (?:my |the )?(?:mail|e-?mail|office|desk)',
  'abwesenheits(?:notiz|meldung|benachrichtigung|assistent)|abwesenheit|abwesend',
  'afwezig(?:heids?(?:bericht|melding|assistent)?)?|niet aanwezig',
  'absen(?:ce|te?|t\\(e\\)) du bureau|message d.absence|fuori (?:sede|ufficio)|fuera de (?:la )?oficina',
  'aus[êe]ncia tempor[áa]ria|fora do escrit[óo]rio',
  'fr[åa]nvaro(?:meddelande)?|frånvarande|frav[æe]r(?:sbesked|smelding)?|ikke til ?stede|ikke på kontoret|poissa(?:olo)?(?:ilmoitus)?',
  'poza biurem|nieobecność|mimo kancelář|ofis dışında|不在(?:通知|応答|のお知らせ)|부재중',
];

/** As ABSENCES, but words that begin any subject of a person's; they count before a "Re:" only. */
const BARE_WORDS = [
  'auto|away|(?:on )?vacation|(?:i am |i.m )?(?:out of the office|on (?:annual |maternity |parental |sick )?leave)|(?:annual|maternity|parental|sick) leave',
  'not in the office|(?:im )?urlaub|(?:en )?(?:vacances|cong[ée]s?)|(?:de )?vacaciones|(?:in )?ferie|assente|ausente|aus[êe]ncia|vakantie|semester',
  'urlop|dovolená|szabadság|házon kívül|отпуск|в отпуске|отсутствие|не в офисе|відпустка|不在|休暇|休假|外出|휴가|مرخصی',
];

const OUT_OF_OFFICE =
  'out[ -]of[ -](?:the[ -])?office(?: (?:rule|(?:auto[ -]?)?(?:reply|response|notification|message)))?';

/** What mail servers set before the subject of mail from outside or of spam, and signs and emoji of the writer. */
const BEFORE = `(?:${[
  '[\\[({](?:ext(?:ern(?:al|e|o)?)?|(?:suspected |possible )?spam\\??)(?:[ -](?:e-?mail|mail|sender|message))?[\\])}]',
  'ext(?:ern(?:al)?)? ?[:：]',
  '\\*{2,5} ?spam ?\\*{2,5}',
  '[^\\p{L}\\p{N}[【({]',
].join('|')}){0,20}`;

const ANSWERED = '(?:re|aw|sv|vs|antw|odp|rv|ynt|回复|回覆|答复)\\s?[:：]';
const ANSWER = prefix([...ANSWERS, OUT_OF_OFFICE]);
const ABSENCE = prefix(ABSENCES);
const BARE = new RegExp(`^${BEFORE}((?:${BARE_WORDS.join('|')}))\\s*[:：|\\-–—]?\\s*${ANSWERED}`, 'iu');
/** A tag in brackets may be a shop's own, as "[Vacation]"; not so one that says that it answers by itself. */
const TAG = new RegExp(`^${BEFORE}([[【(](?:${ANSWERS.join('|')}|auto-?respond(?:er)?)[\\]】)])`, 'iu');
/** The whole subject of older Domino servers, behind the name of who is away. */
const AWAY = /^(?:[^\s:：]{1,60} ){0,5}(is out of the office|ist au(?:ß|ss)er haus)(?: \([^()]{0,60}\))?\.?$/iu;

function prefix(words: readonly string[]): RegExp {
  return new RegExp(
    `^${BEFORE}([\\[【(]?(?:${words.join('|')})[\\]】)"']*)\\s*(?:[:：|\\-–—]|$|${ANSWERED}|(?:von|from) \\S{1,64}@\\S{1,255}$)`,
    'iu',
  );
}

/** The words at the start of a subject by which a program says that it answers by itself, or null. */
export function automaticAnswerIn(subject: string): string | null {
  return (ANSWER.exec(subject) ?? TAG.exec(subject))?.[1] ?? null;
}

/**
 * The words at the start of a subject that tell of an automatic answer or of an absence, or null. `Re:` before them makes it a
 * person's mail.
 */
export function absenceIn(subject: string): string | null {
  return automaticAnswerIn(subject) ?? (ABSENCE.exec(subject) ?? BARE.exec(subject) ?? AWAY.exec(subject))?.[1] ?? null;
}
