import { MAX_NAME_CHARACTERS } from '../limits.js';
import { clampCharacters } from './clamp.js';
import { cleanLine, isBlank } from './clean.js';
import { type Address, header, type IncomingMail } from './message.js';
import type { MailPolicy } from './policy.js';

/** Whose ticket it becomes, under the API's names, and where that was read. */
export interface Requester {
  readonly user_email: string;
  /** Absent where the mail names nobody. */
  readonly name?: string;
  readonly company?: string;
  /** The field it was read from, or why it is the policy's fallback. */
  readonly evidence: string;
}

/**
 * The requester: From, else Reply-To, else the policy's fallback address, since the API makes no ticket without one and no
 * mail may be lost. Reply-To comes second: trusted before From, it would let a forger choose whose ticket it is unseen. Only of
 * the operator's own web forms it comes first, and with SENDER_AUTH=require… only where the form's mail is verified.
 *
 * @param verified whether the mail server vouches for From
 */
export function requesterOf(mail: IncomingMail, policy: MailPolicy, verified: boolean): Requester {
  const form = formOf(mail, policy, verified);
  if (form !== null) return form;
  if (mail.from !== null && isUsable(mail.from.address)) {
    const company = companyOf(mail);
    return {
      ...asRequester(mail.from),
      ...(company !== undefined && { company }),
      evidence: `From: ${mail.from.address}`,
    };
  }
  const other = usableReplyTo(mail, policy);
  if (other !== undefined) {
    return { ...asRequester(other), evidence: `no usable From; Reply-To: ${other.address}` };
  }
  // What the broken From says still tells the agent more than nothing.
  const raw = mail.from?.name || mail.from?.address || header(mail, 'from') || '';
  return {
    ...asRequester({ address: policy.fallbackSender, name: raw }),
    evidence: `no usable From or Reply-To; the fallback ${policy.fallbackSender} stands in`,
  };
}

/** The visitor of a web form, null where the mail is of none. */
function formOf(mail: IncomingMail, policy: MailPolicy, verified: boolean): Requester | null {
  if (mail.from === null || !mail.soleAuthor || !policy.replyToForms.includes(mail.from.address.toLowerCase()))
    return null;
  if (!verified && policy.senderAuth.startsWith('require')) return null;
  const visitor = usableReplyTo(mail, policy);
  if (visitor === undefined) return null;
  return { ...asRequester(visitor), evidence: `Reply-To: ${visitor.address}, of the form ${mail.from.address}` };
}

function usableReplyTo({ replyTo }: IncomingMail, { ownAddresses }: MailPolicy): Address | undefined {
  return replyTo.find(({ address }) => isUsable(address) && !ownAddresses.includes(address.toLowerCase()));
}

/** The form fields of an address whose use is settled. */
export function asRequester({ address, name }: Address): Pick<Requester, 'user_email' | 'name'> {
  const shown = clampCharacters(cleanLine(name), MAX_NAME_CHARACTERS);
  return isBlank(shown) ? { user_email: address } : { user_email: address, name: shown };
}

/**
 * One address as the helpdesk can store it: no blanks or brackets, and one `@` only, but in a quoted local part. A second
 * one (`victim@example.com@evil.example`) is read as one address here and as another there.
 */
const USABLE_ADDRESS = /^(?:"[^\s\p{C}<>"]+"|[^\s\p{C}<>,;:@"()[\]]+)@[^\s\p{C}<>,;:@"()]+$/u;

/** Whether the helpdesk can take the address as it is. */
export function isUsable(address: string): boolean {
  return address.length <= MAX_NAME_CHARACTERS && USABLE_ADDRESS.test(address);
}

/** What the sender's mail program gives as the organization, undefined where it gives none. */
function companyOf(mail: IncomingMail): string | undefined {
  const company = clampCharacters(cleanLine(header(mail, 'organization') ?? ''), MAX_NAME_CHARACTERS);
  return isBlank(company) ? undefined : company;
}

/**
 * Whether an address is one of a list of addresses and domains (`jane@example.com`, `@example.com`), in lower case.
 * A domain does not stand for the domains below it.
 */
export function isListed(address: string, list: readonly string[]): boolean {
  const lower = address.toLowerCase();
  return list.includes(lower) || list.includes(lower.slice(lower.lastIndexOf('@')));
}

/** An address as limits count it: helpdesks and robots write under a new plus address for each mail (`reply+4711@`), and are one sender. */
export function withoutPlus(address: string): string {
  return address.toLowerCase().replace(/^([^+@"]+)\+[^@]*@/, '$1@');
}
