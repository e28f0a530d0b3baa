import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { dmarc } from 'mailauth/lib/dmarc/index.js';
import { MAX_DNS_MS } from '../limits.js';
import { type Authentication, authorDomain, speaksFor } from '../mail/authentication.js';
import type { IncomingMail } from '../mail/message.js';
import { withSignaturesOf } from './signatures.js';

/** Asks DNS for TXT records: `dns.promises.resolveTxt`, or another with the same answers and error codes. */
export type ResolveTxt = (name: string) => Promise<string[][]>;

/**
 * Checks a mail's DKIM signatures ourselves, for servers that say nothing of the sender. Proves, and never refutes: whether SPF
 * passed only the server knows that took the mail from the client. So the verdict is `pass` or `none`. Never rejects; a DNS that does
 * not answer within MAX_DNS_MS proves nothing.
 *
 * @param bytes the whole mail as it was sent: with a byte left out no signature holds
 * @param mail the same, parsed
 */
export async function checkAuthor(
  bytes: Uint8Array,
  mail: IncomingMail,
  resolveTxt: ResolveTxt,
): Promise<Authentication> {
  const author = authorDomain(mail);
  if (author === null) return { verdict: 'none', evidence: 'From does not name one author with a domain' };
  const signed = withSignaturesOf(author, bytes);
  if (signed.signatures === 0) return { verdict: 'none', evidence: `no DKIM signature of ${author}` };
  const { within, end } = deadline(MAX_DNS_MS);
  const resolver: ResolveTxt = (name) => within(resolveTxt(name));
  try {
    const { headerFrom, results } = await dkimVerify(signed.bytes, { resolver });
    // Each side reads the header in its own way, and a From that only one of them sees must not be proven by the signature on another.
    if (headerFrom.length !== 1 || headerFrom[0]?.toLowerCase() !== mail.from?.address.toLowerCase()) {
      return { verdict: 'none', evidence: 'From can be read in more than one way' };
    }
    const domains = results.flatMap(({ status, signingDomain }) =>
      status.result === 'pass' ? [signingDomain.toLowerCase()] : [],
    );
    const proof = await alignedOf(domains, author, resolver);
    if (proof !== null) return { verdict: 'pass', evidence: `dkim=pass header.d=${proof}, checked by DNS` };
    const said = results.map(({ status }) => [status.result, status.comment].filter(Boolean).join(' ')).join(', ');
    return { verdict: 'none', evidence: `no DKIM signature proves ${author} (${said}), checked by DNS` };
  } catch {
    return { verdict: 'none', evidence: 'the DKIM signature cannot be checked' };
  } finally {
    end();
  }
}

/**
 * The domain of a good signature that speaks for the author's: as the DMARC record of the author's domain says (RFC 7489 section
 * 3.1.1), where there is one; else the same or one above it.
 */
async function alignedOf(domains: readonly string[], author: string, resolver: ResolveTxt): Promise<string | null> {
  if (domains.length === 0) return null;
  const found = await dmarc({ headerFrom: author, dkimDomains: domains.map((domain) => ({ domain })), resolver });
  const rule = found === false ? undefined : found.alignment?.dkim;
  if (rule === undefined) return domains.find((domain) => speaksFor(domain, author)) ?? null;
  // The library tells that the record asks for the very domain, but does not hold to it.
  if (rule.strict) return domains.includes(author) ? author : null;
  return rule.result || null;
}

/** Ends all waiting at one point in time, in the way of a DNS that does not answer. */
function deadline(ms: number) {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('no answer in time'), { code: 'ETIMEOUT' })), ms);
  });
  over.catch(() => {});
  return {
    within: <T>(work: Promise<T>): Promise<T> => Promise.race([work, over]),
    end: () => clearTimeout(timer),
  };
}
