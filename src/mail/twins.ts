import { createHash } from 'node:crypto';
import type { Decision } from './decision.js';
import { withoutNotice } from './notice.js';

/** A mail that was settled before, and whose ticket or reply says the same as another mail's. */
export interface Twin {
  /** Its key in the ledger. */
  readonly id: string;
  /** Whether a ticket made of it would have the same subject, too; of an answer the ticket that is made instead of a reply. */
  readonly sameSubject: boolean;
}

/** What tells of a decision whether another one comes out the same at the helpdesk; small, so that it can be kept of many mails. */
export interface Likeness {
  readonly kind: 'create' | 'reply';
  /** Hex of sha256 over the words. */
  readonly words: string;
  readonly subject: string;
  readonly ticketIds: readonly number[];
  readonly parents: readonly string[];
}

/** Who says what: the same of two mails that the helpdesk's tickets or replies do not tell apart. */
export function wordsOf(decision: Exclude<Decision, { kind: 'ignore' }>): string {
  const { user_email, message } = decision.kind === 'create' ? decision.ticket : decision.reply;
  return `${user_email}\n${withoutNotice(message)}`;
}

/** Null of a mail that is ignored. */
export function likenessOf(decision: Decision): Likeness | null {
  if (decision.kind === 'ignore') return null;
  const words = createHash('sha256').update(wordsOf(decision)).digest('hex');
  return decision.kind === 'create'
    ? { kind: 'create', words, subject: decision.ticket.subject, ticketIds: [], parents: [] }
    : {
        kind: 'reply',
        words,
        subject: decision.otherwise.subject,
        ticketIds: decision.ticketIds,
        parents: decision.parents,
      };
}

/**
 * The filed mail as a twin of the other one; null where it is none.
 *
 * Two tickets must have one subject, two replies must go into one ticket, else a look for the one would not come across the other.
 * A twin that is counted though its reply is not seen makes a mail be posted twice, so that what is not certain is none.
 */
export function asTwin(id: string, filed: Likeness, mail: Likeness): Twin | null {
  if (filed.kind !== mail.kind || filed.words !== mail.words) return null;
  const sameSubject = filed.subject === mail.subject;
  const isTwin = mail.kind === 'create' ? sameSubject : answersTheSame(filed, mail);
  return isTwin ? { id, sameSubject } : null;
}

/** Tags come before threads: only where there are none the parents say where a reply goes. */
function answersTheSame(a: Likeness, b: Likeness): boolean {
  if (a.ticketIds.join() !== b.ticketIds.join()) return false;
  return a.ticketIds.length > 0 || a.parents.some((parent) => b.parents.includes(parent));
}
