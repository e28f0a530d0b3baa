import { cleanLine } from './clean.js';
import { isForwardSubject } from './forward-subject.js';
import type { Address, IncomingMail } from './message.js';
import type { MailPolicy } from './policy.js';
import { bareLine } from './quotes/line.js';
import { headerOf } from './quotes/quoted-header.js';
import type { HeaderRole } from './quotes/words.js';
import { isListed, isUsable } from './sender.js';

/** What forwarding means for a mail: no forward by our people, a forward of a known sender's mail, or one that nobody can be read off. */
export type Forward =
  | { readonly kind: 'none' }
  | { readonly kind: 'of'; readonly original: Address }
  | { readonly kind: 'unclear'; readonly why: string };

/**
 * Finds the original sender of a mail that one of our people forwards. Nothing but the From line of a forwarded header
 * block counts: a signature or the text may hold anybody's address. From can be forged, but who forges a forward gains
 * nothing over forging From itself: a new ticket in the name of another. A reply needs a verified forward (writer.ts).
 */
export function forwardOf(mail: IncomingMail, policy: MailPolicy): Forward {
  if (policy.forwards === 'forwarder' || mail.from === null || !isForwardSubject(mail.subject)) return { kind: 'none' };
  if (!isListed(mail.from.address, policy.staffAddresses)) return { kind: 'none' };
  // What looks like a forward in it was typed by a stranger.
  if (policy.replyToForms.includes(mail.from.address.toLowerCase())) return { kind: 'none' };
  const block = firstHeaderBlock(mail.text);
  if (block === null) return { kind: 'unclear', why: 'no forwarded header block in the text' };
  const original = singleAddress(block);
  if (original === null) return { kind: 'unclear', why: `no single address in the forwarded From: ${block}` };
  if (isListed(original.address, [...policy.staffAddresses, ...policy.ownAddresses])) {
    return { kind: 'unclear', why: `the forwarded mail is from our own ${original.address}` };
  }
  return { kind: 'of', original };
}

/** Lines that may stand between two lines of a block: the rest of a long To, or the blank lines HTML leaves between them. */
const MAX_GAP_LINES = 2;

/**
 * The From value of the first forwarded header block, null where there is none. A block is at least three of From, To,
 * Date and Subject in one run, From among them, each once.
 */
function firstHeaderBlock(text: string): string | null {
  let found = new Map<HeaderRole, string>();
  let gap = 0;
  const lines = text.split('\n').map((line) => bareLine(line).bare);
  for (const [at, line] of lines.entries()) {
    const field = headerOf(line);
    if (field === null) {
      if (++gap > MAX_GAP_LINES) found = new Map();
      continue;
    }
    gap = 0;
    if (field.role === 'other') continue;
    if (found.has(field.role)) found = new Map();
    const below = lines[at + 1] ?? '';
    // A long name wraps before the address.
    const wrapped = field.role === 'from' && !field.value.includes('@') && headerOf(below) === null;
    found.set(field.role, unmarked(wrapped ? `${field.value} ${below}` : field.value));
    const from = found.get('from');
    if (from !== undefined && found.size >= 3) return from;
  }
  return null;
}

/** On one line, without the stars that stand for bold. */
function unmarked(value: string): string {
  return cleanLine(value.replaceAll('*', ''));
}

/** `Max <max@example.com>`, `Max [mailto:max@example.com]` or a bare address; null where there are several or none. */
function singleAddress(value: string): Address | null {
  const addresses = new Set(
    [...value.matchAll(/[^\s<>[\]()"',;:]+@[^\s<>[\]()"',;:]+/g)].map(([address]) => address.replace(/\.$/, '')),
  );
  const [address] = addresses;
  if (address === undefined || addresses.size > 1 || !isUsable(address)) return null;
  const name = value
    .slice(0, value.indexOf(address))
    .replace(/(?:[<[(]|mailto:|\s)+$/i, '')
    .replace(/^["']|["']$/g, '');
  const at = address.lastIndexOf('@');
  return { address: address.slice(0, at) + address.slice(at).toLowerCase(), name };
}
