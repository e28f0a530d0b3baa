import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { ConfigError } from '../errors.js';
import type { ConfigWarning } from './config-warning.js';

interface DotenvFile {
  readonly values: Readonly<Record<string, string>>;
  /** Lines that are read in another way than they look, which dotenv does without a word. */
  readonly warnings: readonly ConfigWarning[];
}

/**
 * Reads a `.env` file.
 * @param path from the root, for the message
 * @returns null where there is none
 * @throws ConfigError where it cannot be read
 */
export function readDotenv(path: string): DotenvFile | null {
  try {
    const text = readFileSync(path, 'utf8');
    const values = parse(text);
    return { values, warnings: oddities(text, values) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new ConfigError([{ variable: path, message: `cannot be read: ${message}` }]);
  }
}

interface Assignment {
  readonly name: string;
  /** What stands after the equals sign, blanks before it included. */
  readonly text: string;
  readonly line: number;
}

function oddities(text: string, values: Readonly<Record<string, string>>): ConfigWarning[] {
  const byName = new Map<string, Assignment[]>();
  for (const assignment of assignmentsIn(text))
    byName.set(assignment.name, [...(byName.get(assignment.name) ?? []), assignment]);
  return [...byName.values()].flatMap((all) => {
    const last = all.at(-1);
    return last ? [...repeated(all), ...misread(last, values[last.name])] : [];
  });
}

/** Lines that set something, as far as a line tells: those within a quoted value are among them. */
function assignmentsIn(text: string): Assignment[] {
  return text.split(/\r\n?|\n/).flatMap((each, at) => {
    const [, name, rest = ''] = /^\s*(?:export\s+)?([\w.-]+)(?:\s*=|:\s)(.*)$/.exec(each) ?? [];
    return name === undefined ? [] : [{ name, text: rest, line: at + 1 }];
  });
}

function repeated(all: readonly Assignment[]): ConfigWarning[] {
  if (all.length < 2) return [];
  const [variable, lines] = [all[0]?.name ?? '', all.map(({ line }) => line).join(', ')];
  return [{ variable, found: `is set more than once in .env (lines ${lines}), and the last counts`, cure: 'keep one' }];
}

/** @param value what dotenv made of it */
function misread({ name: variable, text, line }: Assignment, value: string | undefined): ConfigWarning[] {
  const warn = (found: string, cure: string) => [{ variable, found: `${found} (line ${line} of .env)`, cure }];
  if (value === undefined)
    return warn('is not set: its line belongs to a quoted value that began before', 'end that value with its quote');
  const [, quote] = /^\s*(['"`])/.exec(text) ?? [];
  if (quote !== undefined && value.startsWith(quote))
    return warn('begins with a quote that ends elsewhere or never, and is read as it stands', 'quote the whole value');
  if (quote === undefined && /^#|^[^#]*[^#\s]#/.test(text))
    return warn('is cut off before its #, which begins a comment', 'put the whole value between single quotes');
  return [];
}
