import { MAX_CHECKED_SIGNATURES, MAX_HEADER_BYTES } from '../limits.js';

/** A mail with only those DKIM signatures left in its header that could prove who wrote it. */
export interface SignedMail {
  readonly bytes: Buffer;
  /** How many signatures are left. */
  readonly signatures: number;
}

/**
 * Takes all other signatures out, those of ARC among them, before anything is verified: each costs a question to a DNS server of
 * the sender's choice and a pass over the body, and a header has room for thousands. A signature on another one that was taken
 * out no longer holds; none of those can prove the author.
 *
 * @param author the domain of From
 */
export function withSignaturesOf(author: string, mail: Uint8Array): SignedMail {
  const bytes = Buffer.from(mail.buffer, mail.byteOffset, mail.byteLength);
  const headerEnd = /\n\r?\n/.exec(bytes.toString('latin1', 0, MAX_HEADER_BYTES));
  if (headerEnd === null) return { bytes: Buffer.alloc(0), signatures: 0 };
  const bodyStart = headerEnd.index + 1;
  let signatures = 0;
  const kept = fieldsOf(bytes.toString('latin1', 0, bodyStart)).filter((field) => {
    const name = (/^[^:]*/.exec(field)?.[0] ?? '').trim().toLowerCase();
    if (name.startsWith('arc-')) return false;
    if (name !== 'dkim-signature') return true;
    if (signatures === MAX_CHECKED_SIGNATURES || !canProve(author, field.slice(field.indexOf(':') + 1))) return false;
    signatures += 1;
    return true;
  });
  return { bytes: Buffer.concat([Buffer.from(kept.join(''), 'latin1'), bytes.subarray(bodyStart)]), signatures };
}

/** The fields of a header, each with its folded lines and line ends. */
function fieldsOf(header: string): string[] {
  return header.match(/[^\n]*\n(?:\s[^\n]*\n)*/g) ?? [];
}

/**
 * Whether a signature (RFC 6376 section 3.5) could prove the author: of a domain related to his, over From and the whole body, with a
 * hash that still holds (RFC 8301). Comments and quotes could hide a tag from this reading and show it to the library; real signatures
 * have neither.
 */
function canProve(author: string, signature: string): boolean {
  if (/[()"'\\]/.test(signature)) return false;
  const tags = new Map<string, string>();
  for (const tag of signature.split(';')) {
    const [name = '', value = ''] = tag.replace(/\s+/g, '').toLowerCase().split('=');
    tags.set(name, value);
  }
  const domain = tags.get('d') ?? '';
  return (
    // With it the signature covers only the begin of the body, and anybody can write on.
    !tags.has('l') &&
    /^(?:rsa|ed25519)-sha256$/.test(tags.get('a') ?? '') &&
    (tags.get('h') ?? '').split(':').includes('from') &&
    /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/.test(domain) &&
    (`.${author}`.endsWith(`.${domain}`) || domain.endsWith(`.${author}`))
  );
}
