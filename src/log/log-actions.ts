/** What the log says of one kind of line. */
interface ActionEntry {
  /** What has happened, one sentence for the operator: docs/logs.md is held to it. */
  readonly meaning: string;
  /** Set where an outage repeats the line: then each reason is said once a minute (quiet-log.ts). */
  readonly repeats?: true;
}

/**
 * Every value of `action` in the log: a stable vocabulary that alerts and searches may rely on, unlike the words for people beside
 * it. A line `mail.…` concerns one mail and bears its id in `mail`.
 */
export const LOG_ACTIONS = {
  'service.starting': {
    meaning:
      'The process begins, this `version` of it; mailboxes, helpdesk, `queue` and HTTP_PORT are those of the configuration, `dotenv` the file that they came from beside the environment.',
  },
  'service.stopping': { meaning: 'A signal asked the process to end.' },
  'service.stopped': { meaning: 'The process has ended in good order.' },
  'service.cut': { meaning: 'A part did not end in time, and the process ends without it. Nothing is lost.' },
  'service.crashed': {
    meaning: 'A fault of mail2ticket or of a library ends the process; `at` says where. The next start goes on.',
  },
  'config.warning': {
    meaning: 'A setting is risky, cut off in `.env`, or none at all by its name; `setting` names it.',
  },
  'status.listening': { meaning: 'Health and metrics are served at `url`, and where `page` is true the page.' },
  'page.refused': {
    meaning: 'Somebody at `address` tried a wrong user or password at the page.',
    repeats: true,
  },
  'page.failed': { meaning: 'A page could not be made because of a fault of ours.' },
  'queue.opened': { meaning: 'The store of the queue answers.' },
  'queue.resumed': {
    meaning:
      '`mails` stand in the queue already. Those that a killed process had in hand are taken up within half a minute.',
  },
  'queue.warning': {
    meaning:
      'The store of the queue answers, but may lose or refuse what it is given: `reason`; `cure` says what to do. Once, at the start.',
  },
  'queue.unavailable': {
    meaning:
      'The store of the queue cannot be opened at the start, and is tried again after `retryInMs`; an error where it answers and refuses us.',
    repeats: true,
  },
  'queue.error': {
    meaning: 'A connection to the store of the queue broke; `source` says which. It comes back by itself.',
    repeats: true,
  },
  'imap.error': { meaning: 'The IMAP connection failed between two commands; `mailbox.down` follows.' },
  'mailbox.watched': { meaning: 'The mailbox was looked through and is being watched.' },
  'mailbox.down': {
    meaning: 'The mailbox cannot be watched, and is tried again after `retryInMs`. Mail waits there.',
    repeats: true,
  },
  'mailbox.unaccounted': {
    meaning:
      'At the start: so many `mails` were filed within two hours and the queue does not know them. It was emptied, or QUEUE_URL has changed; where another mail2ticket watches the mailbox with another QUEUE_URL, each mail makes two tickets.',
  },
  'mailbox.unsearched': {
    meaning:
      'The folder Processed cannot be looked through (`reason`) for mails that say the same as new ones, at the start or, again and again, after the queue was lost; new mail is queued all the same.',
    repeats: true,
  },
  'mailbox.unanswered': {
    meaning:
      'The server lists mails (`uids`) in the watched folder and gives nothing of them, time and again: they make no ticket.',
    repeats: true,
  },
  'mailbox.unmarked': {
    meaning:
      'The server refuses our keyword, though it offers to keep it (`reason`): from the next connection on mail is queued without it.',
  },
  'oauth.rotated': {
    meaning:
      'The authorization server gave a new refresh token in place of OAUTH_REFRESH_TOKEN; `stored` says whether in OAUTH_REFRESH_TOKEN_FILE, `reason` why not. A warning the first time that it is not.',
  },
  'helpdesk.unready': {
    meaning:
      'Before the first delivery the helpdesk would take no mail (`reason`); it is asked again each minute. Where `setting` is given, it is wrong.',
  },
  'helpdesk.waiting': {
    meaning: 'Nothing is sent to the helpdesk for `forMs`; where `setting` is given, it is wrong for every mail.',
    repeats: true,
  },
  'judging.failed': {
    meaning:
      'A mail (`messageId`) cannot be read in bounded time and memory (`reason`): its ticket says what the envelope says.',
  },
  'judging.lost': { meaning: 'A thread that reads mail ended by itself; the next mail gets a new one.' },
  'mail.unreadable': {
    meaning:
      'Every try to read the mail ended a process or a connection, or gave nothing: its ticket says what the envelope says.',
  },
  'mail.queued': { meaning: 'A new mail was read, judged (`decision`, `reason`) and queued.' },
  'mail.put-back': {
    meaning: 'Somebody asked for another try at the page, and the mail was moved back; `mail.retried` follows.',
  },
  'mail.retried': { meaning: 'A person moved a settled mail back into the watched folder, and it is tried again.' },
  'mail.created': { meaning: 'The mail became ticket `ticketId`; `adopted` where an earlier attempt had made it.' },
  'mail.replied': { meaning: 'The mail became a reply on ticket `ticketId`; `adopted` as above.' },
  'mail.refused': {
    meaning: 'One of our people answered a ticket by mail and is not known here; `setting` says what to set.',
  },
  'mail.ignored': { meaning: 'The mail makes no ticket; `reason` says why.' },
  'mail.postponed': {
    meaning: 'The mail waits for its turn `forMs`, and spends no attempt; `reason` says for what.',
    repeats: true,
  },
  'mail.retry': {
    meaning: 'Delivery failed because of `reason`, and is tried again by itself.',
    repeats: true,
  },
  'mail.failed': { meaning: 'The mail is a dead letter: it goes to the folder Failed, and waits there for a person.' },
  'mail.acknowledged': { meaning: 'The SMTP server took the acknowledgement to `to`.' },
  'mail.unacknowledged': { meaning: 'No acknowledgement is sent; `reason` says why.' },
  'mail.acknowledgement.retry': {
    meaning:
      'The acknowledgement could not be sent because of `reason`, and is tried again for a day. The ticket stands.',
    repeats: true,
  },
  'mail.acknowledgement.failed': { meaning: 'The acknowledgement is given up because of `reason`. The ticket stands.' },
  'mail.filed': { meaning: 'The settled mail was moved to `folder`.' },
  'mail.unmoved': {
    meaning: 'The server did not move the settled mail (`reason`); it stays, and is tried again after `retryInMs`.',
    repeats: true,
  },
  'audit.done': {
    meaning:
      'Once an hour: mails of the mailbox by what the ledger says of them; a warning where one waits for over 15 minutes, or where some of the last day were filed that the queue does not know (`unaccounted`).',
  },
  'audit.failed': { meaning: 'Mailbox and ledger cannot be compared now. The next time is in an hour.' },
} as const satisfies Readonly<Record<string, ActionEntry>>;

export type LogAction = keyof typeof LOG_ACTIONS;

type MailAction = Extract<LogAction, `mail.${string}`>;

/** The fields of a line. Of a mail its id in the ledger is required, so that one search finds all that happened to it. */
export type LogFields = { readonly [field: string]: unknown } & (
  | { readonly action: MailAction; readonly mail: string }
  | { readonly action: Exclude<LogAction, MailAction> }
);

/** Where every room reports; pino's shape, with the vocabulary closed. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}
