import type { FetchMessageObject } from 'imapflow';
import { isoOf } from '../mail/date.js';
import type { Envelope } from '../mail/identity.js';

/** The ENVELOPE, RFC822.SIZE and INTERNALDATE of a fetched message as values that stay the same for the same mail. */
export function envelopeOf({ envelope, size, internalDate }: FetchMessageObject): Envelope {
  return {
    messageId: envelope?.messageId?.trim() || null,
    from: (envelope?.from ?? []).map((from) => from.address ?? '').join(', '),
    subject: envelope?.subject ?? '',
    date: isoOf(envelope?.date),
    sizeBytes: size ?? 0,
    receivedAt: isoOf(internalDate),
  };
}
