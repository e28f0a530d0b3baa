import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LookAlike, startLookAlike } from '../demo/helpdesk/look-alike.js';
import { loadMailPolicy } from '../src/config/config.js';
import { HelpdeskClient } from '../src/helpdesk/client.js';
import { deliver } from '../src/helpdesk/once.js';
import { judge } from '../src/mail/decide.js';
import { parseMail } from '../src/mail/parse.js';

/*
 * Sends every mail of the tables in docs/security.md to a helpdesk, and compares what was posted there with what they say.
 */

const token = 'the-token';
const agent = 'jane@acme.test';
const senders: Readonly<Record<string, string>> = {
  'a customer': 'ann@example.com',
  'another customer': 'bea@example.com',
  'one of STAFF_ADDRESSES': agent,
  'a stranger': 'eve@example.net',
};
const settings = { IMAP_USER: 'support@acme.test', STAFF_ADDRESSES: agent };
const trusting = { ...settings, TRUSTED_AUTHSERV_ID: 'mx.acme.test' };
const words = 'It still burns.';

type Verification = 'verified' | 'check failed' | 'no result' | 'not configured';
type Way = 'by a tag' | 'by a thread';

let helpdesk: LookAlike;
let client: HelpdeskClient;

beforeEach(async () => {
  helpdesk = await startLookAlike({ token, agents: [agent] });
  client = new HelpdeskClient({ url: helpdesk.apiUrl, token });
  const ticket = { subject: 'Printer', message: 'It burns.' };
  for (const user_email of ['ann@example.com', 'bea@example.com', agent]) {
    await client.createTicket({ ...ticket, user_email });
  }
  await client.createTicket({ ...ticket, user_email: 'old@example.com', name: 'eve@example.net' });
});
const ticketsBefore = 4;

afterEach(async () => {
  await client.close();
  await helpdesk.close();
});

/** The ticket that a row of the table is about; null where the mail names and answers none. */
function ticketOf(from: string, which: string): number | null {
  switch (which) {
    case 'their own':
      return { 'a customer': 1, 'another customer': 2, 'one of STAFF_ADDRESSES': 3 }[from] ?? 0;
    case 'one that bears their address as its name':
      return 4;
    case "somebody else's":
      return from === 'a customer' ? 2 : 1;
    case 'does not exist':
      return 99;
    default:
      return null;
  }
}

function rawMail(sender: string, verification: Verification, subject: string, answers: boolean): Buffer {
  const domain = sender.slice(sender.indexOf('@') + 1);
  const result = { verified: 'pass', 'check failed': 'fail', 'no result': null, 'not configured': 'pass' }[
    verification
  ];
  return Buffer.from(
    [
      ...(result === null ? [] : [`Authentication-Results: mx.acme.test; dmarc=${result} header.from=${domain}`]),
      'Received: from out.example by mx.acme.test with ESMTP id 1; Mon, 2 Mar 2026 09:00:00 +0000',
      `From: Somebody <${sender}>`,
      'Reply-To: ann@example.com',
      'To: support@acme.test',
      `Subject: ${subject}`,
      'Message-ID: <answer@example.com>',
      ...(answers ? ['In-Reply-To: <question@example.com>'] : []),
      '',
      words,
    ].join('\r\n'),
  );
}

