import { setTimeout as sleep } from 'node:timers/promises';
import { type AuditOptions, auditMailbox } from './audit.js';
import { FetchHistory } from './fetch-history.js';
import { UNACCOUNTED } from './unaccounted.js';

const HOUR_MS = 3_600_000;
/** Yesterday and today: what was filed wrongly is told within the hour, and a month of mail is not read again each hour. */
const SETTLED_MS = 24 * HOUR_MS;

/**
 * Writes the figures of an audit into the log, time and again.
 * @param everyMs an hour, unless a test is in a hurry
 * @returns ends it
 */
export function startHourlyAudit(
  options: Omit<AuditOptions, 'settledSince' | 'history' | 'signal'>,
  everyMs: number = HOUR_MS,
): () => Promise<void> {
  const ending = new AbortController();
  const running = run(options, everyMs, ending.signal);
  return async () => {
    ending.abort();
    await running;
  };
}

async function run(
  options: Omit<AuditOptions, 'settledSince' | 'history' | 'signal'>,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { log } = options;
  const history = new FetchHistory();
  while (await sleep(everyMs, true, { signal, ref: false }).catch(() => false)) {
    try {
      const settledSince = new Date(Date.now() - SETTLED_MS);
      const { mailbox, counts, settled, unaccounted, oldestUndecidedSeconds, late } = await auditMailbox({
        ...options,
        history,
        settledSince,
        signal,
      });
      log[late || unaccounted > 0 ? 'warn' : 'info'](
        {
          action: 'audit.done',
          mailbox,
          unknown: counts.unknown,
          underWay: counts['under way'],
          notFiled: counts['not filed'],
          contradicted: counts.contradicted,
          settledLooked: settled.mails,
          unaccounted,
          oldestUndecidedSeconds,
        },
        inWords(late, unaccounted),
      );
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ action: 'audit.failed', reason }, 'mailbox and ledger cannot be compared now');
    }
  }
}

function inWords(late: boolean, unaccounted: number): string {
  if (late) return 'a mail has been without a decision for over 15 minutes';
  return unaccounted > 0 ? UNACCOUNTED : 'mailbox and ledger compared';
}
