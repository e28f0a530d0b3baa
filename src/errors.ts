/**
 * The closed set of errors that leave a module of mail2ticket. Match on `code`, a literal of each class, not on the
 * message: messages are for people and may change.
 */

/** What every error of ours has: a literal `code`, and as `cause` the error of the library or system below. */
export abstract class Mail2TicketError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** One thing wrong with the configuration. A secret's value never stands in `message`. */
export interface ConfigProblem {
  /** The environment variable, as the operator wrote it. */
  readonly variable: string;
  /** What was found and what is accepted, one sentence. */
  readonly message: string;
}

/** A command was called with an argument that cannot be used; the message names it and what is accepted. */
export class ArgumentError extends Mail2TicketError {
  readonly code = 'ARGUMENT_INVALID';
}

/** The configuration cannot be used; `problems` holds all of it, not just the first. */
export class ConfigError extends Mail2TicketError {
  readonly code = 'CONFIG_INVALID';

  constructor(readonly problems: readonly ConfigProblem[]) {
    super(`configuration: ${problems.map((p) => `${p.variable}: ${p.message}`).join('; ')}`);
  }
}

/**
 * A call to the helpdesk did not succeed. `mayHaveBeenCarriedOut` is what the caller has to know before it calls again:
 * the API has no idempotency keys, so after a `true` it must look whether the ticket or reply already stands there.
 */
export abstract class HelpdeskError extends Mail2TicketError {
  abstract readonly mayHaveBeenCarriedOut: boolean;

  constructor(
    message: string,
    /** The API's file, as `tickets_create.php`. */
    readonly endpoint: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The request never left: no name, no route, connection or TLS refused. Safe to repeat. */
export class HelpdeskUnreachableError extends HelpdeskError {
  readonly code = 'HELPDESK_UNREACHABLE';
  readonly mayHaveBeenCarriedOut = false;
}

/** The request left (or may have), and no complete answer came: deadline, reset, an oversized or cut-off response. */
export class HelpdeskInterruptedError extends HelpdeskError {
  readonly code = 'HELPDESK_INTERRUPTED';
  readonly mayHaveBeenCarriedOut = true;
}

/** 408, a 5xx, or a body that is not the API's JSON: the server is in trouble, and what it did is not known. */
export class HelpdeskServerError extends HelpdeskError {
  readonly code = 'HELPDESK_SERVER_ERROR';
  readonly mayHaveBeenCarriedOut = true;

  constructor(
    message: string,
    endpoint: string,
    readonly status: number,
    /** How long the answer took, in milliseconds. */
    readonly afterMs = 0,
  ) {
    super(message, endpoint);
  }
}

/** 429: the helpdesk asks for a pause of `retryAfterMs` milliseconds. Nothing was done. */
export class HelpdeskRateLimitedError extends HelpdeskError {
  readonly code = 'HELPDESK_RATE_LIMITED';
  readonly mayHaveBeenCarriedOut = false;

  constructor(
    endpoint: string,
    readonly retryAfterMs: number,
  ) {
    super(`${endpoint}: the helpdesk asks to wait ${Math.ceil(retryAfterMs / 1000)} s (429)`, endpoint);
  }
}

/** 401, 403, 404 or a redirect: a setting of ours is wrong, for every mail alike. Nothing was done. */
export class HelpdeskMisconfiguredError extends HelpdeskError {
  readonly code = 'HELPDESK_MISCONFIGURED';
  readonly mayHaveBeenCarriedOut = false;

  constructor(
    message: string,
    endpoint: string,
    readonly status: number,
    /** The setting to look at. */
    readonly setting: 'HELPDESK_TOKEN' | 'HELPDESK_URL',
  ) {
    super(message, endpoint);
  }
}

/** The API understood the request and said no (`success: false`, or another 4xx). Repeating it changes nothing. */
export class HelpdeskRefusedError extends HelpdeskError {
  readonly code = 'HELPDESK_REFUSED';
  readonly mayHaveBeenCarriedOut = false;

  constructor(
    endpoint: string,
    /** The API's own words, cleaned and bounded. */
    readonly apiMessage: string,
    readonly status: number,
  ) {
    super(`${endpoint}: the helpdesk refused: ${apiMessage}`, endpoint);
  }
}

/** The IMAP server cannot be reached or ended the connection; the watcher connects again by itself. */
export class MailboxUnavailableError extends Mail2TicketError {
  readonly code = 'MAILBOX_UNAVAILABLE';
}

/** A server said no to what a setting says, and will say no again. */
abstract class SettingRefusedError extends Mail2TicketError {
  constructor(
    message: string,
    /** The setting to look at. */
    readonly setting: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The IMAP server said no to something it will say no to again: log-in, a missing folder, a right that is lacking. */
export class MailboxRefusedError extends SettingRefusedError {
  readonly code = 'MAILBOX_REFUSED';
}

/** The running service does not answer a command of ours as it was asked; or does not run. */
export class ServiceRefusedError extends Mail2TicketError {
  readonly code = 'SERVICE_REFUSED';
}

/** The authorization server cannot be reached, or its answer is none. To be tried again. */
export class TokenUnavailableError extends Mail2TicketError {
  readonly code = 'TOKEN_UNAVAILABLE';
}

/** The authorization server gives no access token, and will not without a change of configuration. */
export class TokenRefusedError extends SettingRefusedError {
  readonly code = 'TOKEN_REFUSED';
}

/** HTTP_PORT cannot be listened on for now; another program has it, or the address is not there yet. To be tried again. */
export class PortUnavailableError extends Mail2TicketError {
  readonly code = 'PORT_UNAVAILABLE';
}

/** The queue's store (Redis, PostgreSQL, the embedded directory) cannot be used now. */
export class QueueUnavailableError extends Mail2TicketError {
  readonly code = 'QUEUE_UNAVAILABLE';
}

/** So many mails are under way that no more are taken for now; where they come from they are safest. */
export class QueueFullError extends Mail2TicketError {
  readonly code = 'QUEUE_FULL';
}

/** A mail's turn at the helpdesk has not come, and nothing was sent. It waits `forMs` milliseconds, which costs no attempt. */
export class DeliveryPostponedError extends Mail2TicketError {
  readonly code = 'DELIVERY_POSTPONED';

  /** @param reason what it waits for, as people shall read it */
  constructor(
    reason: string,
    readonly forMs: number,
  ) {
    super(reason);
  }
}

/** The SMTP server did not say that it took a mail. */
export class MailNotSentError extends Mail2TicketError {
  readonly code = 'MAIL_NOT_SENT';
  /** The server refused this mail, and would do so again. */
  readonly permanent: boolean;
  /** The connection broke when the server may have had all of the mail. */
  readonly perhapsSent: boolean;

  constructor(
    message: string,
    kind: { readonly permanent: boolean; readonly perhapsSent: boolean },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.permanent = kind.permanent;
    this.perhapsSent = kind.perhapsSent;
  }
}