interface Sent {
  readonly from: string;
  readonly ticket: number | null;
  readonly verification: Verification;
  readonly way?: Way;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Judges and delivers a mail as the service does, and says in the words of the tables what was posted. */
async function posted({ from, ticket, verification, way = 'by a tag', environment }: Sent): Promise<string> {
  const sender = senders[from] ?? '';
  const policy = loadMailPolicy(environment ?? (verification === 'not configured' ? settings : trusting));
  const tag = way === 'by a tag' && ticket !== null ? `[#${ticket}] ` : '';
  const raw = rawMail(sender, verification, `Re: ${tag}Printer`, way === 'by a thread');
  const { decision } = judge(await parseMail(raw), policy);
  if (decision.kind === 'ignore') throw new Error('a mail was ignored');
  await deliver(
    client,
    {
      decision,
      lookFirst: false,
      awaitTurn: async () => {},
      mustBeOurs: async () => {},
      repliesBefore: [],
      noteReplies: async () => {},
      receivedAt: null,
      messageIdField: null,
      parents: way === 'by a thread' && ticket !== null ? [String(ticket)] : [],
      // The ledger knows of the customers' tickets, and says that one exists which the helpdesk has deleted.
      known: async (id) => {
        const owner = new Map([
          ['1', 'ann@example.com'],
          ['2', 'bea@example.com'],
          ['99', 'ann@example.com'],
        ]).get(id);
        return owner === undefined ? null : { owner, people: [] };
      },
    },
    { isTaken: async () => false },
  );
  return wordsFor(sender, ticket);
}

function wordsFor(sender: string, ticket: number | null): string {
  expect(helpdesk.orphans()).toEqual([]);
  const replied = helpdesk.tickets().filter(({ replies }) => replies.length > 0);
  const made = helpdesk.tickets().slice(ticketsBefore);
  expect(replied.length + made.length).toBe(1);
  const [reply] = replied[0]?.replies ?? [];
  if (reply) {
    expect(replied[0]?.id).toBe(ticket);
    if (reply.message === `[sender not verified]\n\n${words}`) return 'marked reply';
    expect(reply.message).toBe(words);
    return reply.user_id === null ? 'reply' : "agent's reply";
  }
  expect(made[0]?.email).toBe(sender);
  const [head, text] = made[0]?.message.split('\n\n') ?? [];
  if (text === undefined) return head === words ? 'new ticket' : `?? ${head}`;
  expect(text).toBe(words);
  if (head === '[sender not verified]') return 'marked ticket';
  const [, mark, named, why] =
    /^(\[sender not verified\] )?\[Not written into ticket #(\d+): (.*)\.\]$/.exec(head ?? '') ?? [];
  expect(Number(named)).toBe(ticket);
  if (mark) return why?.includes('verified') ? 'not verified' : `?? ${head}`;
  return (
    { 'no such ticket of this sender was found': 'not theirs', 'no such ticket was found': 'no such ticket' }[
      why ?? ''
    ] ?? `?? ${head}`
  );
}

/** The rows of the table in docs/security.md whose first heading is this, each as a map of heading to cell. */
function rowsOf(firstHeading: string): Record<string, string>[] {
  const lines = readFileSync('docs/security.md', 'utf8').split('\n');
  const cells = (line = '') =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const start = lines.findIndex((line) => line.startsWith(`| ${firstHeading} |`));
  const headings = cells(lines[start]);
  const end = lines.findIndex((line, at) => at > start && !line.startsWith('|'));
  return lines
    .slice(start + 2, end)
    .map((line) => Object.fromEntries(cells(line).map((cell, column) => [headings[column] ?? '', cell])));
}

describe.each<Way>(['by a tag', 'by a thread'])('a mail that belongs to a ticket %s', (way) => {
  const table = rowsOf('From').flatMap((row) =>
    (['verified', 'check failed', 'no result', 'not configured'] as const).map(
      (verification) => [row.From ?? '', row['the ticket'] ?? '', verification, row[verification] ?? ''] as const,
    ),
  );

  it('has sixteen rows of four cells', () => {
    expect(table).toHaveLength(64);
  });

  it.each(table)('from %s, ticket: %s, %s: %s', async (from, which, verification, expected) => {
    expect(await posted({ from, ticket: ticketOf(from, which), verification, way })).toBe(expected);
  });
});

describe.each(rowsOf('SENDER_AUTH'))('SENDER_AUTH=$SENDER_AUTH', (row) => {
  const environment = { ...trusting, SENDER_AUTH: (row.SENDER_AUTH ?? '').replaceAll('`', '') };
  const cells = (['check failed', 'no result', 'verified'] as const).flatMap((verification) => {
    const column = verification === 'verified' ? 'verified' : 'not verified';
    return [
      [verification, 1, row[`an answer, ${column}`] ?? ''],
      [verification, null, row[`a new request, ${column}`] ?? ''],
    ] as const;
  });

  it.each(cells)('a customer, %s, ticket %s: %s', async (verification, ticket, expected) => {
    expect(await posted({ from: 'a customer', ticket, verification, environment })).toBe(expected);
  });

  it.each(['check failed', 'no result'] as const)('one of our people, %s, is not let in', async (verification) => {
    expect(await posted({ from: 'one of STAFF_ADDRESSES', ticket: 3, verification, environment })).toBe('not verified');
  });
});
