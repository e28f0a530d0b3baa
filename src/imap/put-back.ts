import type { ImapFlow } from 'imapflow';
import { MailboxUnavailableError } from '../errors.js';
import { MAX_MAILS_PER_BATCH } from '../limits.js';
import type { Log } from '../log/log-actions.js';
import { fingerprintOf } from '../mail/identity.js';
import { connectImap, type ImapLogin } from './connection.js';
import { envelopeOf } from './envelope.js';
import { findFolders } from './folders.js';

/** How a mail in Failed is known again. */
export interface FailedMail {
  readonly id: string;
  readonly messageId: string | null;
  readonly fingerprint: string;
  /** INTERNALDATE, ms since 1970; null where it is not known. */
  readonly receivedAt: number | null;
}

/** Mails up to this number are searched for by Message-ID; for more, the envelopes of the whole folder are read in one go. */
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
  const client = await connectImap(login, log);
  try {
    const { paths, standing } = await findFolders(client, folder);
    if (!standing.has(paths.Failed)) return [];
    await client.mailboxOpen(paths.Failed);
    const found = [...(await find(client, mails))];
    // Batches, since a server may refuse a line with thousands of UIDs.
    for (let start = 0; start < found.length; start += MAX_MAILS_PER_BATCH) {
      const uids = found.slice(start, start + MAX_MAILS_PER_BATCH).map(([, uid]) => uid);
      if (!(await client.messageMove(uids.join(','), folder, { uid: true })))
        throw new MailboxUnavailableError(`mail could not be moved from ${paths.Failed} to ${folder}`);
    }
    for (const [id] of found) log.info({ action: 'mail.put-back', mail: id }, 'mail moved back to be tried again');
    await client.logout();
    return found.map(([id]) => id);
  } finally {
    client.close();
  }
}

/** UIDs by ledger id. */
async function find(client: ImapFlow, mails: readonly FailedMail[]): Promise<Map<string, number>> {
  const wanted = new Map(mails.map((mail) => [`${mail.fingerprint} ${mail.receivedAt}`, mail.id]));
  const found = new Map<string, number>();
  const range = await candidates(client, mails);
  if (range === '') return found;
  const parts = { uid: true, envelope: true, size: true, internalDate: true };
  for await (const message of client.fetch(range, parts, { uid: true })) {
    const envelope = envelopeOf(message);
    const receivedAt = envelope.receivedAt === '' ? null : Date.parse(envelope.receivedAt);
    const fingerprint = fingerprintOf(envelope);
    const id = wanted.get(`${fingerprint} ${receivedAt}`) ?? wanted.get(`${fingerprint} null`);
    if (id !== undefined && !found.has(id)) found.set(id, message.uid);
  }
  return found;
}

/** The UIDs among which the mails are, as a range; '' where there is none. */
async function candidates(client: ImapFlow, mails: readonly FailedMail[]): Promise<string> {
  if (client.mailbox && client.mailbox.exists === 0) return '';
  if (mails.length > MAX_SEARCHES) return '1:*';
  const uids = new Set<number>();
  for (const { messageId } of mails) {
    const hits = messageId === null ? [] : await client.search({ header: { 'message-id': messageId } }, { uid: true });
    // Without a Message-ID, or with one that the server's search does not understand, all of them may be it.
    if (!Array.isArray(hits) || hits.length === 0) return '1:*';
    for (const uid of hits) uids.add(uid);
  }
  return [...uids].join(',');
}
