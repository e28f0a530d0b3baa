import { chownSync, linkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ImapFlow } from 'imapflow';
import type { TestDovecot } from '../../test/services/dovecot.js';
import type { Letters } from './letters.js';

/** A mailbox made for one run. */
export interface Mailbox {
  readonly user: string;
  /** Mails that stand in INBOX. */
  left(): Promise<number>;
  /** Delivers one mail; resolves when the server has it. */
  deliver(raw: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * A new mailbox with these mails in it, which the server knows already: none of its readers pays for taking them in. The mails are hard
 * links of the same files, so that a thousand with attachments are there at once.
 */
export async function fillMailbox(dovecot: TestDovecot, user: string, letters: Letters): Promise<Mailbox> {
  const client = await dovecot.client(user);
  await client.mailboxOpen('INBOX');
  await client.mailboxClose();
  const inbox = join(dovecot.mailDirectory, user, 'new');
  const owner = statSync(inbox);
  for (const [index, file] of letters.files.entries()) {
    const from = join(letters.directory, file);
    const { size, uid } = statSync(from);
    // Of another's file the server could make no link, and would copy each mail that is moved, with an fsync.
    if (uid !== owner.uid) chownSync(from, owner.uid, owner.gid);
    // Named as Dovecot does, sizes included: it need not read the files to know them.
    linkSync(from, join(inbox, `${FIRST_SECOND + index}.M0P1.bench,S=${size},W=${size}`));
  }
  if (letters.files.length > 0) {
    await client.mailboxOpen('INBOX');
    await client.mailboxClose();
  }
  return {
    user,
    left: () => countOf(client),
    async deliver(raw) {
      if (!(await client.append('INBOX', Buffer.from(raw)))) throw new Error('the server does not take the mail');
    },
    close: () => client.logout(),
  };
}

const FIRST_SECOND = 1_700_000_000;

async function countOf(client: ImapFlow): Promise<number> {
  const status = await client.status('INBOX', { messages: true });
  if (!status) throw new Error('the server does not answer STATUS');
  return status.messages ?? 0;
}
