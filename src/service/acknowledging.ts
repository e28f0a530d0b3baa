import type { Config } from '../config/config.js';
import { QueueUnavailableError } from '../errors.js';
import type { Log } from '../log/log-actions.js';
import { acknowledgementOf, mayAcknowledge } from '../mail/acknowledgement.js';
import type { MailPolicy } from '../mail/policy.js';
import { AcknowledgementQueue } from '../queue/acknowledgements.js';
import type { Backend } from '../queue/backend.js';
import type { DeliveredMail } from '../queue/ports.js';
import { type CredentialSources, smtpServer } from './credential-sources.js';

/** Tells requesters the number of their ticket, where that is set up. */
export interface Acknowledging {
  /**
   * To be called with each mail that was delivered, before that is noted as done.
   * @throws QueueUnavailableError where the acknowledgement could not be queued; nothing else is worth the ticket's delivery
   */
  delivered(mail: DeliveredMail): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param policyOf the policy of a mailbox, by its name
 * @param ended told how each acknowledgement ended, for figures
 * @throws QueueUnavailableError where the store does not answer
 */
export async function startAcknowledgements(
  { acknowledgement, queue: { ledgerDays } }: Config,
  credentials: CredentialSources,
  policyOf: (mailbox: string) => MailPolicy,
  backend: Backend,
  log: Log,
  ended: (how: 'sent' | 'withheld' | 'failed') => void,
): Promise<Acknowledging> {
  if (acknowledgement === null) return { delivered: async () => {}, stop: async () => {} };
  const { smtp, from, templates } = acknowledgement;
  // Loaded only where they are needed.
  const { compose } = await import('../acknowledge/compose.js');
  const { SmtpSender } = await import('../acknowledge/smtp.js');
  const sender = new SmtpSender(smtpServer(smtp, credentials));
  const queue = await AcknowledgementQueue.start(backend, {
    send: async (one) => sender.send(await compose(one, { ...policyOf(one.mailbox), from, templates })),
    abandon: () => sender.abandon(),
    ledgerDays,
    log,
    ended,
  });
  return {
    async delivered({ id, mailbox, envelope, judgement, outcome, lookFirst }) {
      if (outcome.kind !== 'created') return;
      const { receivedAt, messageId } = envelope;
      const recipient = mayAcknowledge(
        { judgement, outcome, lookFirst, receivedAt, now: Date.now() },
        policyOf(mailbox),
      );
      if (!recipient.may) {
        log.info({ action: 'mail.unacknowledged', mail: id, reason: recipient.why }, 'no acknowledgement is sent');
        ended('withheld');
        return;
      }
      try {
        await queue.add(acknowledgementOf({ id, mailbox }, recipient.to, outcome.ticketId, messageId));
      } catch (error) {
        if (error instanceof QueueUnavailableError) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        log.error({ action: 'mail.acknowledgement.failed', mail: id, reason }, 'the acknowledgement cannot be queued');
        ended('failed');
      }
    },
    stop: () => queue.stop(),
  };
}
