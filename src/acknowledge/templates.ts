import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../errors.js';

/** The words of an acknowledgement. `{ticketId}` and `{tag}` stand for the number of the ticket and for its subject tag. */
export interface Templates {
  /** Goes after the tag. */
  readonly subject: string;
  readonly text: string;
  /** Null: the mail is plain text. */
  readonly html: string | null;
}

const DEFAULTS: Templates = {
  subject: 'We have received your request',
  text: `Thank you for writing to us. Your request is ticket #{ticketId}, and somebody will answer it.

To add something, just reply to this mail.
`,
  html: `<p>Thank you for writing to us. Your request is ticket <b>#{ticketId}</b>, and somebody will answer it.</p>
<p>To add something, just reply to this mail.</p>
`,
};

/** The files of a folder of templates. */
const FILES = { subject: 'subject.txt', text: 'body.txt', html: 'body.html' } as const;

/**
 * The templates of a folder, or the built-in ones. In a folder `subject.txt` and `body.txt` are needed, and `body.html` may be
 * left out: then the mails are plain text, since built-in HTML would say something else than the folder's text.
 * @throws ConfigError with every problem there is
 */
export function readTemplates(directory: string | null): Templates {
  if (directory === null) return DEFAULTS;
  const problems: string[] = [];
  const read = (name: string, isNeeded: boolean): string | null => {
    try {
      const template = readFileSync(join(directory, name), 'utf8');
      const foreign = [...template.matchAll(/\{([a-z]\w*)\}/gi)].filter(([, key]) => !isPlaceholder(key));
      if (foreign.length > 0) {
        problems.push(`${name} names ${foreign.map(([all]) => all).join(', ')}; accepted: {ticketId}, {tag}`);
      }
      if (template.trim() === '') problems.push(`${name} is empty`);
      return template;
    } catch (error) {
      if (isNeeded || (error as NodeJS.ErrnoException).code !== 'ENOENT')
        problems.push(`${name}: ${(error as Error).message}`);
      return null;
    }
  };
  const templates = {
    subject: (read(FILES.subject, true) ?? '').trim(),
    text: read(FILES.text, true) ?? '',
    html: read(FILES.html, false),
  };
  if (problems.length > 0) {
    throw new ConfigError(
      problems.map((message) => ({ variable: 'ACK_TEMPLATES', message: `"${directory}": ${message}` })),
    );
  }
  return templates;
}

type Values = Readonly<Record<'ticketId' | 'tag', string>>;

/** The template with its placeholders filled in. */
export function fill(template: string, values: Values): string {
  return template.replace(/\{(ticketId|tag)\}/g, (_, key: keyof Values) => values[key]);
}

function isPlaceholder(key: string | undefined): key is keyof Values {
  return key === 'ticketId' || key === 'tag';
}
