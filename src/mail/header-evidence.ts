import { hasNullReturnPath } from './authorship.js';
import type { IncomingMail } from './message.js';

/** RFC 3834 section 5: a program wrote the mail, of itself or as an answer. */
export function autoSubmitted(mail: IncomingMail): string | null {
  return field(mail, 'auto-submitted', /^\W*auto-/i);
}

/** Exchange's wish that no program answer; it says nothing about the author. */
export function asksForSilence(mail: IncomingMail): string | null {
  return field(mail, 'x-auto-response-suppress', /\b(?:all|oof|autoreply)\b/i);
}

/** The null address, to which nothing may be answered. */
export function nullReturnPath(mail: IncomingMail): string | null {
  return hasNullReturnPath(mail) ? 'Return-Path: <>' : null;
}

/** `Precedence` or its elder, where the value matches. */
export function precedence(mail: IncomingMail, value: RegExp): string | null {
  return field(mail, 'precedence', value) ?? field(mail, 'x-precedence', value);
}

/** `X-Autorespond: dont` is a person's mail, whose program asks for no automatic answer. */
const NOT_A_NO = /^(?!\s*(?:no|none|never|off|do ?n[o'’]?t|false|0)?\s*$)/i;

/** The first of these fields that is there, unless its value says no. */
export function anyField(mail: IncomingMail, names: readonly string[]): string | null {
  for (const name of names) {
    const found = field(mail, name, NOT_A_NO);
    if (found !== null) return found;
  }
  return null;
}

/** `name: value` of the first header field of that name whose value matches, for the evidence; null where there is none. */
export function field(mail: IncomingMail, name: string, value = /\S/): string | null {
  // Not only the first one: the last server writes its own Delivered-To above the autoresponder's.
  const found = mail.headers.find((each) => each.name === name && value.test(each.value));
  return found === undefined ? null : `${name}: ${found.value}`;
}
