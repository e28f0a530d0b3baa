import type { ImapConfig } from './config.js';
import { putBack } from './imap/put-back.js';
import type { Log } from './log-actions.js';
import { mailboxName } from './mail/identity.js';
import type { MailRecord, RetryRefusal, RetryReport } from './mail/mail-record.js';
import type { MailLog } from './queue/mail-log.js';
import type { MailDesk } from './status/page/ports.js';

/** What operators ask of the ledger, and the one thing that they do: have failed mails tried again under today's configuration. */
export function openMailDesk(mails: MailLog, imap: ImapConfig, log: Log): MailDesk {
  return {
    list: (query, waitMs) => mails.list(query, waitMs),
    hours: (waitMs) => mails.hours(waitMs),
    counts: () => mails.counts(),
    find: (id) => mails.find(id),
    retry: (ids) => retry(ids, mails, imap, log),
  };
}

/** Moves the mails back into the watched folder. What is tried again is the watcher's matter, which finds them there. */
async function retry(ids: readonly string[] | 'all', mails: MailLog, imap: ImapConfig, log: Log): Promise<RetryReport> {
  const mailbox = mailboxName(imap, imap.folder);
  const refused: { id: string; why: RetryRefusal }[] = [];
  const failed: MailRecord[] = [];
  for await (const { id, mail } of asked(ids, mails)) {
    const why = mail ? refusal(mail, mailbox) : 'unknown';
    if (why !== null) refused.push({ id, why });
    else if (mail) failed.push(mail);
  }
  const moved = await putBack({ login: imap, folder: imap.folder, log }, failed);
  const isMoved = new Set(moved);
  for (const { id } of failed) if (!isMoved.has(id)) refused.push({ id, why: 'gone' });
  return { moved, refused };
}

async function* asked(
  ids: readonly string[] | 'all',
  mails: MailLog,
): AsyncGenerator<{ id: string; mail: MailRecord | null }> {
  if (ids === 'all') for await (const mail of mails.failed()) yield { id: mail.id, mail };
  else for (const id of ids) yield { id, mail: await mails.find(id) };
}

function refusal(mail: MailRecord, mailbox: string): RetryRefusal | null {
  if (mail.state !== 'failed') return 'not failed';
  if (mail.mailbox !== mailbox) return 'other mailbox';
  return mail.filedIn === 'Failed' ? null : 'not filed';
}
