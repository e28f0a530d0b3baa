import { MAX_SUBJECT_TAGS } from '../limits.js';
import type { Decision, TicketRequest } from './decision.js';

/** Stands in the first line of what an unverified sender wrote. */
export const NOT_VERIFIED = '[sender not verified]';

/** Bytes kept free in a ticket that is made instead of a reply, for the lines that say so: 21, and a sentence with five ids. */
export const NOTICE_BYTES = 512;

/** Why a gate stays shut that would have to be opened by the helpdesk. */
const NOT_THEIRS = 'no such ticket of this sender was found';

type Reply = Extract<Decision, { kind: 'reply' }>;

/**
 * Why a mail was not written into the tickets it names or belongs to, one sentence for the agent and the ledger.
 * @param ticketIds the ids of its tags, then those of the mails it answers
 */
export function refusalOf({ writer }: Reply, ticketIds: readonly string[]): string {
  const named = ticketIds
    .slice(0, MAX_SUBJECT_TAGS)
    .map((id) => `#${id.slice(0, 20)}`)
    .join(', ');
  const unknown = writer.kind === 'staff' ? 'no such ticket was found' : NOT_THEIRS;
  return `Not written into ticket ${named}: ${writer.kind === 'nobody' ? writer.why : unknown}.`;
}

/** The ticket made of a mail that was not written into these; where there are none, it is a new request like any other. */
export function ticketInstead(decision: Reply, ticketIds: readonly string[]): TicketRequest {
  const { otherwise, writer, mark } = decision;
  const refused = ticketIds.length > 0;
  const first = mark || (refused && writer.kind === 'nobody' && writer.unverified) ? NOT_VERIFIED : '';
  const head = [first, refused ? `[${refusalOf(decision, ticketIds)}]` : ''].filter((part) => part !== '').join(' ');
  return head === '' ? otherwise : { ...otherwise, message: `${head}\n\n${otherwise.message}` };
}

/** Whether a reply will become a new ticket as far as the mail itself tells: it names no ticket, or its writer may write into none. */
export function isSurelyNew({ ticketIds, writer }: Reply): boolean {
  return ticketIds.length === 0 || writer.kind === 'nobody';
}

/** A message without what ticketInstead puts before it: what two attempts sent is the same mail, though they knew different tickets. */
export function withoutNotice(message: string): string {
  return message.replace(/^(?:\[sender not verified\]\s*)?(?:\[Not written into ticket [^\]]*\])?\s*/, '');
}
