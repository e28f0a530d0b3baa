import { MAX_DISCLAIMER_CHARACTERS } from '../limits.js';
import { bareLine } from './quotes/line.js';
import { headerOf } from './quotes/quoted-header.js';

const MAIL = '(?:e-?mail|mail|message|response|reply|notification)';
const NACHRICHT = '(?:e-?mail|mail|nachricht|antwort|benachrichtigung)';
const MADE = '(?:generiert|erzeugt|erstellt|versandt|versendet)(?:e[sr]?)?';

/** Sentences by which helpdesks, shops and challenges say that a program wrote: each speaks of the very mail it stands in. */
const DISCLAIMER = new RegExp(
  [
    // English
    `\\bthis (?:is|${MAIL} is) an auto(?:mated|matic|(?:matically|[- ]?) ?(?:generated|created|sent)) ${MAIL}`,
    '\\bi apologi[sz]e for this automatic reply',
    `\\bthis ${MAIL} (?:is|was|has been) (?:auto(?:matically|-) ?(?:generated|created|sent)|(?:generated|created|sent) automatically)`,
    '\\bdo not (?:reply|respond) (?:directly )?to this (?:e-?mail|mail|message)',
    // German, Dutch
    `\\bdies ist eine? automatisch(?:er?|e?s)? (?:${MADE} )?${NACHRICHT}|\\bdiese?s? ${NACHRICHT} (?:ist|wird|wurde) automatisch ${MADE}`,
    '\\bantworten sie (?:bitte )?nicht (?:direkt )?auf diese',
    '\\bdit (?:is een automatische? (?:gegenereerde? |verzonden |verstuurd )?(?:bericht|e-?mail|antwoord)|bericht (?:is|werd|wordt) automatisch)',
    // French, Italian, Spanish, Portuguese
    '\\bceci est un(?:e r[ée]ponse| message| e-?mail| courriel) (?:automatique|g[ée]n[ée]r[ée]e? automatiquement)|\\bne (?:pas r[ée]pondre|r[ée]pondez pas) [àa] ce(?:t)? (?:message|e-?mail|courriel|mail)',
    '\\bquest[oa] [èe] un(?:a risposta| messaggio|.?e-?mail) (?:automatic[oa]|generat[oa] automaticamente)|\\bnon rispondere a quest[oa] (?:messaggio|e-?mail|mail)',
    '\\best[ea] es un(?:a respuesta| mensaje| correo)(?: electr[óo]nico)? (?:autom[áa]tic[oa]|generad[oa] autom[áa]ticamente)|\\bno respondas? a este (?:mensaje|correo)',
    '\\besta? [ée] uma (?:mensagem|resposta) (?:autom[áa]tica|gerada automaticamente)|\\bn[ãa]o responda (?:a )?est[ea] (?:mensagem|e-?mail)',
  ].join('|'),
  'iu',
);

/** The sentence by which a program says that it wrote the mail, above whatever is quoted; null where none does. */
export function disclaimerIn(text: string): string | null {
  const own: string[] = [];
  for (const line of text.slice(0, MAX_DISCLAIMER_CHARACTERS).split('\n')) {
    const { bare, depth } = bareLine(line);
    // Not every mail program quotes by `>`: below a From line the words are another mail's.
    if (headerOf(bare)?.role === 'from') break;
    if (depth === 0) own.push(bare);
  }
  return DISCLAIMER.exec(own.join(' '))?.[0] ?? null;
}
