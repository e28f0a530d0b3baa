import type { Priority } from './decision.js';
import { header, type IncomingMail } from './message.js';

/**
 * The fields that speak of urgency and what their first word means. Importance and Priority: RFC 2156 section 5.3.4 and
 * 5.3.6; X-Priority (1 to 5) and X-MSMail-Priority are custom of mail programs.
 */
const FIELDS: readonly (readonly [field: string, meanings: Readonly<Record<string, Priority>>])[] = [
  ['importance', { high: 'high', normal: 'medium', low: 'low' }],
  ['x-priority', { 1: 'high', 2: 'high', 3: 'medium', 4: 'low', 5: 'low', high: 'high', normal: 'medium', low: 'low' }],
  ['x-msmail-priority', { high: 'high', normal: 'medium', low: 'low' }],
  ['priority', { urgent: 'high', normal: 'medium', 'non-urgent': 'low' }],
];

/**
 * What the sender's mail program says of urgency, undefined where it says nothing. `normal` is what many programs write
 * unasked, so another field that says more than that wins over it.
 */
export function priorityOf(mail: IncomingMail): Priority | undefined {
  const stated = FIELDS.flatMap(([field, meanings]) => {
    const word = /^\s*([a-z1-5-]+)/i.exec(header(mail, field) ?? '')?.[1]?.toLowerCase() ?? '';
    return Object.hasOwn(meanings, word) ? [meanings[word]] : [];
  });
  return stated.find((priority) => priority !== 'medium') ?? stated[0];
}
