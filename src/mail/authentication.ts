import { domainToASCII } from 'node:url';
import { MAX_TRACE_EVIDENCE_CHARACTERS } from '../limits.js';
import type { MethodResult } from './authentication/results-field.js';
import { type Trust, trustedResults } from './authentication/trusted-results.js';
import { clampCharacters } from './clamp.js';
import { cleanLine } from './clean.js';
import type { IncomingMail } from './message.js';

export type { Trust } from './authentication/trusted-results.js';

/** Whether a mail is from whom it says. */
export interface Authentication {
  /**
   * `pass`: the domain of From stands behind it. `fail`: a check says no. `none`: nothing says either. `unchecked`: no server is trusted,
   * so nobody was asked.
   */
  readonly verdict: 'pass' | 'fail' | 'none' | 'unchecked';
  /** One short line for the trace and the log. */
  readonly evidence: string;
}

/**
 * What the operator's own servers found out about the author of a mail, `mail.from`. DMARC decides where it says pass or fail
 * (RFC 7489); else a DKIM signature or an envelope (SPF) of the author's own domain, or of one above it. A policy of `p=none`
 * asks that nothing is done about a fail, and says nothing against a pass. Never passes where From names several authors: which of them
 * was checked, nobody can tell.
 */
export function authenticationOf(mail: IncomingMail, trust: Trust): Authentication {
  if (trust.authservIds.length === 0) return { verdict: 'unchecked', evidence: 'TRUSTED_AUTHSERV_ID is not set' };
  const { fields, missing } = trustedResults(mail.traceFields, trust);
  const claims = fields.flatMap(({ authservId, results }) => results.map((result) => ({ authservId, ...result })));
  const told = (verdict: Authentication['verdict'], evidence: string): Authentication => ({
    verdict,
    evidence: clampCharacters(cleanLine(evidence), MAX_TRACE_EVIDENCE_CHARACTERS),
  });

  const refused = claims.find(({ method, result }) => method === 'dmarc' && result === 'fail');
  if (refused !== undefined) return told('fail', sayingOf(refused));
  const author = authorDomain(mail);
  if (author === null) return told('none', 'From does not name one author with a domain');

  const proofs = claims.filter((claim) => isPass(claim) && speaksFor(domainOfClaim(claim), author));
  const proof = proofs.find(({ method }) => method === 'dmarc') ?? proofs[0];
  if (proof !== undefined) return told('pass', sayingOf(proof));
  const failed = claims.find(
    ({ method, result }) => (method === 'dkim' || method === 'spf') && /^(?:hard)?fail$/.test(result),
  );
  if (failed !== undefined) return told('fail', sayingOf(failed));
  if (fields.length === 0) return told('none', missing);
  return told('none', `nothing in the results of ${fields[0]?.authservId} proves ${author}`);
}

/** The domain that must be proven: that of the one address in From, in the form of DNS. Null where there are several, or none with a domain. */
export function authorDomain({ soleAuthor, from }: IncomingMail): string | null {
  return soleAuthor && from !== null ? domainOf(from.address) : null;
}

type Claim = MethodResult & { readonly authservId: string };

/** Gmail says `spf=pass (best guess record …)` of domains that publish none: a guess of who may send is no proof. */
function isPass({ result, comment }: Claim): boolean {
  return result === 'pass' && !/best.?guess/i.test(comment);
}

/** The domain that a result is about; null of methods that prove no domain. */
function domainOfClaim(claim: Claim): string | null {
  switch (claim.method) {
    case 'dmarc':
      return domainIn(claim, 'header.from');
    case 'dkim':
      // Some servers tell only the identity, whose domain lies at or below the signature's (RFC 6376 section 3.5).
      return domainIn(claim, claim.properties.has('header.d') ? 'header.d' : 'header.i');
    case 'spf':
      return domainIn(claim, 'smtp.mailfrom');
    default:
      return null;
  }
}

/**
 * Whether a domain speaks for the author's: it is the same or lies above it, whose owner rules what is below by DNS anyway. (Some servers
 * name the organization's domain as the one that DMARC is about.) Not one below it, which DMARC allows where both have one owner: to tell
 * that takes a list of the domains under which anybody can have one.
 */
export function speaksFor(domain: string | null, author: string): boolean {
  return domain !== null && (author === domain || author.endsWith(`.${domain}`));
}

/** A property's domain. The servers write it as they got it, so it may be UTF-8 (RFC 8616). */
function domainIn({ properties }: Claim, name: string): string | null {
  const value = Buffer.from(properties.get(name) ?? '', 'latin1').toString();
  return name === 'header.d' && value.includes('@') ? null : domainOf(value);
}

/** The domain of an address, or a domain alone, in the form of DNS; null where it is none of two labels or more. */
function domainOf(address: string): string | null {
  const domain = domainToASCII(address.slice(address.lastIndexOf('@') + 1).replace(/>$/, ''));
  return domain.length <= 253 && /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/.test(domain) ? domain : null;
}

function sayingOf({ authservId, method, result, properties }: Claim): string {
  const about = ['header.from', 'header.d', 'header.i', 'smtp.mailfrom'].flatMap((name) => {
    const value = properties.get(name);
    return value ? [` ${name}=${value}`] : [];
  });
  return `${method}=${result}${about.join('')}, says ${authservId}`;
}
