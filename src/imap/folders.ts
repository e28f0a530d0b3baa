import type { ImapFlow, ListResponse } from 'imapflow';
import { MailboxRefusedError, MailboxUnavailableError } from '../errors.js';
import type { SettledFolder } from '../mail/ledger-entry.js';

/** The parent of all that is ours in an account. */
const TOP_FOLDER = 'Mail2Ticket';

export const settledFolders: readonly SettledFolder[] = ['Processed', 'Ignored', 'Failed'];

/** Where settled mail goes, as the server spells the paths. */
export type FolderPaths = Readonly<Record<SettledFolder, string>>;

/** Where new mail begins: what stood in the watched folder at the first start is not ours. */
export interface Mark {
  readonly uidValidity: string;
  readonly uidNext: number;
  readonly date: Date;
}

/**
 * Our folders as they stand; nothing is made or changed.
 * @returns their paths, the path of every folder of the account, and the mark, null where there is no note
 */
export async function findFolders(
  client: ImapFlow,
  watched: string,
): Promise<{ top: string; root: string; paths: FolderPaths; standing: ReadonlySet<string>; mark: Mark | null }> {
  const listed = await client.list();
  // A server also lists what is no folder but has folders in it (RFC 9051 section 7.3.1); it cannot be opened.
  const isFolder = ({ flags }: ListResponse) => !flags.has('\\NonExistent') && !flags.has('\\Noselect');
  const standing = new Set(listed.filter(isFolder).map((folder) => folder.path));
  const delimiter = listed.find((folder) => folder.delimiter)?.delimiter ?? '/';
  const prefix = client.namespace?.prefix ?? '';
  const root = rootOf(watched, prefix, delimiter);
  const pathOf = (name: SettledFolder) => `${root}${delimiter}${name}`;
  const paths = { Processed: pathOf('Processed'), Ignored: pathOf('Ignored'), Failed: pathOf('Failed') };
  const mark = standing.has(root) ? await readMark(client, root, watched) : null;
  return { top: `${prefix}${TOP_FOLDER}`, root, paths, standing, mark };
}

/**
 * The parent of the three folders, which holds the note as well. Each watched folder of an account has one of its own: else the
 * first start on a second one would look like a note that somebody deleted.
 */
function rootOf(watched: string, prefix: string, delimiter: string): string {
  const top = `${prefix}${TOP_FOLDER}`;
  if (watched.toUpperCase() === 'INBOX') return top;
  return `${top}${delimiter}${watched.startsWith(prefix) ? watched.slice(prefix.length) : watched}`;
}

/**
 * Makes sure that our folders are there, and with them the note that holds the mark.
 *
 * @param fresh the mark to write where there is none yet: on a mailbox that has never been watched
 * @param known the mark an earlier connection of this process has read: a note deleted meanwhile is written again
 * @returns the mark; null where the folders are there but the note is gone, so that nothing is guessed
 * @throws MailboxRefusedError where the server does not let us create a folder or put the note there
 */
export async function prepareFolders(
  client: ImapFlow,
  watched: string,
  fresh: Mark,
  known: Mark | null,
): Promise<{ paths: FolderPaths; mark: Mark | null }> {
  const found = await findFolders(client, watched);
  const { top, root, paths, standing } = found;
  let { mark } = found;
  const everWatched = settledFolders.some((name) => standing.has(paths[name]));
  if (!mark && (known || !everWatched)) {
    // The note goes before the three folders: a crash in between must not look like a note that somebody deleted.
    mark = known ?? fresh;
    for (const path of new Set([top, root])) if (!standing.has(path)) await createFolder(client, path);
    await appendNote(client, root, watched, mark);
  }
  for (const name of settledFolders) if (!standing.has(paths[name])) await createFolder(client, paths[name]);
  return { paths, mark };
}

async function createFolder(client: ImapFlow, path: string): Promise<void> {
  try {
    await client.mailboxCreate(path);
  } catch (error) {
    const message = `the server does not let IMAP_USER create the folder ${path}: ${wordsOf(error)}`;
    throw new MailboxRefusedError(message, 'IMAP_USER', { cause: error });
  }
}

async function appendNote(client: ImapFlow, root: string, watched: string, mark: Mark): Promise<void> {
  try {
    if (await client.append(root, noteOf(watched, mark), ['\\Seen'], mark.date)) return;
  } catch (error) {
    const message = `the server does not let IMAP_USER put a note into ${root}: ${wordsOf(error)}`;
    throw new MailboxRefusedError(message, 'IMAP_USER', { cause: error });
  }
  throw new MailboxUnavailableError(`the note could not be put into ${root}: the connection has ended`);
}

/** The header field of the note that holds the mark; its folder is named in it, since several watched folders may share an account. */
const MARK_HEADER = 'X-Mail2Ticket-Mark';

function noteOf(folder: string, mark: Mark): string {
  return [
    'From: mail2ticket <mail2ticket@localhost>',
    'Subject: What these folders are (please keep this note)',
    `Date: ${mark.date.toUTCString().replace('GMT', '+0000')}`,
    `${MARK_HEADER}: uidvalidity=${mark.uidValidity}; uidnext=${mark.uidNext}; date=${mark.date.toISOString()}; folder=${encodeURIComponent(folder)}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    `mail2ticket turns the mail that arrives in ${folder} into helpdesk tickets. What is settled is moved here:`,
    '',
    '  Processed  became a ticket, or a reply on one',
    '  Ignored    automatic mail: out-of-office replies, delivery reports',
    '  Failed     the helpdesk refused it; the log says why',
    '',
    `To try a mail again, move it from Failed back into ${folder}. Moved back from Ignored, it becomes a ticket in any case.`,
    '',
    `Please keep this note. Its header remembers where new mail began when mail2ticket was first started; older mail in`,
    `${folder} is left alone (IMAP_BACKLOG=skip) unless it is asked for (IMAP_BACKLOG=import).`,
    '',
  ].join('\r\n');
}

/** The mark of the watched folder; where two first starts at once left two notes, the earlier one, so that no mail falls between them. */
async function readMark(client: ImapFlow, rootPath: string, folder: string): Promise<Mark | null> {
  const lock = await client.getMailboxLock(rootPath, { readOnly: true });
  try {
    if (client.mailbox && client.mailbox.exists === 0) return null;
    const marks: Mark[] = [];
    for await (const { headers } of client.fetch('1:*', { headers: [MARK_HEADER] })) {
      const mark = parseMark(headers?.toString('latin1') ?? '', folder);
      if (mark) marks.push(mark);
    }
    return marks.sort((a, b) => a.date.getTime() - b.date.getTime())[0] ?? null;
  } finally {
    lock.release();
  }
}

export function parseMark(headerText: string, folder: string): Mark | null {
  const unfolded = headerText.replace(/\r?\n[ \t]+/g, ' ');
  const field = (name: string) => new RegExp(`[:;]\\s*${name}=([^;\\s]+)`, 'i').exec(unfolded)?.[1];
  const [uidValidity, uidNext, date, of] = [
    field('uidvalidity'),
    Number(field('uidnext')),
    field('date'),
    field('folder'),
  ];
  if (!uidValidity || !Number.isSafeInteger(uidNext) || !date || Number.isNaN(Date.parse(date))) return null;
  if (of !== encodeURIComponent(folder)) return null;
  return { uidValidity, uidNext, date: new Date(date) };
}

function wordsOf(error: unknown): string {
  const { responseText, message } = error as { responseText?: string; message: string };
  return responseText ?? message;
}
