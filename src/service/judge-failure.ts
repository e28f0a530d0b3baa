import { HelpdeskMisconfiguredError } from '../errors.js';
import { type HelpdeskClient, NOBODY } from '../helpdesk/client.js';
import { classify } from '../helpdesk/failure-classes.js';
import type { JudgeFailure } from '../queue/ports.js';

/**
 * Translates what a delivery failed with into what the queue does about it.
 * @param settleMs how long the helpdesk may go on with a request whose sender is gone
 */
export function failureJudge(helpdesk: Pick<HelpdeskClient, 'listTickets'>, settleMs: number): JudgeFailure {
  return async (error, hasWaited) => {
    const failure = classify(error, settleMs);
    const { said: message, setting, waitMs, unsent, perhapsOfThisMail } = failure;
    const alone = { kind: 'transient', message, settleMs: failure.settleMs, unsent, perhapsOfThisMail } as const;
    switch (failure.class) {
      case 'permanent':
        return { kind: 'permanent', message };
      case 'configuration':
        if (isMissing(error)) {
          if (hasWaited && (await takesOurToken(helpdesk))) return alone;
        } else if (error instanceof HelpdeskMisconfiguredError && (await takesOurToken(helpdesk))) {
          // A firewall before the helpdesk may take offence at one mail's words, or the helpdesk may repeat them in a refusal that
          // then seems to be about the token. That must not hold up all the others.
          return { ...alone, perhapsOfThisMail: true };
        }
        return { kind: 'wait', message, forMs: waitMs, setting };
      case 'rate-limited':
        if (hasWaited && (await takesOurToken(helpdesk))) return { ...alone, settleMs: waitMs };
        return { kind: 'wait', message, forMs: waitMs, setting };
      case 'postponed':
        return { kind: 'postpone', message, forMs: waitMs };
      case 'transient':
        return alone;
    }
  };
}

/**
 * A 404 is a firewall's answer to one mail as well as the answer of a helpdesk in which one file is missing, as a 429 is to one sender
 * as well as to all who make tickets; that the list of tickets can be read tells neither from the other. So such a mail holds up the
 * others once, then only itself, and what others achieve never counts against it: else a missing file would make dead letters of all.
 */
function isMissing(error: unknown): boolean {
  return error instanceof HelpdeskMisconfiguredError && error.status === 404;
}

async function takesOurToken(helpdesk: Pick<HelpdeskClient, 'listTickets'>): Promise<boolean> {
  return helpdesk.listTickets(NOBODY).then(
    () => true,
    () => false,
  );
}
