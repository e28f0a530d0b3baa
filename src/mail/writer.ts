import { MAX_OTHERS_ASKED } from '../limits.js';
import type { Authentication } from './authentication.js';
import type { Forward } from './forward.js';
import type { IncomingMail } from './message.js';
import type { MailPolicy } from './policy.js';
import { isListed, isUsable, type Requester } from './sender.js';

/** As whom a mail may write into tickets that are there already. Which ones, the reply gate asks the helpdesk. */
export type Writer =
  /** Into the tickets of the reply's own address, and with `mayTakePart` into those in whose mails that address was named. */
  | { readonly kind: 'customer'; readonly mayTakePart: boolean }
  /** Into any ticket that exists, which these addresses beside its own may prove: the other people of the mail. */
  | { readonly kind: 'staff'; readonly others: readonly string[] }
  | {
      readonly kind: 'nobody';
      /** Completes "not written into the ticket: …". Words of ours alone. */
      readonly why: string;
      /** Whether it is for want of a pass that nobody is known here. */
      readonly unverified: boolean;
      /** The setting that keeps our own people out. */
      readonly setting: string | null;
    };

/**
 * Says as whom a mail writes. From is a claim: with SENDER_AUTH it has to be vouched for. Whoever claims to be one of our people
 * must be verified whatever SENDER_AUTH says, since the helpdesk shows what is posted under an agent's address as that agent's.
 */
export function writerOf(
  mail: IncomingMail,
  policy: MailPolicy,
  requester: Requester,
  forward: Forward,
  { verdict }: Authentication,
): Writer {
  const from = mail.from?.address ?? '';
  const verified = verdict === 'pass';
  // The tickets of mails without a sender all belong to the stand-in, whose address anybody can write into From.
  if (!mail.soleAuthor || !isUsable(from) || from.toLowerCase() === policy.fallbackSender)
    return nobody('its From does not name one usable author');
  // Anybody can type anything into a form, no address or a forwarded mail too, and our forms may well write from an address of our people.
  if (policy.replyToForms.includes(from.toLowerCase())) return nobody('what a web form sends is no reply');
  if (claimsToBeStaff(from, policy)) {
    if (verdict === 'unchecked') {
      const why = 'the sender claims to be one of our people, and no sender is verified here';
      return { ...nobody(why), unverified: true, setting: 'TRUSTED_AUTHSERV_ID' };
    }
    if (!verified || !isListed(from, policy.staffAddresses)) {
      return { ...nobody('the sender claims to be one of our people, and is not verified'), unverified: true };
    }
    // What our people forward is the customer's word, and goes into the customer's tickets only.
    if (forward.kind === 'of') {
      return claimsToBeStaff(requester.user_email, policy)
        ? nobody('the forwarded sender claims to be one of our people')
        : { kind: 'customer', mayTakePart: false };
    }
    return { kind: 'staff', others: othersOf(mail, policy) };
  }
  if (!verified && isReplyRefused(policy)) return { ...nobody('the sender is not verified'), unverified: true };
  // An agent who was left out of STAFF_ADDRESSES stands in the Cc of many a mail.
  const mayTakePart = policy.replyPolicy === 'participants' && (verified || !isOfOurDomain(from, policy));
  return { kind: 'customer', mayTakePart };
}

/** Whether a new ticket or a reply is marked as of an unverified sender. */
export function isMarked({ senderAuth }: MailPolicy, { verdict }: Authentication): boolean {
  return verdict !== 'pass' && (senderAuth === 'mark' || senderAuth === 'require');
}

/** Whether senders are to be verified and this one is not, so that nothing in the mail may open a ticket to anybody else. */
export function isDoubted({ senderAuth }: MailPolicy, { verdict }: Authentication): boolean {
  return verdict !== 'pass' && senderAuth !== 'off';
}

/** The people of a mail, lower case, each once: its author and those it is addressed to. Our own addresses are nobody. */
export function peopleOf({ from, to, cc }: IncomingMail, { ownAddresses }: MailPolicy): string[] {
  const all = [...(from === null ? [] : [from]), ...to, ...cc].map(({ address }) => address.toLowerCase());
  return [...new Set(all)].filter((address) => isUsable(address) && !ownAddresses.includes(address));
}

function nobody(why: string): Extract<Writer, { kind: 'nobody' }> {
  return { kind: 'nobody', why, unverified: false, setting: null };
}

function isReplyRefused({ senderAuth }: MailPolicy): boolean {
  return senderAuth === 'require-for-replies' || senderAuth === 'require';
}

/** MariaDB compares without regard to case and accents, so `jané@acme.test` is shown as the agent `jane@acme.test`. */
const collator = new Intl.Collator('en', { sensitivity: 'base', usage: 'search' });

function claimsToBeStaff(address: string, { staffAddresses }: MailPolicy): boolean {
  const domain = address.slice(address.lastIndexOf('@'));
  return staffAddresses.some((listed) => isSameToMariaDb(listed.startsWith('@') ? domain : address, listed));
}

/** Its collations differ: to `utf8mb4_general_ci`, the default before 11.6, `ß` is one s and `ı` an i, which no newer one says. */
function isSameToMariaDb(a: string, b: string): boolean {
  const asGeneral = (text: string) => text.replace(/[ßẞ]/g, 's').replace(/ı/g, 'i');
  return collator.compare(a, b) === 0 || collator.compare(asGeneral(a), asGeneral(b)) === 0;
}

function isOfOurDomain(address: string, { ownAddresses }: MailPolicy): boolean {
  const domain = address.slice(address.lastIndexOf('@')).toLowerCase();
  return ownAddresses.some((own) => own.endsWith(domain));
}

function othersOf(mail: IncomingMail, policy: MailPolicy): string[] {
  const from = mail.from?.address.toLowerCase();
  return peopleOf(mail, policy)
    .filter((address) => address !== from)
    .slice(0, MAX_OTHERS_ASKED);
}
