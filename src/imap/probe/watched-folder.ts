import type { ImapFlow } from 'imapflow';
import { ok, problem, type Report, warning } from '../../check/finding.js';
import { findFolders, settledFolders } from '../folders.js';
import { QUEUED_KEYWORD } from '../standing.js';

/** Folders named where the watched one is not there. */
const MAX_NAMED = 10;

/** Selects the watched folder, as the service does, and reads no mail: the answer to SELECT says what may be done there. */
export async function probeWatchedFolder(
  client: ImapFlow,
  { folder, backlog }: { readonly folder: string; readonly backlog: 'skip' | 'import' },
  report: Report,
): Promise<void> {
  const found = await findFolders(client, folder);
  const names = [...found.standing];
  // INBOX is the one name whose case does not matter (RFC 9051 section 5.1).
  if (!names.some((name) => name === folder || (/^inbox$/i.test(name) && /^inbox$/i.test(folder)))) {
    const theirs = names.filter((name) => !name.startsWith(found.top));
    const shown = theirs.slice(0, MAX_NAMED).join(', ');
    report(problem('imap folder', `there is no folder ${folder}`, `set IMAP_FOLDER to one of: ${shown}`));
    return;
  }
  const { exists, readOnly, permanentFlags: flags = new Set<string>() } = await client.mailboxOpen(folder);
  const rights = 'give IMAP_USER the rights lrswte (RFC 4314) on it, or set IMAP_FOLDER to another';
  if (readOnly) report(problem('imap folder', `${folder} is read-only, so no mail can be moved out of it`, rights));
  // A server lists the flags that we may set; one that lists none at all means all of them.
  else if (flags.size > 0 && !flags.has('\\Deleted'))
    report(problem('imap folder', `nothing may be deleted in ${folder}, so no mail can be moved out of it`, rights));
  else report(ok('imap folder', `${folder}, with ${exists} mail${exists === 1 ? '' : 's'}`));

  if (!readOnly) {
    const keeps = flags.has('\\*') || flags.has(QUEUED_KEYWORD);
    const without = `no keywords may be set in ${folder}: a mail first seen after two minutes costs one more look at the helpdesk`;
    report(
      keeps
        ? ok('imap keywords', 'may be set')
        : warning('imap keywords', without, 'nothing has to be done; an IMAP server with keywords saves the look'),
    );
  }

  const watched = settledFolders.some((name) => found.standing.has(found.paths[name]));
  if (found.mark) report(ok('first start', `was on ${found.mark.date.toISOString().slice(0, 10)}`));
  else if (!watched) {
    const fate = backlog === 'skip' ? 'is left alone (IMAP_BACKLOG=skip)' : 'becomes tickets (IMAP_BACKLOG=import)';
    report(ok('first start', `is still to come: what stands in ${folder} then ${fate}`));
  } else if (backlog === 'skip') {
    const gone = `the note in ${found.root} that says which mail is old is gone, and the service will not guess it`;
    const cure =
      'set IMAP_BACKLOG=import to make tickets of all that stands there, or delete the Mail2Ticket folders to leave it alone';
    report(problem('first start', gone, cure));
  }
}
