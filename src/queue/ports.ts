import type { Decision } from '../mail/decision.js';
import type { KnownTicket, NewEntry } from '../mail/ledger-entry.js';
import type { Outcome } from '../mail/outcome.js';
import type { ClaimsOfMail } from './claims.js';

/** One mail to be carried to the helpdesk. */
export interface DeliveryOrder {
  /** The name of the mailbox it came to. */
  readonly mailbox: string;
  readonly decision: Exclude<Decision, { kind: 'ignore' }>;
  /** INTERNALDATE as an ISO string, '' where it is not known: what is older at the helpdesk cannot be of this mail. */
  readonly receivedAt: string;
  /** Whether an earlier attempt may have got through. */
  readonly lookFirst: boolean;
  /** The tickets of the mails that this one answers, the nearest first. */
  readonly parents: readonly string[];
  /** What the ledger knows of a ticket; null where it was made of no mail, or too long ago. */
  readonly known: (ticketId: string) => Promise<KnownTicket | null>;
  /**
   * To be called before a ticket is made, once it is known that no earlier attempt has made it.
   * @throws DeliveryPostponedError where the sender has to wait for its turn
   */
  readonly awaitTurn: () => Promise<void>;
  /** Replies at the helpdesk that are certainly of other mails. */
  readonly repliesBefore: readonly string[];
  /** To be called before the first reply of the mail is posted, where such replies stand there: the next attempts get them. */
  readonly noteReplies: (ids: readonly string[]) => Promise<void>;
  /** To be called right before anything is posted; rejects where another worker has the mail by now. */
  readonly mustBeOurs: () => Promise<void>;
  /** What other mails hold already, so that it must not be adopted. */
  readonly claims: ClaimsOfMail;
}

/** Carries a mail to the helpdesk, once only. */
export type Deliver = (order: DeliveryOrder) => Promise<Outcome>;

/** A mail that has become a ticket or a reply. */
export interface DeliveredMail extends Pick<NewEntry, 'id' | 'mailbox' | 'envelope' | 'judgement' | 'lookFirst'> {
  readonly outcome: Outcome;
}

/** What a failed attempt means for the mail and for the queue. */
export type Verdict =
  /**
   * This mail is tried again, after `settleMs` at the earliest: what the helpdesk may still be at work on must have come to its end
   * before anybody looks for it. `unsent`: it is proven that nothing reached the helpdesk. `perhapsOfThisMail`: the mail itself may
   * be what fails.
   */
  | {
      readonly kind: 'transient';
      readonly message: string;
      readonly settleMs: number;
      readonly unsent: boolean;
      readonly perhapsOfThisMail: boolean;
    }
  /** The whole queue waits; no attempt is spent. */
  | { readonly kind: 'wait'; readonly message: string; readonly forMs: number; readonly setting: string | null }
  /** This mail's turn has not come; nothing reached the helpdesk, and no attempt is spent. */
  | { readonly kind: 'postpone'; readonly message: string; readonly forMs: number }
  /** Trying again changes nothing. */
  | { readonly kind: 'permanent'; readonly message: string };

/** Told what becomes of mails, for figures. */
export interface DeliveryObserver {
  /** @param receivedAt INTERNALDATE as an ISO string, '' where it is not known or the mail was ingested long after */
  settled(outcome: Outcome, receivedAt: string): void;
  /** A mail is a dead letter: the helpdesk refused it, its time of trying is over, or its attempts were cut off too often. */
  deadLetter(why: 'refused' | 'given-up' | 'cut-off'): void;
  /** An attempt failed for a reason that passes. */
  retrying(): void;
  postponed(): void;
  /** The whole queue waits: for a setting to be put right, or because the helpdesk asked for it. */
  waiting(why: 'configuration' | 'rate-limit'): void;
}

/** @param hasWaited whether the whole queue has waited for a failure of this mail before */
export type JudgeFailure = (error: unknown, hasWaited: boolean) => Verdict | Promise<Verdict>;
