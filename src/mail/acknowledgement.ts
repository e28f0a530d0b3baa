import { MAX_ACKNOWLEDGEMENTS_A_DAY, MIN_ACKNOWLEDGEMENT_GAP_MS } from '../limits.js';
import { isReadByNobody } from './authorship.js';
import type { QueuedJudgement } from './decision.js';
import { requesterIn } from './digest.js';
import type { Outcome } from './outcome.js';
import type { MailPolicy } from './policy.js';
import { isListed } from './sender.js';

/** The short mail that tells a requester the number of the new ticket. None of the requester's words are in it. */
export interface Acknowledgement {
  /** The ledger's key of the mail that is answered. */
  readonly mail: string;
  /** The name of the mailbox that it came to. */
  readonly mailbox: string;
  readonly to: string;
  readonly ticketId: string;
  /** The Message-ID of the mail that is answered; null where it has none that can be repeated. */
  readonly answers: string | null;
}

/** A mail that was delivered, and how. */
export interface Delivered {
  readonly judgement: QueuedJudgement;
  readonly outcome: Outcome;
  /** Whether the mail may have been delivered before it came into this ledger. */
  readonly lookFirst: boolean;
  /** INTERNALDATE as an ISO string, '' where it is not known. */
  readonly receivedAt: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Whom to tell, or why nobody is told. */
export type Recipient = { readonly may: true; readonly to: string } | { readonly may: false; readonly why: string };

const DAY_MS = 24 * 60 * 60 * 1000;

/** Older mail comes of a backlog that is worked through, and nobody waits for an answer any more. */
const MAX_AGE_MS = 7 * DAY_MS;

/**
 * Whether a requester may be told that the mail became a ticket. From is a claim, so each such mail may hit somebody who never
 * wrote to us, and a program may answer it: in doubt nothing is sent (RFC 3834 section 2).
 */
export function mayAcknowledge(
  { judgement: { decision, automatic, authentication }, outcome, lookFirst, receivedAt, now }: Delivered,
  {
    ownAddresses,
    blockedSenders,
    fallbackSender,
    senderAuth,
  }: Pick<MailPolicy, 'ownAddresses' | 'blockedSenders' | 'fallbackSender' | 'senderAuth'>,
): Recipient {
  const to = requesterIn(decision);
  if (outcome.kind !== 'created' || to === null) return never('no new ticket was made');
  if (outcome.adopted && lookFirst) return never('the ticket stood there before, and may have been acknowledged then');
  if (now - Date.parse(receivedAt) > MAX_AGE_MS) return never('the mail is more than a week old');
  if (authentication === 'fail' || (senderAuth !== 'off' && authentication !== 'pass'))
    return never('the sender is not verified');
  if (automatic.effect !== 'none') return never(`the mail asks for silence: ${automatic.evidence}`);
  // Whoever was told once knows; and a program that writes from a second address would be told by each of its answers.
  if (decision.kind === 'reply' && decision.parents.some((parent) => acknowledgedMail(parent) !== null))
    return never('the mail answers an acknowledgement');
  if (to === fallbackSender) return never('the mail names no usable sender');
  if (ownAddresses.includes(to.toLowerCase())) return never(`${to} is one of our own addresses`);
  if (isListed(to, blockedSenders)) return never(`${to} is one of BLOCKED_SENDERS`);
  if (isReadByNobody(to)) return never(`nobody reads what is sent to ${to}`);
  return { may: true, to };
}

function never(why: string): Recipient {
  return { may: false, why };
}

/**
 * Why an address that had acknowledgements at these times (ms since 1970) gets no other one now; null where it may. Two programs
 * that answer each other end by it, whatever their headers say.
 */
export function whyNotAgain(times: readonly number[], now: number): string | null {
  const ofToday = times.filter((at) => now - at < DAY_MS);
  if (ofToday.length >= MAX_ACKNOWLEDGEMENTS_A_DAY) return `the sender has had ${ofToday.length} within a day`;
  const isRecent = ofToday.some((at) => now - at < MIN_ACKNOWLEDGEMENT_GAP_MS);
  return isRecent ? 'the sender has had one within the last minutes' : null;
}

/** A Message-ID (RFC 5322 section 3.6.4) that can stand in a header of ours as it is. Real ones reach 200 characters. */
const REPEATABLE_MESSAGE_ID = /^<[!-;=?-~]{1,500}>$/;

/** The acknowledgement of a mail. */
export function acknowledgementOf(
  { id, mailbox }: { readonly id: string; readonly mailbox: string },
  to: string,
  ticketId: string,
  messageId: string | null,
): Acknowledgement {
  return {
    mail: id,
    mailbox,
    to,
    ticketId,
    answers: messageId !== null && REPEATABLE_MESSAGE_ID.test(messageId) ? messageId : null,
  };
}

/**
 * The mail whose acknowledgement has this Message-ID; null where it is no such Message-ID. Anybody can write one, so it opens
 * nothing: it only says which ticket the reply gate is asked about.
 */
export function acknowledgedMail(messageId: string): string | null {
  return /^<ack\.([0-9a-f]{64})@[^@]+>$/.exec(messageId)?.[1] ?? null;
}

/** The Message-ID of an acknowledgement: always the same for the same mail, so that one sent twice is known as one mail. */
export function acknowledgementId(mail: string, domain: string): string {
  return `<ack.${mail}@${domain}>`;
}
