import { HelpdeskMisconfiguredError } from '../errors.js';
import { type HelpdeskClient, NOBODY } from '../helpdesk/client.js';
import { classify } from '../helpdesk/failure-classes.js';
import type { JudgeFailure } from '../queue/ports.js';

/**
 * Translates what a delivery failed with into what the queue does about it.
 * @param settleMs how long the helpdesk may go on with a request whose sender is gone
 */
export function failureJudge(helpdesk: Pick<HelpdeskClient, 'listTickets'>, settleMs: number): JudgeFailure {
  return async (error) => {
    const failure = classify(error, settleMs);
    const { said: message, setting, waitMs, unsent, perhapsOfThisMail } = failure;
    switch (failure.class) {
      case 'permanent':
        return { kind: 'permanent', message };
      case 'configuration':
        // A firewall before the helpdesk may take offence at one mail's words, or the helpdesk may repeat them in a refusal that
        // then seems to be about the token. That must not hold up all the others.
        if (isPerhapsOfThisMail(error) && (await takesOurToken(helpdesk))) {
          return { kind: 'transient', message, settleMs: 0, unsent, perhapsOfThisMail: true };
        }
        return { kind: 'wait', message, forMs: waitMs, setting };
      case 'rate-limited':
        return { kind: 'wait', message, forMs: waitMs, setting };
      case 'postponed':
        return { kind: 'postpone', message, forMs: waitMs };
      case 'transient':
        return { kind: 'transient', message, settleMs: failure.settleMs, unsent, perhapsOfThisMail };
    }
  };
}

/** Not a 404: an endpoint that is missing is missing for every mail, whatever the others say. */
function isPerhapsOfThisMail(error: unknown): boolean {
  return error instanceof HelpdeskMisconfiguredError && error.status !== 404;
}

async function takesOurToken(helpdesk: Pick<HelpdeskClient, 'listTickets'>): Promise<boolean> {
  return helpdesk.listTickets(NOBODY).then(
    () => true,
    () => false,
  );
}
