import type { Config } from '../config/config.js';
import type { ImapConfig } from '../config/mailboxes.js';
import type { Log } from '../log/log-actions.js';
import type { Backend } from '../queue/backend.js';
import type { JobLedger } from '../queue/ledger.js';
import type { Postponed } from '../queue/postponed.js';
import type { Health } from '../status/health.js';
import type { Metrics } from '../status/metrics.js';
import type { CredentialSources } from './credential-sources.js';

/** What both halves of the service share. */
export interface Shared {
  readonly config: Config;
  readonly credentials: CredentialSources;
  readonly backend: Backend;
  readonly ledger: JobLedger;
  readonly postponed: Postponed;
  readonly log: Log;
  readonly health: Health<string>;
  readonly metrics: Metrics;
}

/** How health names a mailbox. */
export function partOf({ name }: Pick<ImapConfig, 'name'>): string {
  return name === '' ? 'mailbox' : `mailbox ${name}`;
}
