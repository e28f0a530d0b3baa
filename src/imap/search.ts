import type { ImapFlow, SearchObject } from 'imapflow';
import { MailboxUnavailableError } from '../errors.js';

/**
 * SEARCH by UID in the open folder.
 * @throws MailboxUnavailableError where the server refuses it
 */
export async function searchUids(client: ImapFlow, query: SearchObject): Promise<number[]> {
  const found = await client.search(query, { uid: true });
  if (Array.isArray(found)) return found;
  // Proton Bridge answers NO where there is nothing to be found in.
  if (client.mailbox && client.mailbox.exists === 0) return [];
  throw new MailboxUnavailableError('the server does not answer SEARCH');
}
