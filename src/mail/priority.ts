import type { Priority } from './decision.js';
import { header, type IncomingMail } from './message.js';

/**
 * The fields that speak of urgency. Importance and Priority: RFC 2156 sections 5.3.4 and 5.3.6; the other two are custom
 * of mail programs.
 */
const FIELDS = ['importance', 'x-priority', 'x-msmail-priority', 'priority'] as const;

/** The first word of such a field; X-Priority counts from 1, the highest, to 5. */
const MEANINGS: ReadonlyMap<string, Priority> = new Map([
  ...['1', '2', 'highest', 'high', 'urgent'].map((word) => [word, 'high'] as const),
  ...['3', 'normal', 'medium'].map((word) => [word, 'medium'] as const),
  ...['4', '5', 'low', 'lowest', 'non-urgent'].map((word) => [word, 'low'] as const),
]);

/**
 * What the sender's mail program says of urgency, undefined where it says nothing. `normal` is what many programs write
 * unasked, so a field that says high or low wins over it; between two of those, the first of FIELDS.
 */
export function priorityOf(mail: IncomingMail): Priority | undefined {
  const stated = FIELDS.map((field) => MEANINGS.get(firstWord(header(mail, field) ?? ''))).filter(
    (priority) => priority !== undefined,
  );
  return stated.find((priority) => priority !== 'medium') ?? stated[0];
}

/** `1` of `1 (Highest)`. */
function firstWord(value: string): string {
  return /^\s*([a-z-]+|\d+)/i.exec(value)?.[1]?.toLowerCase() ?? '';
}
