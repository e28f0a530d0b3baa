import type { Address } from './message.js';

/** "'Jane Doe' via Support", with or without the quotes. */
const VIA = /^["']*(.*?)["']* via [^@]+$/s;

/**
 * Who wrote a mail into whose From a list set itself, null where none did. Google Groups does so for senders whose domain
 * forbids others to pass their mail on (DMARC, RFC 7489 section 6.3), and keeps them in X-Original-Sender; taken as the
 * author, the list would own the tickets of all of them, or, being our own address, swallow their mail.
 *
 * @param from the usable From
 * @param original the addresses of X-Original-Sender
 * @param listId the value of List-Id, '' where there is none
 */
export function authorBehindList(from: Address, original: readonly Address[], listId: string): Address | null {
  const [author, ...others] = original;
  const name = VIA.exec(from.name)?.[1];
  if (listId === '' || name === undefined || author === undefined || others.length > 0) return null;
  const isOther = author.address.includes('@') && author.address.toLowerCase() !== from.address.toLowerCase();
  return isOther ? { address: author.address, name: name.trim() } : null;
}
