/** What became of a mail: the return value of its ledger entry. */
export type Outcome =
  | {
      readonly kind: 'created';
      readonly ticketId: string;
      /** Whether an earlier attempt had made the ticket and this one found it standing. */
      readonly adopted: boolean;
      /** Why a mail with a tag became a new ticket; absent where that was the decision. */
      readonly note?: string;
    }
  | {
      readonly kind: 'replied';
      readonly ticketId: string;
      readonly adopted: boolean;
      /** Absent where the helpdesk does not tell. */
      readonly replyId?: string;
    }
  | { readonly kind: 'ignored'; readonly reason: string };
