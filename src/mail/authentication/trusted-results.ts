import type { TraceField } from '../message.js';
import {
  type AuthenticationResults,
  readArcResultsField,
  readNamelessResultsField,
  readResultsField,
} from './results-field.js';

/** Whose word counts about who sent a mail: the operator's own mail servers. */
export interface Trust {
  /**
   * As they stand at the begin of the servers' Authentication-Results. `.example.com`: servers that write theirs without a name, and in
   * their Received lines are hosts below that domain. Lower case; empty: none is trusted.
   */
  readonly authservIds: readonly string[];
  /** How those servers call themselves in their Received lines, where that is another name; `.example.com`: every host below it. Lower case. */
  readonly relays: readonly string[];
}

/** The results that the operator's servers wrote, or why there are none. */
export interface TrustedResults {
  readonly fields: readonly AuthenticationResults[];
  /** '' where there are some. */
  readonly missing: string;
}

/**
 * Separates what the operator's servers say from what came with the mail, which may say anything. Each server writes above what
 * it was given, so its results count where they stand above the Received line that it wrote (RFC 8601 section 7.1, item 5);
 * where none of that name is there, above every Received line. ARC-Authentication-Results are the same words in another
 * place: Gmail's stand above its Received line, while its Authentication-Results stand below it. Results without a name can be told by
 * their place alone, so they count above the Received line of a known server only.
 *
 * @param trace the trace fields of the mail, newest first
 */
export function trustedResults(trace: readonly TraceField[], { authservIds, relays }: Trust): TrustedResults {
  const read = trace.map(readField);
  if (!read.includes('received'))
    return { fields: [], missing: 'no Received line says where the words of our servers end' };
  const fields = authservIds.flatMap((id) =>
    id.startsWith('.')
      ? newestOf('', read, lineOf([id], trace)).map(({ results }) => ({ authservId: `*${id}`, results }))
      : newestOf(id, read, boundaryOf([id, ...relays], trace)),
  );
  if (fields.length > 0) return { fields, missing: '' };
  const names = authservIds.join(', ');
  const elsewhere = read.some(
    (field) => field !== null && field !== 'received' && authservIds.includes(field.authservId),
  );
  return {
    fields,
    missing: elsewhere
      ? `results of ${names} only below the Received line of that server, where the sender could have put them`
      : `no results of ${names}`,
  };
}

type ReadField = AuthenticationResults | 'received' | null;

function readField({ name, value }: TraceField): ReadField {
  if (name === 'received') return 'received';
  if (name === 'arc-authentication-results') return readArcResultsField(value);
  return readResultsField(value) ?? readNamelessResultsField(value);
}

/**
 * The index of the Received line that ends the words of a server. The topmost that may be meant, wherever in the line the name stands: a
 * sender who could hide the real one (by a bracket in his HELO) would have his own taken for it.
 */
function boundaryOf(hosts: readonly string[], trace: readonly TraceField[]): number {
  return lineOf(hosts, trace) || trace.findIndex(({ name }) => name === 'received');
}

/** The index of the topmost Received line that one of the hosts may have written; 0, above which nothing stands, where there is none. */
function lineOf(hosts: readonly string[], trace: readonly TraceField[]): number {
  return Math.max(
    0,
    trace.findIndex(({ name, value }) => name === 'received' && writers(value).some((by) => isOneOf(by, hosts))),
  );
}

/** Every word after a `by`, be it a `by` itself: a client may give that for its own name. */
function writers(received: string): string[] {
  return [...received.matchAll(/\bby\s+(?=([^\s();,]{1,255}))/gi)].map(([, host = '']) =>
    host.toLowerCase().replace(/\.$/, ''),
  );
}

function isOneOf(host: string, hosts: readonly string[]): boolean {
  return hosts.some((known) => (known.startsWith('.') ? host.endsWith(known) : host === known));
}

/**
 * Only what stands between the same two Received lines as the topmost one: where the operator's server has no Received line under the
 * name that is trusted, a forged one would draw the boundary, and what stands above it but below a real line is the sender's.
 */
function newestOf(id: string, read: readonly ReadField[], boundary: number): AuthenticationResults[] {
  const found: AuthenticationResults[] = [];
  for (const field of read.slice(0, boundary)) {
    if (field === 'received' && found.length > 0) break;
    if (field !== null && field !== 'received' && field.authservId === id) found.push(field);
  }
  return found;
}
