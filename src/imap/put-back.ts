import type { ImapFlow } from 'imapflow';
import { MailboxUnavailableError } from '../errors.js';
import type { Log } from '../log/log-actions.js';
import { fingerprintOf } from '../mail/identity.js';
import { batches } from './batches.js';
import type { ImapLogin } from './connection.js';
import { envelopeOf } from './envelope.js';
import { type FetchedFolder, fetchEnvelopes } from './fetch.js';
import { FetchHistory } from './fetch-history.js';
import { findFolders } from './folders.js';
import { overConnections } from './over-connections.js';
import { searchUids } from './search.js';

/** How a mail in Failed is known again. */
export interface FailedMail {
  readonly id: string;
  readonly messageId: string | null;
  readonly fingerprint: string;
  /** INTERNALDATE, ms since 1970; null where it is not known. */
  readonly receivedAt: number | null;
}

/** Mails up to this number are searched for by Message-ID; for more, the envelopes of the whole folder are read. */
const MAX_SEARCHES = 20;

/**
 * Moves mails from Failed back into the watched folder, as a person does who drags them: keywords and INTERNALDATE stay, by
 * which the next pass knows that they are to be tried again. On a connection of its own, so that it disturbs no watcher.
 * @returns the ids of the mails that were found there and moved
 * @throws MailboxUnavailableError, MailboxRefusedError
 */
export async function putBack(
  { login, folder, log }: { login: ImapLogin; folder: string; log: Log },
  mails: readonly FailedMail[],
): Promise<string[]> {
  if (mails.length === 0) return [];
  const history = new FetchHistory();
  const moved = await overConnections({ login, log }, history, async (client) => {
    const { paths, standing } = await findFolders(client, folder);
    if (!standing.has(paths.Failed)) return [];
    const { uidValidity } = await client.mailboxOpen(paths.Failed);
    const failed = { client, history, folder: paths.Failed, uidValidity: String(uidValidity) };
    const found = [...(await find(failed, mails))];
    for (const uids of batches(found.map(([, uid]) => uid))) {
      if (!(await client.messageMove(uids.join(','), folder, { uid: true })))
        throw new MailboxUnavailableError(`mail could not be moved from ${paths.Failed} to ${folder}`);
    }
    return found.map(([id]) => id);
  });
  for (const id of moved) log.info({ action: 'mail.put-back', mail: id }, 'mail moved back to be tried again');
  return moved;
}

/** UIDs by ledger id. */
async function find(failed: FetchedFolder, mails: readonly FailedMail[]): Promise<Map<string, number>> {
  const wanted = new Map(mails.map((mail) => [`${mail.fingerprint} ${mail.receivedAt}`, mail.id]));
  const found = new Map<string, number>();
  for (const uids of batches(await candidates(failed.client, mails))) {
    for (const message of await fetchEnvelopes(failed, uids)) {
      const envelope = envelopeOf(message);
      const receivedAt = envelope.receivedAt === '' ? null : Date.parse(envelope.receivedAt);
      const fingerprint = fingerprintOf(envelope);
      const id = wanted.get(`${fingerprint} ${receivedAt}`) ?? wanted.get(`${fingerprint} null`);
      if (id !== undefined && !found.has(id)) found.set(id, message.uid);
    }
  }
  return found;
}

/** The UIDs among which the mails are. */
async function candidates(client: ImapFlow, mails: readonly FailedMail[]): Promise<readonly number[]> {
  const all = () => searchUids(client, { all: true });
  if (mails.length > MAX_SEARCHES) return all();
  const uids = new Set<number>();
  for (const { messageId } of mails) {
    const hits = messageId === null ? [] : await client.search({ header: { 'message-id': messageId } }, { uid: true });
    // Without a Message-ID, or with one that the server's search does not understand, all of them may be it.
    if (!Array.isArray(hits) || hits.length === 0) return all();
    for (const uid of hits) uids.add(uid);
  }
  return [...uids];
}
