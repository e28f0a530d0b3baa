import { parseAddressHeader } from 'mailparser';
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
  return value.flatMap(({ address, name }) => {
    const mailbox = addressOf(unmask(address ?? ''));
    return mailbox === null ? [] : [{ address: mailbox, name: nameOf(unmask(name)) }];
  });
}

/** An address as written: no white space outside quotes, no controls; the domain, where there is one, in lower case. */
function addressOf(written: string): string | null {
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
