import type { SeededRandom } from './random.js';
import { USER, type World } from './world.js';

/** A mail of the run, and what has to become of it. */
export interface Letter {
  readonly number: number;
  /** Its subject; a reply's has the tag of its ticket before it. */
  readonly subject: string;
  readonly messageId: string;
  readonly from: string;
  readonly expected: 'ticket' | 'reply' | 'ignored';
  /** Of a reply, the subject of the letter whose ticket it answers. */
  readonly parent: string | null;
}

/** Letters between one and the one that answers it, so that its ticket can be there by then. */
const LETTERS_BETWEEN = 5;

/** Some senders write often and in the same words: the hardest case for knowing one's own ticket or reply again. */
export function lettersOf(count: number, random: SeededRandom): Letter[] {
  const letters: Letter[] = [];
  for (let number = 0; number < count; number += 1) {
    const kind = random.next();
    const from = `customer${random.between(1, 5)}@example.com`;
    const answerable = letters
      .slice(0, -LETTERS_BETWEEN)
      .filter((letter) => letter.from === from && letter.expected === 'ticket');
    const parent = kind < 0.3 ? answerable.at(-1) : undefined;
    letters.push({
      number,
      subject: `torture ${number}`,
      messageId: `<torture-${number}@example.com>`,
      from,
      expected: kind > 0.9 ? 'ignored' : parent ? 'reply' : 'ticket',
      parent: parent?.subject ?? null,
    });
  }
  return letters;
}

/**
 * The letter as it is sent.
 * @returns null where it answers a ticket that is not there yet, or the helpdesk cannot be asked
 */
export async function written(letter: Letter, world: World): Promise<string | null> {
  const { from, subject, messageId, parent, expected } = letter;
  let tag = '';
  if (parent !== null) {
    const { tickets } = await world.helpdesk().catch(() => ({ tickets: [] }));
    const ticket = tickets.find((made) => made.subject === parent);
    if (!ticket) return null;
    tag = `Re: [#${ticket.id}] `;
  }
  return [
    `From: ${from}`,
    `To: ${USER}`,
    `Subject: ${tag}${subject}`,
    `Message-ID: ${messageId}`,
    'Date: Tue, 24 Nov 2026 08:00:00 +0000',
    ...(expected === 'ignored' ? ['Auto-Submitted: auto-replied'] : []),
    '',
    'The same words as ever.',
    '',
  ].join('\n');
}

/** Counts every mail at the helpdesk and in the folders. */
export async function census(world: World, letters: readonly Letter[]) {
  const { tickets, orphans } = await world.helpdesk();
  const made = countsOf(tickets.map(({ subject }) => subject));
  // The replies on one ticket have the same words, so that only their number can tell.
  const replies = new Map(tickets.map((ticket) => [ticket.subject, ticket.replies.length]));
  const written = countsOf(letters.flatMap(({ parent }) => parent ?? []));
  const folderOf = new Map<string, string[]>();
  for (const folder of ['INBOX', 'Mail2Ticket/Processed', 'Mail2Ticket/Ignored', 'Mail2Ticket/Failed']) {
    for (const mail of await world.dovecot.list(USER, folder)) {
      const subject = mail.subject.replace(/^Re: \[#\d+\] /, '');
      folderOf.set(subject, [...(folderOf.get(subject) ?? []), folder]);
    }
  }
  const right = { ticket: 'Mail2Ticket/Processed', reply: 'Mail2Ticket/Processed', ignored: 'Mail2Ticket/Ignored' };
  const madeOf = ({ expected, subject, parent }: Letter) =>
    expected === 'reply'
      ? (replies.get(parent ?? '') ?? 0) - (written.get(parent ?? '') ?? 0) + 1
      : (made.get(subject) ?? 0);
  const of = (faulty: (letter: Letter) => boolean) => letters.filter(faulty).map(({ subject }) => subject);
  return {
    tickets: tickets.length,
    replies: [...replies.values()].reduce((sum, count) => sum + count, 0),
    repliesToNoTicket: orphans.length,
    duplicates: of((letter) => madeOf(letter) > 1),
    lost: of((letter) => letter.expected !== 'ignored' && madeOf(letter) < 1),
    wronglyFiled: of(
      (letter) =>
        folderOf.get(letter.subject)?.join() !== right[letter.expected] ||
        (letter.expected === 'ignored' && made.has(letter.subject)) ||
        (letter.expected === 'reply' && tickets.some(({ subject }) => subject.endsWith(`] ${letter.subject}`))),
    ),
  };
}

function countsOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
