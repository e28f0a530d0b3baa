import { DELIMITERS, DEVICE_APOLOGIES, DEVICE_JOINTS, DEVICE_OPENERS, DEVICE_SHORT_OPENERS, DEVICES } from './words.js';

/** A line of a phone or mail program is shorter than a sentence of an author that begins alike. */
const MAX_DEVICE_LINE_CHARACTERS = 120;
const MAX_WORDS_AFTER = 8;

/** Whether a bare line reads "-----Original Message-----" or "Begin forwarded message:", in some language. */
export function isDelimiter(bare: string): boolean {
  const dashed = /^(?:-{2,}|_{2,}|={2,})(?!$)/.test(bare);
  if (!dashed && !/[:：]$/.test(bare)) return false;
  const words = bare
    .replace(/^[-_= ]+/, '')
    .replace(/[-_= :：]+$/, '')
    .replace(/’/g, "'");
  return DELIMITERS.has(words.toLowerCase());
}

/** Whether a bare line is what a phone or mail program adds under a mail: "Sent from my iPhone". */
export function isDeviceLine(bare: string): boolean {
  const line = bare
    .toLowerCase()
    .replace(/<[^<>]*:\/\/[^<>]*>|\([^()]*:\/\/[^()]*\)|https?:\/\/\S*/g, ' ')
    .replace(/[\s<>()[\]*_]+/g, ' ')
    .replace(/[.!]+ ?$/, '')
    .trim();
  if (line === '' || line.length > MAX_DEVICE_LINE_CHARACTERS) return false;
  if (isApology(line)) return true;
  const [sentence = ''] = line.split(/[.,;!](?: |$)/, 1);
  const rest = line.slice(sentence.length).replace(/^[.,;! ]+/, '');
  if (rest !== '' && !isApology(rest)) return false;
  const words = sentence.split(/[ -]+/);
  const named = words.some((word) => DEVICES.has(word));
  const wordsAfter = (openers: readonly string[]): number => {
    const opener = openers.find((candidate) => sentence.startsWith(candidate));
    return opener === undefined ? Number.POSITIVE_INFINITY : words.length - opener.split(' ').length;
  };
  if (wordsAfter(DEVICE_OPENERS) <= MAX_WORDS_AFTER) return named || sentence.startsWith('sent from my ');
  if (wordsAfter(DEVICE_SHORT_OPENERS) <= 2) return named;
  return words.length <= 4 && DEVICES.has(words.at(-1) ?? '') && DEVICE_JOINTS.has(words.at(-2) ?? '');
}

/** "Please excuse typos" */
function isApology(line: string): boolean {
  return line.length < 80 && DEVICE_APOLOGIES.some((opener) => line.startsWith(opener));
}

/** Whether bare lines, from one to the end of its passage, are the foot that Mailman puts under each mail of a list. */
export function isListFooter(passage: readonly string[]): boolean {
  const [ruler = '', ...lines] = passage;
  if (!/^_{2,}$/.test(ruler) || lines.length < 2 || lines.length > 4) return false;
  return (
    lines.some((line) => line.includes('@') && !line.includes(' ')) && lines.some((line) => /^https?:\/\//.test(line))
  );
}
