import { Mail2TicketError } from './errors.js';

/** What may be told of an error that nobody expected: where it arose, and of others' errors no word, since those hold commands with passwords and mails. */
export function crashOf(error: unknown): { readonly reason: string; readonly at: readonly string[] } {
  if (!(error instanceof Error)) return { reason: typeof error, at: [] };
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  const at = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    reason: error instanceof Mail2TicketError ? error.message : `${error.name}${code}`,
    at: at.map((line) => line.trim()),
  };
}
