import { HelpdeskClient } from '../helpdesk/client.js';
import { deliver } from '../helpdesk/once.js';
import { defaultPolicy, type MailPolicy } from '../mail/policy.js';
import { Claims } from '../queue/claims.js';
import { Conversations } from '../queue/conversations.js';
import { Flood } from '../queue/flood.js';
import type { DeliveryOrder } from '../queue/ports.js';
import { retryDelayMs } from '../queue/retry.js';
import { DeliveryWorker } from '../queue/worker.js';
import { startAcknowledgements } from './acknowledging.js';
import { startHelpdeskProbe } from './helpdesk-probe.js';
import { failureJudge } from './judge-failure.js';
import type { Shared } from './shared.js';

/**
 * Carries what is queued to the helpdesk, and tells requesters.
 * @param releases gets what is to be released after the deliveries have ended
 * @returns ends the deliveries
 */
export async function startDelivering(shared: Shared, releases: (() => Promise<void>)[]): Promise<() => Promise<void>> {
  const { config, credentials, backend, ledger, postponed, log, health, metrics } = shared;
  const policies = new Map(config.mailboxes.map(({ imap, mail }) => [imap.mailbox, mail]));
  // Mail of a mailbox that is not in the configuration any more is delivered all the same.
  const policyOf = (mailbox: string) => policies.get(mailbox) ?? config.mailboxes[0]?.mail ?? defaultPolicy;
  const helpdesk = new HelpdeskClient({
    ...config.helpdesk,
    connections: config.queue.concurrency,
    onCall: metrics.helpdeskCall,
  });
  // The worker has waited for its deliveries by then, unless the queue's store is away: then what is under way cannot be noted as done, and is cut.
  releases.push(() => helpdesk.abandon());
  // Until somebody finds otherwise: the start waits for no answer.
  health.report('helpdesk', { ok: true });
  const endProbe = startHelpdeskProbe(helpdesk, log, (state) => health.report('helpdesk', state));
  releases.push(async () => endProbe());
  const acknowledgements = await startAcknowledgements(
    config,
    credentials,
    policyOf,
    backend,
    log,
    metrics.acknowledgement,
  );
  const worker = new DeliveryWorker({
    deliver: (order) => deliver(helpdesk, { ...order, ...recognition(order, policyOf(order.mailbox)) }, order.claims),
    judgeFailure: failureJudge(helpdesk, config.helpdesk.settleMs),
    settleMs: config.helpdesk.settleMs,
    claims: new Claims(ledger),
    conversations: new Conversations(ledger),
    flood: new Flood(ledger, config.queue.floodLimit),
    postponed,
    concurrency: config.queue.concurrency,
    retryDelayMs: (failed, ageMs) => retryDelayMs(failed, ageMs, config.queue.retryDays, Math.random()),
    delivered: (mail) => acknowledgements.delivered(mail),
    log,
    observer: metrics.delivery,
    abandon: () => void helpdesk.abandon(),
    report: (state) => {
      endProbe();
      health.report('helpdesk', state);
    },
  });
  await worker.start(backend);
  return async () => {
    await Promise.all([worker.stop(), acknowledgements.stop()]);
  };
}

/** How the ticket of a mail is known again at the helpdesk. */
function recognition({ decision, receivedAt }: DeliveryOrder, policy: MailPolicy) {
  const ticket = decision.kind === 'create' ? decision.ticket : decision.otherwise;
  const id = Object.keys(policy.customFields).find((field) => policy.customFields[field]?.from.kind === 'message-id');
  const value = id === undefined ? undefined : ticket.custom_fields?.[id];
  return {
    receivedAt: receivedAt === '' ? null : new Date(receivedAt),
    messageIdField: id !== undefined && value !== undefined ? { id, value } : null,
  };
}
