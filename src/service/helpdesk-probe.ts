import { type HelpdeskClient, NOBODY } from '../helpdesk/client.js';
import { classify } from '../helpdesk/failure-classes.js';
import type { Log } from '../log/log-actions.js';
import type { PartReport } from '../status/health.js';

/** How long a helpdesk that does not answer as it should is left alone before it is asked again, in ms. */
const AGAIN_MS = 60_000;

/**
 * Asks the helpdesk once whether it takes our token: without mail a wrong setting would show itself with the first customer only. Where it does
 * not, it is asked again until it does, since nothing else would take that back while no mail comes.
 * @returns ends it, as soon as a delivery tells more
 */
export function startHelpdeskProbe(
  helpdesk: Pick<HelpdeskClient, 'listTickets'>,
  log: Pick<Log, 'warn'>,
  report: (state: PartReport) => void,
): () => void {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const ask = async (last: string) => {
    const failure = await helpdesk.listTickets(NOBODY).then(
      () => null,
      (error: unknown) => classify(error),
    );
    if (isOver) return;
    report(failure ? { ok: false, reason: failure.said } : { ok: true });
    if (!failure) return;
    const { said: reason, setting } = failure;
    if (reason !== last)
      log.warn({ action: 'helpdesk.unready', setting, reason }, 'the helpdesk would take no mail now');
    timer = setTimeout(ask, AGAIN_MS, reason).unref();
  };
  void ask('');
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
