import type { ImapConfig } from '../config/mailboxes.js';
import { putBack } from '../imap/put-back.js';
import type { Log } from '../log/log-actions.js';
import type { LookUpRefusal, MailRecord, RetryRefusal, RetryReport } from '../mail/mail-record.js';
import type { JobLedger } from '../queue/ledger.js';
import type { MailLog } from '../queue/mail-log.js';
import type { MailDesk } from '../status/page/ports.js';
import { type CredentialSources, watchedMailbox } from './credential-sources.js';

type Mailboxes = readonly { readonly imap: ImapConfig }[];

/** What operators ask of the ledger, and the one thing that they do: have failed mails tried again under today's configuration. */
export function openMailDesk(
  mails: MailLog,
  ledger: JobLedger,
  mailboxes: Mailboxes,
  credentials: CredentialSources,
  log: Log,
): MailDesk {
  return {
    list: (query, waitMs) => mails.list(query, waitMs),
    day: (waitMs) => mails.day(waitMs),
    counts: () => mails.counts(),
    find: (id) => mails.find(id),
    retry: (ids) =>
      retry(ids, mails, ledger, mailboxes, (imap, failed) =>
        putBack({ ...watchedMailbox(imap, credentials), log }, failed),
      ),
  };
}

/**
 * Moves the mails back into their watched folders. What is tried again is the watchers' matter, which find them there. Mails that
 * were ingested go into the queue again.
 */
async function retry(
  ids: readonly string[] | 'all',
  mails: MailLog,
  ledger: JobLedger,
  mailboxes: Mailboxes,
  putBackInto: (imap: ImapConfig, failed: readonly MailRecord[]) => Promise<string[]>,
): Promise<RetryReport> {
  const queued: string[] = [];
  const refused: { id: string; why: RetryRefusal }[] = [];
  const failed = new Map<ImapConfig, MailRecord[]>();
  for await (const { id, mail } of asked(ids, mails)) {
    if (typeof mail === 'string') {
      refused.push({ id, why: mail });
      continue;
    }
    const imap = mailboxes.find((each) => each.imap.mailbox === mail.mailbox)?.imap;
    const why = refusal(mail, imap);
    if (why !== null) refused.push({ id, why });
    else if (mail.ingested) {
      if (await ledger.addIngestedAgain(mail.id)) queued.push(mail.id);
      else refused.push({ id, why: 'not kept' });
    } else if (imap) {
      const ofMailbox = failed.get(imap);
      if (ofMailbox) ofMailbox.push(mail);
      else failed.set(imap, [mail]);
    }
  }
  const moved = new Set<string>();
  for (const [imap, ofMailbox] of failed) {
    for (const id of await putBackInto(imap, ofMailbox)) moved.add(id);
    for (const { id } of ofMailbox) if (!moved.has(id)) refused.push({ id, why: 'gone' });
  }
  return { moved: [...moved], queued, refused };
}

async function* asked(
  ids: readonly string[] | 'all',
  mails: MailLog,
): AsyncGenerator<{ id: string; mail: MailRecord | LookUpRefusal }> {
  if (ids === 'all') for await (const mail of mails.failed()) yield { id: mail.id, mail };
  else for (const id of ids) yield { id, mail: await mails.find(id) };
}

function refusal(mail: MailRecord, imap: ImapConfig | undefined): RetryRefusal | null {
  if (mail.state !== 'failed') return 'not failed';
  if (mail.ingested) return null;
  if (!imap) return 'other mailbox';
  return mail.filedIn === 'Failed' ? null : 'not filed';
}
