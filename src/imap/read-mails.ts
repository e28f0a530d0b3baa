import type { FetchMessageObject, ImapFlow } from 'imapflow';
import { MAX_FETCHED_BODY_BYTES, MAX_WHOLE_BYTES } from '../limits.js';
import type { MailSource } from '../mail/source.js';
import { fetchAnswers } from './answers.js';
import { accountsFor, assemble, sectionsOf, selectParts } from './selection.js';

interface Sized {
  readonly uid: number;
  readonly sizeBytes: number;
}

/**
 * Fetches mails without marking them seen (BODY.PEEK): small ones whole and in one round trip, of larger ones the headers and
 * what holds text, by their BODYSTRUCTURE. One that has gone meanwhile is left out. No command may run on the connection
 * before the iteration has ended: imapflow would wait for ever.
 *
 * @param wholeBytes up to which size a mail is fetched whole, at most MAX_FETCHED_BODY_BYTES
 */
export async function* readMails(
  client: ImapFlow,
  mails: readonly Sized[],
  wholeBytes = MAX_WHOLE_BYTES,
): AsyncGenerator<{ uid: number; source: MailSource }> {
  const uidsOf = (list: readonly Sized[]) => list.map(({ uid }) => uid);
  const small = mails.filter(({ sizeBytes }) => sizeBytes <= wholeBytes);
  const large = mails.filter(({ sizeBytes }) => sizeBytes > wholeBytes);
  if (small.length > 0) yield* readWhole(client, uidsOf(small));
  if (large.length > 0) yield* readInParts(client, uidsOf(large));
}

/** Not more than the bound, whatever size the server has announced. */
async function* readWhole(client: ImapFlow, uids: readonly number[]) {
  const source = { start: 0, maxLength: MAX_FETCHED_BODY_BYTES };
  for await (const message of client.fetch(uids.join(','), { source }, { uid: true })) {
    if (message.source?.length) yield { uid: message.uid, source: { bytes: message.source, leftOut: new Map() } };
  }
}

async function* readInParts(client: ImapFlow, uids: readonly number[]) {
  const structures = await fetchAnswers(client, uids, { bodyStructure: true, size: true });
  /** The mails that ask for the same sections, which one FETCH brings for all of them. */
  const alike = new Map<string, FetchMessageObject[]>();
  const answered = new Set(structures.map(({ uid }) => uid));
  // A structure that cannot be understood comes as none.
  const unanswered = uids.filter((uid) => !answered.has(uid)).map((uid): FetchMessageObject => ({ uid, seq: 0 }));
  for (const message of [...structures, ...unanswered]) {
    const { bodyStructure, size = 0 } = message;
    const key =
      bodyStructure && accountsFor(bodyStructure, size) ? JSON.stringify(sectionsOf(selectParts(bodyStructure))) : '';
    alike.set(key, [...(alike.get(key) ?? []), message]);
  }
  for (const [key, messages] of alike) {
    const range = messages.map(({ uid }) => uid);
    // Without a structure to go by, the beginning of the mail has to do.
    if (key === '') {
      yield* readWhole(client, range);
      continue;
    }
    const structureOf = new Map(messages.map(({ uid, bodyStructure }) => [uid, bodyStructure]));
    for (const message of await fetchAnswers(client, range, { bodyParts: JSON.parse(key) })) {
      const structure = structureOf.get(message.uid);
      // Without any section it is only flags that the server tells of unasked.
      if (!structure || !(message.bodyParts ?? message.headers)) continue;
      const sections = new Map(message.bodyParts);
      if (message.headers) sections.set('header', message.headers);
      yield { uid: message.uid, source: assemble(selectParts(structure), sections) };
    }
  }
}

/** Bytes that reading a mail of this size can take, for batches that are bounded by them. */
export function bytesToRead(sizeBytes: number): number {
  return Math.min(sizeBytes, MAX_FETCHED_BODY_BYTES);
}
