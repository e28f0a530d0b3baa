import { pino } from 'pino';
import type { Outcome } from '../../src/mail/outcome.js';
import { type Backend, openBackend } from '../../src/queue/backend.js';
import { type MailJob, QUEUE_NAME } from '../../src/queue/job.js';
import { JobLedger, type MailQueue } from '../../src/queue/ledger.js';
import { Postponed } from '../../src/queue/postponed.js';
import { openStore, type Store } from '../services/rig.js';

export interface OpenLedger {
  readonly store: Awaited<ReturnType<typeof openStore>>;
  readonly backend: Backend;
  readonly queue: MailQueue;
  readonly postponed: Postponed;
  /** Counts apart what is postponed. */
  readonly ledger: JobLedger;
  close(): Promise<void>;
}

/** A ledger on a store of its own. */
export async function openLedger(kind: Store): Promise<OpenLedger> {
  const store = await openStore(kind);
  const backend = await openBackend(store.url, { log: pino({ level: 'silent' }) });
  const queue = await backend.queue<MailJob, Outcome>(QUEUE_NAME);
  const postponed = await Postponed.open(backend);
  return {
    store,
    backend,
    queue,
    postponed,
    ledger: new JobLedger(queue, { ledgerDays: 30 }, postponed),
    async close() {
      await backend.close();
      await store.close();
    },
  };
}
