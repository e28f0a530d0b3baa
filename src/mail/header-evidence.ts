import { header, type IncomingMail } from './message.js';

/** `Precedence` or its elder, where the value matches. */
export function precedence(mail: IncomingMail, value: RegExp): string | null {
  return field(mail, 'precedence', value) ?? field(mail, 'x-precedence', value);
}

/** The first of these fields that is there, unless its value says no. */
export function anyField(mail: IncomingMail, names: readonly string[]): string | null {
  for (const name of names) {
    const found = field(mail, name, /^(?!\s*(?:no|false|0)?\s*$)/i);
    if (found !== null) return found;
  }
  return null;
}

/** `name: value` of a header field whose value matches, for the evidence; null where there is none. */
export function field(mail: IncomingMail, name: string, value = /\S/): string | null {
  const found = header(mail, name);
  return found !== null && value.test(found) ? `${name}: ${found}` : null;
}
