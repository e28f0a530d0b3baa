import type { SeededRandom } from './random.js';
import { USER, type World } from './world.js';

/** A mail of the run, and what has to become of it. */
export interface Letter {
  readonly subject: string;
  readonly messageId: string;
  readonly raw: string;
  readonly expected: 'ticket' | 'ignored';
}

/** Some senders write often and in the same words: the hardest case for knowing one's own ticket again. */
export function letterOf(number: number, random: SeededRandom): Letter {
  const automatic = random.next() < 0.1;
  const subject = `torture ${number}`;
  const messageId = `<torture-${number}@example.com>`;
  const raw = [
    `From: customer${random.between(1, 5)}@example.com`,
    `To: ${USER}`,
    `Subject: ${subject}`,
    `Message-ID: ${messageId}`,
    'Date: Tue, 24 Nov 2026 08:00:00 +0000',
    ...(automatic ? ['Auto-Submitted: auto-replied'] : []),
    '',
    'The same words as ever.',
    '',
  ].join('\n');
  return { subject, messageId, raw, expected: automatic ? 'ignored' : 'ticket' };
}

/** Counts every mail at the helpdesk and in the folders. */
export async function census(world: World, letters: readonly Letter[]) {
  const { tickets, orphans } = await world.helpdesk();
  const made = countsOf(tickets.map(({ subject }) => subject));
  const folderOf = new Map<string, string[]>();
  for (const folder of ['INBOX', 'Mail2Ticket/Processed', 'Mail2Ticket/Ignored', 'Mail2Ticket/Failed']) {
    for (const { subject } of await world.dovecot.list(USER, folder))
      folderOf.set(subject, [...(folderOf.get(subject) ?? []), folder]);
  }
  const right = { ticket: 'Mail2Ticket/Processed', ignored: 'Mail2Ticket/Ignored' };
  const of = (faulty: (letter: Letter) => boolean) => letters.filter(faulty).map(({ subject }) => subject);
  return {
    tickets: tickets.length,
    repliesToNoTicket: orphans.length,
    duplicates: of(({ subject }) => (made.get(subject) ?? 0) > 1),
    lost: of(({ subject, expected }) => expected === 'ticket' && !made.has(subject)),
    wronglyFiled: of(
      ({ subject, expected }) =>
        folderOf.get(subject)?.join() !== right[expected] || (expected === 'ignored' && made.has(subject)),
    ),
  };
}

function countsOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
