import type { FetchMessageObject, ImapFlow } from 'imapflow';
import { MailboxUnavailableError } from '../errors.js';
import { MAX_HASHED_BODY_BYTES } from '../limits.js';
import { type Identified, identify } from '../mail/identify.js';
import { bodyHashOf } from '../mail/identity.js';
import { envelopeOf } from './envelope.js';
import type { Mark } from './folders.js';
import { LargeEnvelopes } from './large-envelopes.js';
import type { Ledger } from './ports.js';

/** The keyword of a mail that has been, or is about to be, queued: what a lost ledger leaves behind. */
export const QUEUED_KEYWORD = '$Mail2TicketQueued';

/** An open folder and what it takes to know its mails. */
export interface OpenFolder {
  readonly client: ImapFlow;
  /** The name of the watched mailbox in every identity. */
  readonly mailbox: string;
  readonly uidValidity: string;
  /** Mail below it is left alone; null where the whole folder counts. */
  readonly mark: Mark | null;
  readonly ledger: Pick<Ledger, 'lookUp'>;
  /** Kept by who makes more than one connection. */
  readonly largeEnvelopes?: LargeEnvelopes;
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
  const found = await client.search({ uid: `${from}:*`, ...since }, { uid: true });
  if (!Array.isArray(found)) throw new MailboxUnavailableError('the server does not answer SEARCH');
  // `n:*` always holds the last message, even below n (RFC 3501 section 9, seq-range).
  return found.filter((uid) => uid >= from).sort((a, b) => a - b);
}

/**
 * Envelopes, identities and ledger entries of one batch, in the order of their UIDs; mail below a mark that only its date can
 * tell is left out.
 */
export async function look(folder: OpenFolder, uids: readonly number[]): Promise<Standing[]> {
  const { client, mailbox, mark, uidValidity, ledger } = folder;
  const messages = await fetchEnvelopes(folder, uids);
  // INTERNALDATE has whole seconds: what came in the second of the mark may have come after it.
  const skippedBefore = mark && mark.uidValidity !== uidValidity ? Math.floor(mark.date.getTime() / 1000) * 1000 : 0;
  const seen = messages
    .sort((a, b) => a.uid - b.uid)
    .map((message) => ({ message, envelope: envelopeOf(message) }))
    // Written so that a mail without a date that can be read is not skipped.
    .filter(({ envelope }) => !(Date.parse(envelope.receivedAt) < skippedBefore));
  const hashes = await bodyHashes(
    client,
    seen.flatMap(({ message, envelope }) => (envelope.messageId === null ? [message.uid] : [])),
  );
  const identified = await identify(
    mailbox,
    seen.map(({ message, envelope }) => ({ ...envelope, ...hashes.get(message.uid) })),
    (ids) => ledger.lookUp(ids),
  );
  return identified.map((mail, i) => ({
    ...mail,
    uid: seen[i]?.message.uid ?? 0,
    hasKeyword: hasKeyword(seen[i]?.message.flags),
  }));
}

type Hashes = Map<number, { readonly bodyHash: string }>;

/** By UID. A mail whose body the server cannot give has none, and must not keep the others from theirs. */
async function bodyHashes(client: ImapFlow, uids: readonly number[]): Promise<Hashes> {
  const hashes: Hashes = new Map();
  if (uids.length === 0) return hashes;
  const bodyParts = [{ key: 'TEXT', start: 0, maxLength: MAX_HASHED_BODY_BYTES }];
  try {
    for await (const message of client.fetch(uids.join(','), { bodyParts }, { uid: true })) {
      hashes.set(message.uid, { bodyHash: bodyHashOf(message.bodyParts?.get('text') ?? Buffer.alloc(0)) });
    }
    return hashes;
  } catch (error) {
    if (!client.usable) throw error;
    if (uids.length === 1) return new Map();
    const each: Hashes = new Map();
    for (const uid of uids) for (const [of, hash] of await bodyHashes(client, [uid])) each.set(of, hash);
    return each;
  }
}

/** Of a mail whose envelope is too large to be read all but that. */
async function fetchEnvelopes(
  { client, uidValidity, largeEnvelopes = new LargeEnvelopes() }: OpenFolder,
  uids: readonly number[],
): Promise<FetchMessageObject[]> {
  const messages: FetchMessageObject[] = [];
  for (const group of largeEnvelopes.groups(uidValidity, uids)) {
    const parts = { uid: true, envelope: group.envelope, size: true, internalDate: true, flags: true };
    try {
      messages.push(...(await client.fetchAll(group.uids.join(','), parts, { uid: true })));
      largeEnvelopes.read(uidValidity, group.uids);
    } catch (error) {
      largeEnvelopes.failed(uidValidity, group.uids, error);
      throw error;
    }
  }
  return messages;
}

/** Servers may give a keyword back in another case than it was set in (RFC 3501 section 2.3.2 leaves it open). */
function hasKeyword(flags: ReadonlySet<string> | undefined): boolean {
  return [...(flags ?? [])].some((flag) => flag.toLowerCase() === QUEUED_KEYWORD.toLowerCase());
}
