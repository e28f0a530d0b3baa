import type { FetchMessageObject, ImapFlow } from 'imapflow';
import { MAX_HASHED_BODY_BYTES } from '../limits.js';
import { bodyHashOf } from '../mail/identity.js';
import { fetchWhatCanBe } from './answers.js';
import { FetchHistory } from './fetch-history.js';
import type { Group, Numbered, Quarantine } from './quarantine.js';

/** An open folder. */
export interface FetchedFolder extends Numbered {
  readonly client: ImapFlow;
  readonly history?: FetchHistory;
}

/** imapflow's codes for an answer that holds more than it takes; with each the connection is over. */
const TOO_LARGE = ['TooManyTokens', 'ResponseTooLarge', 'LineTooLarge', 'LiteralTooLarge'];

const ABOUT = { uid: true, size: true, internalDate: true, flags: true };

/** ENVELOPE, RFC822.SIZE, INTERNALDATE and flags. A mail whose ENVELOPE is too large to be read, as one with a From of 100,000 addresses, comes without it. */
export async function fetchEnvelopes(folder: FetchedFolder, uids: readonly number[]): Promise<FetchMessageObject[]> {
  const { client, history = new FetchHistory() } = folder;
  const messages: FetchMessageObject[] = [];
  await inGroups(history.envelopes, folder, uids, isTooLarge, async (group) => {
    const answers = await fetchWhatCanBe(client, group.uids, { ...ABOUT, envelope: !group.quarantined });
    // Of a mail that has gone meanwhile there may be flags alone: taken for a mail, it would have another identity than its own.
    const read = answers.filter(({ envelope, internalDate, size }) =>
      group.quarantined ? (internalDate ?? size) : envelope,
    );
    messages.push(...read);
    if (group.quarantined) return;
    const known = new Set(read.map(({ uid }) => uid));
    const unread = group.uids.filter((uid) => !known.has(uid));
    if (unread.length > 0) messages.push(...(await fetchByHeader(client, unread)));
  });
  return messages;
}

const ENVELOPE_FIELDS = ['Message-ID', 'From', 'Subject', 'Date'];

/**
 * The same of mails whose ENVELOPE is missing, NIL, refused or not to be understood, as where a server leaves quotes in it as they are (GreenMail,
 * iCloud, Domino): made of the header, so that each has the identity that it has wherever else it is met.
 */
async function fetchByHeader(client: ImapFlow, uids: readonly number[]): Promise<FetchMessageObject[]> {
  const answers = (await fetchWhatCanBe(client, uids, { ...ABOUT, headers: ENVELOPE_FIELDS })).filter(
    ({ headers }) => headers,
  );
  if (answers.length === 0) return [];
  // Loaded only where it is used: it brings a parser of mails along, which is else in the judging threads alone.
  const { envelopeOfHeader } = await import('../mail/header-envelope.js');
  return answers.map((answer) => {
    const { headers = Buffer.alloc(0), size = 0 } = answer;
    const { messageId, from, subject, date } = envelopeOfHeader(headers, size, Date.now());
    const envelope = { messageId: messageId ?? '', from: [{ address: from }], subject, date: new Date(date) };
    return { ...answer, envelope };
  });
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && TOO_LARGE.includes(String(error.code));
}

/** By UID. A mail whose body the server cannot give, or which ends each connection that asks for it, has none. */
export async function fetchBodyHashes(
  folder: FetchedFolder,
  uids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const { client, history = new FetchHistory() } = folder;
  const hashes = new Map<number, string>();
  const unknown: number[] = [];
  for (const uid of uids) {
    const hash = history.bodyHash(folder, uid);
    if (hash === undefined) unknown.push(uid);
    else hashes.set(uid, hash);
  }
  const bodyParts = [{ key: 'TEXT', start: 0, maxLength: MAX_HASHED_BODY_BYTES }];
  const ask = async (asked: readonly number[]): Promise<void> => {
    try {
      for await (const { uid, bodyParts: parts } of client.fetch(asked.join(','), { bodyParts }, { uid: true })) {
        // Flags that the server tells of unasked.
        if (!parts) continue;
        const hash = bodyHashOf(parts.get('text') ?? Buffer.alloc(0));
        hashes.set(uid, hash);
        history.keepBodyHash(folder, uid, hash);
      }
    } catch (error) {
      if (!client.usable) throw error;
      // A refusal of one must not keep the others from theirs.
      if (asked.length > 1) for (const uid of asked) await ask([uid]);
    }
  };
  const isOver = () => !client.usable;
  await inGroups(history.bodies, folder, unknown, isOver, async (group) => {
    if (!group.quarantined) await ask(group.uids);
  });
  return hashes;
}

/** @param isTheirs whether it was what these mails were asked for that has ended the connection */
async function inGroups(
  quarantine: Quarantine,
  folder: FetchedFolder,
  uids: readonly number[],
  isTheirs: (error: unknown) => boolean,
  ask: (group: Group) => Promise<void>,
): Promise<void> {
  for (const group of quarantine.groups(folder, uids)) {
    try {
      await ask(group);
      quarantine.read(folder, group);
    } catch (error) {
      if (isTheirs(error)) quarantine.ended(folder, group);
      throw error;
    }
  }
}
