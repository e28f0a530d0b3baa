import { randomBytes } from 'node:crypto';
import type { ImapFlow } from 'imapflow';
import { clockFinding } from '../../check/clock.js';
import { ok, problem, type Report, warning } from '../../check/finding.js';
import { findFolders, settledFolders } from '../folders.js';

/**
 * Tries out what filing needs: makes a folder and one in it, puts a mail of ours there, moves it, and copies it into those of our
 * folders that stand. Then all of it is removed. The folder has a name of its own: to the service, a `Mail2Ticket` without a note
 * would mean that somebody has deleted the note.
 */
export async function probeFolders(client: ImapFlow, watched: string, report: Report): Promise<void> {
  const { root, paths, standing } = await findFolders(client, watched);
  const delimiter = paths.Processed.slice(root.length, -'Processed'.length);
  const begin = `${root}-Check-`;
  for (const path of [...standing].filter((name) => name.startsWith(begin) && !name.includes(delimiter, begin.length)))
    report(warning('imap folders', `the folder ${path} is left of an earlier check`, 'delete it by hand'));
  const folder = `${begin}${randomBytes(4).toString('hex')}`;
  const moved = `${folder}${delimiter}Moved`;
  const made: string[] = [];
  let doing = `make the folder ${folder}`;
  try {
    for (const path of [folder, moved]) {
      doing = `make the folder ${path}`;
      await client.mailboxCreate(path);
      made.unshift(path);
    }
    doing = `put a mail into ${folder}`;
    const began = Date.now();
    if (!(await client.append(folder, PROBE, ['\\Seen']))) throw new Error('refused');
    const appended = (began + Date.now()) / 2;
    await client.mailboxOpen(folder);
    const probe = await client.fetchOne('1', { internalDate: true });
    const received = probe ? probe.internalDate : undefined;
    doing = `move a mail from ${folder} to ${moved}`;
    if (!(await client.messageMove('1:*', moved))) throw new Error('refused');
    const { exists } = await client.mailboxOpen(moved);
    if (exists !== 1) throw new Error('the mail did not arrive');
    for (const path of settledFolders.map((name) => paths[name]).filter((path) => standing.has(path))) {
      doing = `put a mail into ${path}`;
      await copyAndRemove(client, moved, path, report);
    }
    report(ok('imap folders', 'may be made, filled, moved between and removed'));
    // INTERNALDATE has no milliseconds.
    if (received) report(clockFinding('imap clock', 'the IMAP server', new Date(received).getTime() + 500 - appended));
  } catch (error) {
    const { responseText, message } = error as { responseText?: string; message: string };
    const cure =
      'give IMAP_USER the right at the server (ACL, quota), or set IMAP_USER to an account that owns the mailbox';
    report(problem('imap folders', `the server does not let IMAP_USER ${doing}: ${responseText ?? message}`, cure));
  } finally {
    for (const path of made) {
      await client.mailboxDelete(path).catch(() => {
        report(warning('imap folders', `the folder ${path} of this check could not be removed`, 'delete it by hand'));
      });
    }
  }
}

const PROBE = [
  'From: mail2ticket <mail2ticket@localhost>',
  'Subject: mail2ticket check (may be deleted)',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=us-ascii',
  '',
  'mail2ticket check puts this mail here to see whether it may, and removes it again.',
  '',
].join('\r\n');

/** Only where the copy's own UID is told, and where it alone can be expunged: nothing of what people keep there is touched. */
async function copyAndRemove(client: ImapFlow, from: string, to: string, report: Report): Promise<void> {
  if (!client.capabilities.has('UIDPLUS')) return;
  await client.mailboxOpen(from);
  const copied = await client.messageCopy('1:*', to);
  if (!copied) throw new Error('refused');
  const [uid] = copied.uidMap?.values() ?? [];
  if (uid === undefined) return;
  await client.mailboxOpen(to);
  if (!(await client.messageDelete(String(uid), { uid: true }).catch(() => false)))
    report(warning('imap folders', `the mail of this check in ${to} could not be removed`, 'delete it by hand'));
}
