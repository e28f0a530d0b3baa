import { RE2JS } from 're2js';
import { MAX_CUSTOM_FIELD_CHARACTERS, MAX_HEADER_VALUE_CHARACTERS } from '../limits.js';
import { clampCharacters } from './clamp.js';
import { cleanLine, isBlank } from './clean.js';
import { header, type IncomingMail } from './message.js';
import type { FieldSource, MailPolicy } from './policy.js';

/** Custom field id to value, as the policy maps them; a field whose source gives nothing and that has no default is left out. */
export function customFieldsOf(mail: IncomingMail, policy: MailPolicy): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [id, source] of Object.entries(policy.customFields)) {
    const value = fieldValue(mail, source);
    if (value !== null) fields[id] = value;
  }
  return fields;
}

function fieldValue(mail: IncomingMail, source: FieldSource): string | null {
  const raw = cleanLine(rawValue(mail, source.from).slice(0, MAX_HEADER_VALUE_CHARACTERS));
  const picked = source.pattern === undefined ? raw : pick(raw, source.pattern);
  const value = isBlank(picked) ? cleanLine(source.default ?? '') : picked;
  return isBlank(value) ? null : clampCharacters(value, MAX_CUSTOM_FIELD_CHARACTERS);
}

function rawValue(mail: IncomingMail, from: FieldSource['from']): string {
  switch (from.kind) {
    case 'header':
      return header(mail, from.name.toLowerCase()) ?? '';
    case 'text':
      return from.value;
    case 'from':
      return mail.from?.address ?? '';
    case 'to':
      return mail.to.map(({ address }) => address).join(', ');
    case 'message-id':
      return mail.messageId ?? '';
  }
}

/** Group 1, or the whole match where the pattern has no group; '' where it does not match. */
function pick(value: string, pattern: string): string {
  const matcher = compilePattern(pattern).matcher(value);
  if (!matcher.find()) return '';
  return matcher.group(matcher.groupCount() > 0 ? 1 : 0) ?? '';
}

/** Patterns come from the policy alone, so there are as many as it has. */
const compiled = new Map<string, RE2JS>();

/**
 * The pattern, compiled once. RE2 takes time linear in the value, whoever wrote the pattern.
 *
 * @throws RE2JSException where it is not RE2 syntax; the configuration tries each pattern before the first mail is read
 */
export function compilePattern(pattern: string): RE2JS {
  let regex = compiled.get(pattern);
  if (regex === undefined) {
    regex = RE2JS.compile(pattern);
    compiled.set(pattern, regex);
  }
  return regex;
}
