import type { ImapFlow } from 'imapflow';
import { MAX_MESSAGE_BYTES } from '../limits.js';

/**
 * The bytes of mails, at most MAX_MESSAGE_BYTES of each, in one round trip and without marking them seen (BODY.PEEK). One that
 * has gone meanwhile is left out. No command may run on the connection before the iteration has ended: imapflow would wait
 * for ever.
 */
export async function* readMails(
  client: ImapFlow,
  uids: readonly number[],
): AsyncGenerator<{ uid: number; bytes: Buffer }> {
  const source = { start: 0, maxLength: MAX_MESSAGE_BYTES };
  for await (const message of client.fetch(uids.join(','), { source }, { uid: true })) {
    if (message.source) yield { uid: message.uid, bytes: message.source };
  }
}
