import type { FetchMessageObject } from 'imapflow';
import { type Identified, identify } from '../mail/identify.js';
import type { MailLocation } from '../mail/ledger-entry.js';
import { envelopeOf } from './envelope.js';
import { type FetchedFolder, fetchBodyHashes, fetchEnvelopes } from './fetch.js';
import type { Mark } from './folders.js';
import type { Ledger } from './ports.js';
import { searchUids } from './search.js';

/** The keyword of a mail that has been, or is about to be, queued: what a lost ledger leaves behind. */
export const QUEUED_KEYWORD = '$Mail2TicketQueued';

/** An open folder and what it takes to know its mails. */
export interface OpenFolder extends FetchedFolder {
  /** The name of the watched mailbox in every identity. */
  readonly mailbox: string;
  /** Mail below it is left alone; null where the whole folder counts. */
  readonly mark: Mark | null;
  readonly ledger: Pick<Ledger, 'lookUp'>;
}

/** A mail in the folder, known by its envelope. */
export interface Standing extends Identified {
  readonly uid: number;
  readonly hasKeyword: boolean;
}

/** UIDs of the mails above the mark and above `aboveUid`, in the order of their arrival. */
export async function uidsAbove({ client, mark, uidValidity }: OpenFolder, aboveUid: number): Promise<number[]> {
  const byUid = mark && mark.uidValidity === uidValidity ? mark.uidNext : 1;
  const from = Math.max(byUid, aboveUid + 1);
  // A changed UIDVALIDITY has renumbered the folder, so only the date can tell what stood there before the first start.
  const since = mark && mark.uidValidity !== uidValidity ? { since: new Date(mark.date.getTime() - 86_400_000) } : {};
  const found = await searchUids(client, { uid: `${from}:*`, ...since });
  // `n:*` always holds the last message, even below n (RFC 3501 section 9, seq-range).
  return found.filter((uid) => uid >= from).sort((a, b) => a - b);
}

/** Envelopes, identities and ledger entries of one batch: see `identified`. */
export async function look(folder: OpenFolder, uids: readonly number[]): Promise<Standing[]> {
  return identified(folder, await fetchEnvelopes(folder, uids));
}

/**
 * Identities and ledger entries of mails whose envelopes were fetched, in the order of their UIDs; mail below a mark that only its date
 * can tell is left out.
 */
export async function identified(folder: OpenFolder, messages: readonly FetchMessageObject[]): Promise<Standing[]> {
  const { mailbox, mark, uidValidity, ledger } = folder;
  // INTERNALDATE has whole seconds: what came in the second of the mark may have come after it.
  const skippedBefore = mark && mark.uidValidity !== uidValidity ? Math.floor(mark.date.getTime() / 1000) * 1000 : 0;
  const seen = [...messages]
    .sort((a, b) => a.uid - b.uid)
    .map((message) => ({ message, envelope: envelopeOf(message) }))
    // Written so that a mail without a date that can be read is not skipped.
    .filter(({ envelope }) => !(Date.parse(envelope.receivedAt) < skippedBefore));
  const hashes = await fetchBodyHashes(
    folder,
    seen.flatMap(({ message, envelope }) => (envelope.messageId === null ? [message.uid] : [])),
  );
  const known = await identify(
    mailbox,
    seen.map(({ message, envelope }) => {
      if (envelope.messageId !== null) return envelope;
      const bodyHash = hashes.get(message.uid);
      const sizeBytes = folder.history?.sizeOf(folder, message.uid, envelope.sizeBytes) ?? envelope.sizeBytes;
      return bodyHash === undefined ? { ...envelope, sizeBytes } : { ...envelope, sizeBytes, bodyHash };
    }),
    (ids) => ledger.lookUp(ids),
  );
  return known.map((mail, i) => ({
    ...mail,
    uid: seen[i]?.message.uid ?? 0,
    hasKeyword: hasKeyword(seen[i]?.message.flags),
  }));
}

/** What was moved away and back has another UID than when it was queued. */
export function standsWhereItStood(
  location: MailLocation | null,
  uidValidity: string,
  uids: readonly number[],
): boolean {
  return location?.uidValidity === uidValidity && uids.includes(location.uid);
}

/** Servers may give a keyword back in another case than it was set in (RFC 3501 section 2.3.2 leaves it open). */
export function hasKeyword(flags: ReadonlySet<string> | undefined): boolean {
  return [...(flags ?? [])].some((flag) => flag.toLowerCase() === QUEUED_KEYWORD.toLowerCase());
}
