import { parseAddressHeader } from 'mailparser';
import { MAX_ADDRESS_CHARACTERS } from '../limits.js';
import { cleanLine } from './clean.js';
import { maskEncodedWords } from './encoded-words.js';
import type { Address } from './message.js';

/**
 * The mailboxes of an address field (RFC 5322 section 3.4), those of groups among them. Encoded words are decoded after
 * the syntax is read: a display name that decodes to `"CEO" <ceo@bank.example>` stays a name.
 *
 * @param binary the unfolded value, one character a byte
 * @param hint the charset for raw bytes
 */
export function readAddresses(binary: string, hint: string): Address[] {
  const { masked, unmask } = maskEncodedWords(binary, hint);
  const { value } = parseAddressHeader(masked, { flatten: true, decodePunycode: false });
  const mailboxes = value.flatMap(({ address, name }) => {
    const mailbox = addressOf(unmask(address ?? ''));
    return mailbox === null ? [] : [{ address: mailbox, name: nameOf(unmask(name)) }];
  });
  return mailboxes.length > 0 ? mailboxes : onlyAddress(unmask(masked));
}

/**
 * The one address that stands in a field whose syntax is broken (a quote that never closes) or wholly hidden in encoded
 * words. Several would have to be told apart by that syntax, so then there is none.
 */
function onlyAddress(text: string): Address[] {
  const [found, ...others] = new Set(text.split(/[\s<>()"',;:]+/).filter((word) => word.includes('@')));
  const address = found === undefined || others.length > 0 ? null : addressOf(found);
  if (found === undefined || address === null) return [];
  return [{ address, name: nameOf(text.slice(0, text.indexOf(found)).replace(/[<"\\]/g, ' ')) }];
}

/** An address as written: no white space outside quotes, no controls; the domain, where there is one, in lower case. */
function addressOf(written: string): string | null {
  if (written.length > MAX_ADDRESS_CHARACTERS) return null;
  const text = cleanLine(written)
    .replace(/^<+|>+$/g, '')
    .replace(/^mailto:/i, '')
    .trim();
  const at = text.lastIndexOf('@');
  const local = at < 0 ? text : text.slice(0, at);
  const domain =
    at < 0
      ? ''
      : text
          .slice(at + 1)
          .toLowerCase()
          .replace(/\.$/, '');
  if (local === '' || (at >= 0 && domain === '') || /[\s<>,;]/.test(domain)) return null;
  if (/[<>\s]/.test(local) && !/^"[^<>]*"$/.test(local)) return null;
  return at < 0 ? local : `${local}@${domain}`;
}

/** Some programs leave the quotes of a name inside it. */
function nameOf(written: string): string {
  return cleanLine(written)
    .replace(/^(["'])(.*)\1$/, '$2')
    .trim();
}
