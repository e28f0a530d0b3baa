import { parseAddressHeader } from 'mailparser';
import { MAX_ADDRESS_FIELD_CHARACTERS } from '../limits.js';
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
  const { masked, unmask } = maskEncodedWords(binary.slice(0, MAX_ADDRESS_FIELD_CHARACTERS), hint);
  const { value } = parseAddressHeader(masked, { flatten: true, decodePunycode: false });
  return value.flatMap(({ address, name }) => {
    const mailbox = addressOf(unmask(address ?? ''));
    return mailbox === null ? [] : [{ address: mailbox, name: nameOf(unmask(name), mailbox) }];
  });
}

/** A usable address: one `@` with something on both sides, no white space or controls; the domain in lower case. */
function addressOf(written: string): string | null {
  const text = cleanLine(written)
    .replace(/^<+|>+$/g, '')
    .replace(/^mailto:/i, '')
    .trim();
  const at = text.lastIndexOf('@');
  if (
    at < 1 ||
    at === text.length - 1 ||
    /[\s<>]|[@,]./.test(text.slice(at + 1)) ||
    /[<>]|\s(?![^"]*"$)/.test(text.slice(0, at))
  )
    return null;
  return text.slice(0, at) + text.slice(at).toLowerCase().replace(/\.$/, '');
}

/** Some programs repeat the address as its own name, or leave the quotes of a name inside it. */
function nameOf(written: string, address: string): string {
  const name = cleanLine(written)
    .replace(/^(["'])(.*)\1$/, '$2')
    .trim();
  return name.toLowerCase() === address.toLowerCase() ? '' : name;
}
