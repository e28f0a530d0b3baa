import { createHash } from 'node:crypto';
import { MAX_HASHED_BODY_BYTES } from '../limits.js';

/** What the IMAP ENVELOPE, RFC822.SIZE and INTERNALDATE say of a mail: enough to know it again without its body. */
export interface Envelope {
  readonly messageId: string | null;
  readonly from: string;
  readonly subject: string;
  /** The Date header as an ISO string, '' where it has none. */
  readonly date: string;
  readonly sizeBytes: number;
  /** INTERNALDATE as an ISO string. */
  readonly receivedAt: string;
  /** Of a mail without Message-ID: see bodyHashOf. */
  readonly bodyHash?: string;
}

/** The name of a watched folder in every identity, as an IMAP URL (RFC 5092): stable, and different for every account and folder. */
export function mailboxName({ user, host }: { readonly user: string; readonly host: string }, folder: string): string {
  return `imap://${encodeURIComponent(user)}@${host}/${encodeURIComponent(folder)}`;
}

/** What stands in the loop header of the mail that the service of a mailbox sends: it knows its own again by it, and it is no secret. */
export function loopIdOf(mailbox: string): string {
  return hash('loop', mailbox).slice(0, 32);
}

/**
 * The ledger's key of a mail: hex of sha256 over the mailbox's name and the Message-ID. The mailbox is in it, so that one
 * mail to two support addresses makes a ticket in each. Without a Message-ID everything the envelope says stands in, and the body.
 */
export function identityOf(mailbox: string, envelope: Envelope): string {
  return envelope.messageId
    ? identityOfMessageId(mailbox, envelope.messageId)
    : hash(
        'envelope',
        mailbox,
        fingerprintOf(envelope),
        String(envelope.sizeBytes),
        envelope.receivedAt,
        envelope.bodyHash ?? '',
      );
}

/**
 * What tells mails apart that have no Message-ID and came in one second: an alarm system sends several that differ by one digit.
 * @param body of the mail, as it stands below the blank line
 */
export function bodyHashOf(body: Uint8Array): string {
  return createHash('sha256').update(body.subarray(0, MAX_HASHED_BODY_BYTES)).digest('hex');
}

/** The key under which a mail with this Message-ID stands in the ledger; for finding the mail that another one answers. */
export function identityOfMessageId(mailbox: string, messageId: string): string {
  return hash('message-id', mailbox, messageId.trim());
}

/** The key for a mail whose Message-ID another mail (another fingerprint) holds already: scanners and printers reuse one for every mail. */
export function identityWithFingerprint(mailbox: string, envelope: Envelope): string {
  return hash('message-id+fingerprint', mailbox, envelope.messageId ?? '', fingerprintOf(envelope));
}

/** Tells two mails with one Message-ID apart: hex of sha256 over From, Date and Subject. */
export function fingerprintOf(envelope: Envelope): string {
  return hash('fingerprint', envelope.from, envelope.date, envelope.subject);
}

/** Length-prefixed, so that no choice of parts can be confused with another. */
function hash(...parts: string[]): string {
  const sha = createHash('sha256');
  for (const part of parts) sha.update(`${Buffer.byteLength(part)}:`).update(part);
  return sha.digest('hex');
}
