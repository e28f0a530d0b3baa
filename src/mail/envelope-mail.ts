import type { Envelope } from './identity.js';
import type { IncomingMail } from './message.js';
import { EMPTY_MAIL } from './parse.js';

/**
 * A mail made of nothing but its envelope, for one that cannot be read: its text says why, and where the original stands.
 * @param why a short clause for people, which must not differ from one attempt to the next: the text is how its ticket is known again
 * @param ingested whether it came from elsewhere than the mailbox
 */
export function mailOfEnvelope(envelope: Envelope, why: string, ingested = false): IncomingMail {
  const from = envelope.from.split(', ')[0] ?? '';
  const time = Date.parse(envelope.date);
  const particulars = [
    `${envelope.sizeBytes} bytes`,
    envelope.receivedAt && `received ${envelope.receivedAt}`,
    envelope.messageId && `Message-ID ${envelope.messageId}`,
  ].filter(Boolean);
  const where = ingested
    ? 'was ingested from outside of the mailbox'
    : 'stands in the mailbox, in the folder Processed under Mail2Ticket';
  return {
    ...EMPTY_MAIL,
    messageId: envelope.messageId,
    from: from === '' ? null : { address: from, name: '' },
    subject: envelope.subject,
    date: Number.isNaN(time) ? null : new Date(time),
    text:
      `[mail2ticket could not read this mail: ${why}. Only its sender and subject are known.\n` +
      `The original ${where} (${particulars.join(', ')}).]`,
    repairs: [`only the envelope was read: ${why}`],
  };
}
