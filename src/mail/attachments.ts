import { MAX_ATTACHMENT_NAME_CHARACTERS, MAX_ATTACHMENTS_NAMED } from '../limits.js';
import { clampCharacters } from './clamp.js';
import { cleanLine } from './clean.js';
import type { Attachment } from './message.js';

/**
 * The attachments as lines for the end of a message, '' where there are none: the API takes no files, so the agent has to
 * learn that they exist and look into the mailbox.
 */
export function listAttachments(attachments: readonly Attachment[]): string {
  if (attachments.length === 0) return '';
  const lines = attachments.slice(0, MAX_ATTACHMENTS_NAMED).map((attachment) => `- ${describe(attachment)}`);
  const unnamed = attachments.length - lines.length;
  if (unnamed > 0) lines.push(`- and ${unnamed} more`);
  return ['Attachments (in the mailbox, not in this ticket):', ...lines].join('\n');
}

function describe({ filename, contentType, bytes, subject = '' }: Attachment): string {
  const name = clampCharacters(cleanLine(filename || subject), MAX_ATTACHMENT_NAME_CHARACTERS) || '(no name)';
  // What is no type is not worth showing, and could be as long as a header.
  const type = CONTENT_TYPE.test(contentType) ? contentType : 'application/octet-stream';
  return `${name} (${type}, ${humanSize(bytes)})`;
}

/** RFC 6838 section 4.2, but shorter: the longest in use have some 80 characters. */
const CONTENT_TYPE = /^[\w.+!#$&^-]{1,40}\/[\w.+!#$&^-]{1,80}$/;

/** A size as people read it, in powers of 1000: `0 bytes`, `1.2 kB`, `35 MB`. */
export function humanSize(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  // 999,950 would round to 1000.0 kB.
  const units = ['kB', 'MB', 'GB'];
  let size = bytes / 1000;
  while (size >= 999.5 && units.length > 1) {
    size /= 1000;
    units.shift();
  }
  return `${size < 9.95 ? size.toFixed(1) : Math.round(size)} ${units[0]}`;
}
