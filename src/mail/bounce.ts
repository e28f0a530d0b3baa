import type { IncomingMail } from './message.js';

/** What a bounce says of the mail that could not be delivered. */
export interface Bounce {
  readonly recipients: readonly BouncedRecipient[];
  /** The Message-ID of the returned mail, with its angle brackets. */
  readonly originalMessageId: string | null;
}

export interface BouncedRecipient {
  readonly address: string;
  /** The enhanced status code (RFC 3463), as `5.1.1`; '' where none is told. */
  readonly status: string;
  /** Whether trying again is of no use. */
  readonly permanent: boolean;
}

/** Reads whom a bounce is about. Null where the mail tells of no recipient. */
export function readBounce(_mail: IncomingMail): Bounce | null {
  return null;
}
