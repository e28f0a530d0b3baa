import type { Environment } from '../config/setting-values.js';
import { MAX_INDEXED_CHARACTERS, MAX_MAILS_LISTED } from '../limits.js';
import { clampCharacters } from '../mail/clamp.js';
import { cleanLine } from '../mail/clean.js';
import {
  type LookUpRefusal,
  lookUpRefusals,
  type MailList,
  type MailRecord,
  type MailState,
  type MailSummary,
  placeOf,
  retryRefusals,
} from '../mail/mail-record.js';
import { type CommandDesk, withMailDesk } from './mail-access.js';
import { age, json, print, table } from './terminal.js';

/** Digits of an id that a table shows: enough to name a mail among a million. */
const SHOWN_ID_DIGITS = 10;

/** How long a search waits until the whole ledger has been read, in ms. */
const PATIENCE_MS = 60_000;

/**
 * Prints the latest mails that match.
 * @returns the exit code: 1 where there are none
 * @throws the errors of `withMailDesk`
 */
export async function listMails(
  environment: Environment,
  options: { state: MailState | null; search: string; limit: number; json: boolean },
): Promise<number> {
  const { state, search, limit } = options;
  const list = await withMailDesk(environment, (desk) => desk.list({ state, search, limit, offset: 0 }, PATIENCE_MS));
  if (options.json) print(json(list));
  else print(renderList(list, Date.now()));
  return list.mails.length > 0 ? 0 : 1;
}

/**
 * Prints all that is known of one mail.
 * @param id the beginning of its id, or its Message-ID
 * @returns the exit code: 1 where the ledger does not know it
 * @throws the errors of `withMailDesk`
 */
export async function showMail(environment: Environment, id: string, asJson: boolean): Promise<number> {
  const mail = await withMailDesk(environment, (desk) =>
    id.includes('@') ? findByMessageId(desk, id) : desk.find(id),
  );
  if (typeof mail === 'string') print(asJson ? json(null) : `${cleanLine(id)}: ${lookUpRefusals[mail]}`);
  else print(asJson ? json(mail) : renderMail(mail, Date.now()));
  return typeof mail === 'string' ? 1 : 0;
}

async function findByMessageId(desk: CommandDesk, messageId: string): Promise<MailRecord | LookUpRefusal> {
  const wanted = `<${messageId.replace(/^<|>$/g, '')}>`;
  // One more mail may only speak of it in its subject.
  const query = { state: null, search: wanted.slice(0, MAX_INDEXED_CHARACTERS), limit: MAX_MAILS_LISTED, offset: 0 };
  const { mails } = await desk.list(query, PATIENCE_MS);
  const [found, ...others] = mails.filter((mail) => mail.messageId === wanted);
  if (!found) return 'unknown';
  return others.length > 0 ? 'ambiguous' : desk.find(found.id);
}

/**
 * Has failed mails tried again.
 * @returns the exit code: 1 where one of them could not be moved back
 * @throws the errors of `withMailDesk`, MailboxUnavailableError, MailboxRefusedError
 */
export async function retryMails(
  environment: Environment,
  ids: readonly string[] | 'all',
  asJson: boolean,
): Promise<number> {
  const report = await withMailDesk(environment, (desk) => desk.retry(ids));
  const { moved, queued, refused } = report;
  if (asJson) print(json(report));
  else {
    if (moved.length > 0)
      print(`${count(moved.length)} moved back into the watched folder, to be tried again by the service.`);
    if (queued.length > 0) print(`${count(queued.length)} put into the queue again, to be tried again by the service.`);
    for (const { id, why } of refused) print(`${cleanLine(id).slice(0, SHOWN_ID_DIGITS)}: ${retryRefusals[why]}`);
    if (moved.length + queued.length + refused.length === 0) print('No mail has failed.');
  }
  return refused.length === 0 ? 0 : 1;
}

function renderList({ mails, more, searched, total }: MailList, now: number): string {
  const rows = mails.map((mail) => [
    mail.id.slice(0, SHOWN_ID_DIGITS),
    outcome(mail),
    clampCharacters(mail.from, 24),
    clampCharacters(mail.subject, 36),
    clampCharacters(mail.reason, 64),
    age(Math.round((now - mail.at) / 1000)),
  ]);
  return [
    mails.length === 0 ? 'No mail matches.' : table(['id', 'outcome', 'from', 'subject', 'reason', 'age'], rows),
    ...(more ? ['There are more; --limit shows them.'] : []),
    ...(searched < total ? [`Looked through the latest ${searched} of ${total} mails.`] : []),
  ].join('\n');
}

function renderMail(mail: MailRecord, now: number): string {
  const when = (at: number | null) =>
    at === null ? '' : `${new Date(at).toISOString()} (${age(Math.round((now - at) / 1000))} ago)`;
  const facts: (readonly [string, string])[] = [
    ['from', mail.from],
    ['whose ticket', mail.requester ?? ''],
    ['written by', mail.automatic === 'none' ? 'a person' : mail.automatic ? `a program (${mail.automatic})` : ''],
    ['message-id', mail.messageId ?? ''],
    ['received', when(mail.receivedAt)],
    ['queued', when(mail.queuedAt)],
    ['settled', when(mail.settledAt)],
    ['next attempt', mail.nextAttemptAt === null ? '' : new Date(mail.nextAttemptAt).toISOString()],
    ['attempts', mail.attempts === 0 ? '' : String(mail.attempts)],
    ['lies in', placeOf(mail)],
    ['mailbox', mail.mailbox],
    ['id', mail.id],
  ];
  return [
    `${outcome(mail)}: ${cleanLine(mail.subject) || '(no subject)'}\n${cleanLine(mail.reason)}`.trimEnd(),
    section(
      'Mail',
      facts.filter(([, value]) => value !== ''),
    ),
    section(
      'Attempts that failed',
      mail.failures.map(({ message, lastAt, times }) => [
        times === 1 ? 'once' : `${times} times`,
        `${message}, last ${when(lastAt)}`,
      ]),
    ),
    section(
      'Rules',
      mail.trace.map(({ rule, matched, evidence }) => [`${matched ? '✓' : '·'} ${rule}`, evidence]),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  const lines = rows.map(([name, value]) => `  ${cleanLine(name).padEnd(24)} ${cleanLine(value)}`);
  return lines.length === 0 ? '' : [title, ...lines].join('\n');
}

function outcome({ state, ticketId }: Pick<MailSummary, 'state' | 'ticketId'>): string {
  const ticket = ticketId === null ? '' : ` #${ticketId}`;
  return {
    created: `ticket${ticket}`,
    replied: `reply on${ticket}`,
    ignored: 'ignored',
    failed: 'FAILED',
    'under-way': 'under way',
  }[state];
}

function count(mails: number): string {
  return mails === 1 ? '1 mail' : `${mails} mails`;
}
