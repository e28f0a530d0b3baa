import type { Trust } from './authentication.js';

/** What the operator settles about judging mail. config.ts makes it of the environment; every field has a default. */
export interface MailPolicy {
  /** Addresses that are ours: mail from them is our own and would loop. Lower case. */
  readonly ownAddresses: readonly string[];
  /** Stands in LOOP_HEADER of what we send (identity.ts, loopIdOf); '' where there is no mailbox. */
  readonly loopId: string;
  /** The subject tag with `{id}` where the number stands, as `[#{id}]` or `[acme #{id}]`. */
  readonly subjectTag: string;
  readonly categoryId: number | null;
  /** Address (lower case) to the category of what is sent to it; before categoryId. */
  readonly categoryByRecipient: Readonly<Record<string, number>>;
  /** Custom field id to where its value comes from. */
  readonly customFields: Readonly<Record<string, FieldSource>>;
  /** The line above which customers shall write; wherever it comes back, all from it on is quoted. */
  readonly replyMarker: string;
  /**
   * Stands as the requester where a mail has no usable From or Reply-To: the API makes no ticket without an address. The
   * default lies under `.invalid` (RFC 2606), so that nothing the helpdesk sends to it can reach anybody, and has a dot,
   * since PHP's address filter refuses domains without one.
   */
  readonly fallbackSender: string;
  /** Addresses (`jane@example.com`) and whole domains (`@example.com`) of our own people, who forward customers' mail. Lower case. */
  readonly staffAddresses: readonly string[];
  /** Whose ticket a mail becomes that one of staffAddresses forwards: the original sender's, or the forwarder's. */
  readonly forwards: 'requester' | 'forwarder';
  /** Whose word counts about who sent a mail. */
  readonly trust: Trust;
  /** What becomes of a mail whose sender is not proven. It is never dropped. */
  readonly senderAuth: SenderAuth;
  /** Whether DKIM signatures are checked where the servers' results prove nothing. */
  readonly senderAuthCheck: 'off' | 'dns';
  /** Who may write into a ticket: its owner, or also whoever took part in its mails. */
  readonly replyPolicy: 'owner' | 'participants';
  /** Addresses of our own web forms: of their mail the requester is Reply-To. Lower case. */
  readonly replyToForms: readonly string[];
  /** Addresses and whole domains whose mail is ignored. Lower case. */
  readonly blockedSenders: readonly string[];
}

export type SenderAuth = 'off' | 'mark' | 'require-for-replies' | 'require';

/** Where the value of a custom field comes from. */
export interface FieldSource {
  readonly from:
    | { readonly kind: 'header'; readonly name: string }
    | { readonly kind: 'text'; readonly value: string }
    | { readonly kind: 'from' }
    | { readonly kind: 'to' }
    | { readonly kind: 'message-id' };
  /** Keeps group 1, or the whole match where there is no group; no match counts as no value. RE2 syntax: linear in time. */
  readonly pattern?: string;
  /** Sent where the source gives nothing. */
  readonly default?: string;
}

export const defaultPolicy: MailPolicy = {
  ownAddresses: [],
  loopId: '',
  subjectTag: '[#{id}]',
  categoryId: null,
  categoryByRecipient: {},
  customFields: {},
  replyMarker: '##- Please type your reply above this line -##',
  fallbackSender: 'unknown-sender@mail2ticket.invalid',
  staffAddresses: [],
  forwards: 'requester',
  trust: { authservIds: [], relays: [] },
  replyPolicy: 'owner',
  replyToForms: [],
  blockedSenders: [],
  senderAuth: 'off',
  senderAuthCheck: 'off',
};
