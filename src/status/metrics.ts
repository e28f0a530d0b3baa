import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Outcome } from '../mail/outcome.js';
import { LATE, within } from '../within.js';
import type { Health } from './health.js';
import { REASON_CLASSES, reasonClassOf } from './reason-class.js';

/** Seconds from a mail's arrival to its ticket: two seconds is usual, five days is where trying ends by default. */
const TO_TICKET_BUCKETS = [1, 2, 5, 10, 30, 60, 120, 300, 900, 3600, 14_400, 86_400, 432_000];

/** Seconds of one call: a healthy helpdesk answers in a tenth, the deadline is 30. */
const CALL_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const ENDPOINTS: readonly string[] = [
  'tickets_create.php',
  'tickets_list.php',
  'ticket_view.php',
  'ticket_reply.php',
  'ticket_custom_fields.php',
  'ticket_categories.php',
];

/** What a call ended with, by `OK` or the error's code. */
const CALL_CLASSES: Readonly<Record<string, string>> = {
  OK: 'ok',
  HELPDESK_UNREACHABLE: 'unreachable',
  HELPDESK_INTERRUPTED: 'interrupted',
  HELPDESK_SERVER_ERROR: 'server_error',
  HELPDESK_RATE_LIMITED: 'rate_limited',
  HELPDESK_MISCONFIGURED: 'misconfigured',
  HELPDESK_REFUSED: 'refused',
};

/** What a scrape waits for the queue at most; Prometheus itself gives up after ten seconds by default. */
const QUEUE_DEADLINE_MS = 2000;

