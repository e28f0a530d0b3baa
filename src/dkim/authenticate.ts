import { Resolver } from 'node:dns/promises';
import { type Authentication, authenticationOf } from '../mail/authentication.js';
import type { IncomingMail } from '../mail/message.js';
import type { MailPolicy } from '../mail/policy.js';
import type { MailSource } from '../mail/source.js';
import type { ResolveTxt } from './check-author.js';

/** How one DNS server is asked, in ms and times; MAX_DNS_MS ends all of it. */
const DNS = { timeout: 1500, tries: 2 };

/**
 * Who a mail is from: by what the operator's mail servers say of it, and where that proves nothing and SENDER_AUTH_CHECK is `dns`, by
 * its DKIM signatures. Never rejects.
 *
 * @param resolveTxt for tests; the system's DNS where it is not given
 */
export async function authenticate(
  mail: IncomingMail,
  source: MailSource,
  policy: MailPolicy,
  resolveTxt?: ResolveTxt,
): Promise<Authentication> {
  const told = authenticationOf(mail, policy.trust);
  if (policy.senderAuthCheck === 'off' || told.verdict === 'pass' || told.verdict === 'fail') return told;
  if (source.leftOut.size > 0) return { verdict: 'none', evidence: 'too large for its DKIM signature to be checked' };
  // Loaded where it is asked for: it costs every thread memory and a tenth of a second.
  const { checkAuthor } = await import('./check-author.js');
  return checkAuthor(source.bytes, mail, resolveTxt ?? systemDns());
}

function systemDns(): ResolveTxt {
  const resolver = new Resolver(DNS);
  return (name) => resolver.resolveTxt(name);
}
