import { header, type IncomingMail } from './message.js';
import type { MailPolicy } from './policy.js';

/** What kind of program wrote a mail, and what that means for it. */
export interface Automatic {
  readonly kind: 'none' | 'auto-reply' | 'bounce' | 'list' | 'bulk' | 'auto-generated' | 'feedback-report';
  /** The header or shape that decided it, one line; '' for `none`. */
  readonly evidence: string;
  /** `ignore`: no ticket. `no-acknowledgement`: a ticket, but nothing may be sent back. `none`: a person's mail. */
  readonly effect: 'ignore' | 'no-acknowledgement' | 'none';
}

const nothing: Automatic = { kind: 'none', evidence: '', effect: 'none' };

/** Whether the mail comes from an address of ours, so that taking it would loop. */
export function isOwnMail(mail: IncomingMail, policy: Pick<MailPolicy, 'ownAddresses'>): boolean {
  return mail.from !== null && policy.ownAddresses.includes(mail.from.address.toLowerCase());
}

/** Says whether a person or a program wrote the mail (RFC 3834, RFC 3464, RFC 5965). */
export function classify(mail: IncomingMail, _policy: Pick<MailPolicy, 'ownAddresses'>): Automatic {
  const submitted = header(mail, 'auto-submitted')?.toLowerCase() ?? '';
  if (/report-type="?delivery-status/i.test(header(mail, 'content-type') ?? ''))
    return { kind: 'bounce', evidence: 'Content-Type: multipart/report', effect: 'ignore' };
  if (submitted.startsWith('auto-replied'))
    return { kind: 'auto-reply', evidence: 'Auto-Submitted: auto-replied', effect: 'ignore' };
  if (submitted.startsWith('auto-'))
    return { kind: 'auto-generated', evidence: `Auto-Submitted: ${submitted}`, effect: 'no-acknowledgement' };
  return nothing;
}
