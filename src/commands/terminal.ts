import Table from 'cli-table3';
import { cleanLine, inertJson } from '../mail/clean.js';

/**
 * Rows under headings, for a terminal. Whatever stands in a cell becomes one line without control characters: subjects are
 * written by strangers, and on a terminal control characters are commands.
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  // Without colours of its own, so that a pipe gets text only.
  const drawn = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  for (const row of rows) drawn.push(row.map(cleanLine));
  return drawn.toString();
}

/** JSON on one line, which no terminal obeys. */
export function json(value: unknown): string {
  return inertJson(JSON.stringify(value));
}

/** A length of time in one unit; `?` where it is not known. */
export function age(seconds: number | null): string {
  if (seconds === null) return '?';
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
