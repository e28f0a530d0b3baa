import { MAX_HEADER_VALUE_CHARACTERS } from '../limits.js';
import { cleanLine } from './clean.js';
import { decodeHeader } from './encoded-words.js';
import { type HeaderBlock, readHeaderBlock } from './header-block.js';

/** A mail that is attached to another (RFC 2046 section 5.2.1). */
export interface AttachedMail {
  /** Its bytes, decoded. */
  readonly content: Buffer;
  /** '' where it has none. */
  readonly subject: string;
  /** Who wrote it and when, as the header block that mail programs put over what they forward. */
  readonly headerBlock: string;
}

/** The fields that are shown of an attached mail, in the order of mail programs. */
const SHOWN = ['From', 'Date', 'Subject', 'To'] as const;

/** Reads the header of an attached mail; `hint` is the charset for raw bytes in it. */
export function readAttachedMail(content: Buffer, hint: string): AttachedMail {
  const { fields } = attachedHeader(content);
  const shown = SHOWN.map((name) => {
    const raw = fields.find((field) => field.name === name.toLowerCase())?.value ?? '';
    return { name, value: cleanLine(decodeHeader(raw.slice(0, MAX_HEADER_VALUE_CHARACTERS), hint).text) };
  });
  return {
    content,
    subject: shown.find(({ name }) => name === 'Subject')?.value ?? '',
    headerBlock: shown.flatMap(({ name, value }) => (value === '' ? [] : `${name}: ${value}`)).join('\n'),
  };
}

/** The header of a mail within a part, before which some programs leave blank lines. */
export function attachedHeader(content: Buffer): HeaderBlock {
  return readHeaderBlock(content, startOf(content), content.length, () => false);
}

/** Where an attached mail begins, behind those blank lines. */
export function startOf(content: Buffer): number {
  return /^(?:[ \t]*\r?\n)*/.exec(content.toString('latin1', 0, 1024))?.[0].length ?? 0;
}