/** Gauges by that name are no totals, which `promtool check metrics` holds against them; the same numbers stand under other names. */
const MISNAMED_DEFAULTS = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/**
 * All figures of the service, for Prometheus. The rooms know nothing of it: each tells a port of a few methods what happened, and
 * this is what stands behind the ports. Label values are closed lists: no address, subject or free text becomes one.
 *
 * Figures count what this process did, from its start on; the queue's depth is that of all processes.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #registers = [this.#registry];

  readonly #mails = this.#counter('mails_total', 'Mails settled, by what became of them', ['outcome', 'reason']);
  readonly #toTicket = new Histogram({
    name: 'mail2ticket_mail_to_ticket_seconds',
    help: 'Time from the arrival of a mail in the mailbox (INTERNALDATE) to its ticket or reply',
    buckets: TO_TICKET_BUCKETS,
    registers: this.#registers,
  });
  readonly #duplicates = this.#counter(
    'duplicates_prevented_total',
    'Tickets and replies of an earlier attempt that were found standing, and not posted again',
  );
  readonly #retries = this.#counter('delivery_retries_total', 'Attempts that failed for a reason that passes');
  readonly #postponed = this.#counter('delivery_postponed_total', 'Times that a mail was made to wait for its turn');
  readonly #waits = this.#counter('helpdesk_waits_total', 'Times that the whole queue was made to wait', ['cause']);
  readonly #acknowledgements = this.#counter(
    'acknowledgements_total',
    'Acknowledgements to senders: sent, withheld by a rule, or failed',
    ['result'],
  );
  readonly #queued = this.#counter('mails_queued_total', 'New mails queued, by what made the watcher look', ['by']);
  readonly #reconnects = this.#counter('imap_reconnects_total', 'IMAP connections given up and made anew', ['cause']);
  readonly #calls = new Histogram({
    name: 'mail2ticket_helpdesk_call_seconds',
    help: 'Calls of the helpdesk API; class refused includes its "no" to the question whether a ticket is the sender\'s',
    labelNames: ['endpoint', 'class'],
    buckets: CALL_BUCKETS,
    registers: this.#registers,
  });
  #idleWokeAt: number | null = null;

  constructor({ version, health }: { version: string; health: Pick<Health<string>, 'parts'> }) {
    for (const [outcome, reasons] of Object.entries(REASON_CLASSES)) {
      for (const reason of reasons) this.#mails.inc({ outcome, reason }, 0);
    }
    // A series that begins at 1 shows no increase, so an alert on it would miss the first.
    for (const cause of ['configuration', 'rate_limit']) this.#waits.inc({ cause }, 0);
    for (const result of ['sent', 'withheld', 'failed']) this.#acknowledgements.inc({ result }, 0);
    for (const by of ['connect', 'idle', 'poll', 'room']) this.#queued.inc({ by }, 0);
    for (const cause of ['refused', 'queue', 'connection']) this.#reconnects.inc({ cause }, 0);

    this.#gauge('build_info', 'Always 1; the version that runs', ['version', 'node']).set(
      { version, node: process.versions.node },
      1,
    );
    this.#gauge('ready', 'Whether a part of the service works (1) or not (0), as /readyz has it', ['part'], (gauge) => {
      for (const [part, { ok }] of Object.entries(health.parts)) gauge.set({ part }, ok ? 1 : 0);
    });
    this.#gauge('idle_wake_age_seconds', 'Time since IDLE told of a new mail before the poll found it', [], (gauge) => {
      if (this.#idleWokeAt !== null) gauge.set((Date.now() - this.#idleWokeAt) / 1000);
      // The library begins a gauge at 0, which would say "just now".
      else gauge.remove();
    });
    collectDefaultMetrics({ register: this.#registry });
    for (const name of MISNAMED_DEFAULTS) this.#registry.removeSingleMetric(name);
  }

  /** Where deliveries report. */
  readonly delivery = {
    settled: (outcome: Outcome, receivedAt: string): void => {
      this.#mails.inc({ outcome: outcome.kind, reason: reasonClassOf(outcome) });
      if (outcome.kind === 'ignored') return;
      if (outcome.adopted) this.#duplicates.inc();
      // When an adopted ticket was made is not known.
      else if (receivedAt !== '') this.#toTicket.observe(Math.max(0, Date.now() - Date.parse(receivedAt)) / 1000);
    },
    deadLetter: (why: 'refused' | 'given-up' | 'cut-off'): void =>
      this.#mails.inc({ outcome: 'failed', reason: why.replace('-', '_') }),
    retrying: (): void => this.#retries.inc(),
    postponed: (): void => this.#postponed.inc(),
    waiting: (why: 'configuration' | 'rate-limit'): void => this.#waits.inc({ cause: why.replace('-', '_') }),
  };

  /** Where a mailbox's watcher reports. */
  readonly watcher = {
    queued: (mails: number, by: 'connect' | 'idle' | 'poll' | 'room'): void => {
      this.#queued.inc({ by }, mails);
      if (by === 'idle' && mails > 0) this.#idleWokeAt = Date.now();
    },
    reconnecting: (cause: 'refused' | 'queue' | 'connection'): void => this.#reconnects.inc({ cause }),
  };

  /** Where the helpdesk's client reports. */
  readonly helpdeskCall = (call: { endpoint: string; result: string; durationMs: number }): void => {
    const endpoint = ENDPOINTS.includes(call.endpoint) ? call.endpoint : 'other';
    this.#calls.observe({ endpoint, class: CALL_CLASSES[call.result] ?? 'other' }, call.durationMs / 1000);
  };

  /** Where acknowledgements report. */
  readonly acknowledgement = (result: 'sent' | 'withheld' | 'failed'): void => this.#acknowledgements.inc({ result });

  /**
   * Shows the queue's depth from now on.
   * @param count jobs by state, asked at each scrape. Where it rejects or takes long, the scrape has no depth and is answered all the same.
   */
  watchQueue(count: () => Promise<Readonly<Record<string, number>>>): void {
    this.#gauge(
      'queue_jobs',
      'Jobs in the queue, of all processes; missing while the queue does not answer',
      ['state'],
      async (gauge) => {
        gauge.reset();
        const counts = await inTime(count());
        for (const [state, jobs] of Object.entries(counts ?? {})) gauge.set({ state }, jobs);
      },
    );
  }

  /**
   * Shows what stands unsettled in the mailbox from now on.
   * @param look `oldest` is INTERNALDATE in ms since 1970, null where all is settled; the whole null before the first look
   */
  watchMailbox(look: () => { readonly underWay: number; readonly oldest: number | null } | null): void {
    this.#gauge('mails_under_way', 'Mails in the mailbox that are queued and not filed yet', [], (gauge) => {
      gauge.set(look()?.underWay ?? 0);
    });
    this.#gauge(
      'oldest_unsettled_mail_age_seconds',
      'Age of the oldest mail in the mailbox that is not settled, as of the last look at it; 0 where all are',
      [],
      (gauge) => {
        const oldest = look()?.oldest ?? null;
        gauge.set(oldest === null ? 0 : Math.max(0, Date.now() - oldest) / 1000);
      },
    );
  }

  /** Shows how many mails wait for their turn, from now on. */
  watchPostponed(count: () => Promise<number>): void {
    this.#gauge(
      'mails_postponed',
      'Mails that wait for their turn, of all processes; NaN while the queue does not answer',
      [],
      async (gauge) => gauge.set((await inTime(count())) ?? Number.NaN),
    );
  }

  /** The answer to a scrape, in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** The media type of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  #counter<Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
    return new Counter({ name: `mail2ticket_${name}`, help, labelNames, registers: this.#registers });
  }

  #gauge<Label extends string = never>(
    name: string,
    help: string,
    labelNames: Label[] = [],
    collect: (gauge: Gauge<Label>) => void | Promise<void> = () => {},
  ): Gauge<Label> {
    const gauge: Gauge<Label> = new Gauge({
      name: `mail2ticket_${name}`,
      help,
      labelNames,
      registers: this.#registers,
      collect: () => collect(gauge),
    });
    return gauge;
  }
}

/** The queue's answer, or null where it does not come in time or is an error. */
async function inTime<T>(answer: Promise<T>): Promise<T | null> {
  const outcome = await within(QUEUE_DEADLINE_MS, answer).catch(() => null);
  return outcome === LATE ? null : outcome;
}
