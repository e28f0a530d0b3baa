import type { Address } from '../../src/mail/message.js';
import type { Reading, WholeMail } from './reading.js';
import type { Row } from './rows.js';
import { comparable, sameAddress, sameId, sameIgnoringSpace, sameLine, sameText, spaced } from './same.js';

/** How one field of one row came out. `expected` and `got` are for people, bounded. */
export interface Score {
  readonly field: string;
  readonly met: boolean;
  readonly expected: string;
  readonly got: string;
}

interface Verdict {
  readonly met: boolean;
  readonly got: unknown;
}

/** Null where the field says nothing about us: of another type, or about a whole mail where the row is a body. */
type FieldScore = (expected: unknown, reading: Reading, kind: Row['kind']) => Verdict | null;

/** Two disputed fields have short names in the rows. */
const DISPUTED: Readonly<Record<string, string>> = { attCount: 'attachmentCount', attName: 'attachments' };

/** The scores of all fields of a row that are known, undisputed and ours to say. */
export function scoreRow(row: Pick<Row, 'kind' | 'disputed' | 'expect'>, reading: Reading): Score[] {
  const disputed = new Set(row.disputed.map((name) => DISPUTED[name] ?? name));
  return Object.entries(row.expect).flatMap(([field, expected]) => {
    const verdict = disputed.has(field) ? null : (FIELDS[field]?.(expected, reading, row.kind) ?? null);
    return verdict === null ? [] : [{ field, met: verdict.met, expected: shown(expected), got: shown(verdict.got) }];
  });
}

const FIELDS: Readonly<Record<string, FieldScore>> = {
  subject: whole(string, ({ mail }) => mail.subject, sameLine),
  subjectContains: whole(
    string,
    ({ mail }) => mail.subject,
    (want, got) => spaced(got).includes(spaced(want)),
  ),
  from: whole(string, ({ mail }) => mail.from?.address ?? '', sameAddress),
  fromName: whole(stringOrNull, ({ mail }) => mail.from?.name ?? '', sameLine),
  replyTo: whole(string, ({ mail }) => mail.replyTo[0]?.address ?? '', sameAddress),
  toList: whole(addresses, ({ mail }) => mail.to, sameAddresses),
  messageId: whole(string, ({ mail }) => mail.messageId ?? '', sameId),
  inReplyTo: whole(string, ({ mail }) => mail.inReplyTo ?? '', sameId),
  references: whole(
    strings,
    ({ mail }) => mail.references,
    (want, got) => sameEach(want, got, sameId),
  ),
  date: whole(
    string,
    ({ mail }) => mail.date,
    (want, got) => got?.getTime() === Date.parse(want),
  ),
  noSender: whole(boolean, ({ mail }) => mail.from === null, Object.is),
  emptyBody: whole(boolean, ({ mail }) => mail.text.trim() === '', Object.is),
  htmlTextNoSpace: whole(string, ({ textOfHtml }) => textOfHtml ?? '', sameIgnoringSpace),
  attachmentCount: whole(number, ({ mail }) => mail.attachments.length, Object.is),
  attachments: whole(
    attachments,
    ({ mail }) => mail.attachments.map(({ filename, bytes }) => ({ filename, size: bytes })),
    (want, got) => sameEach(want, got, (w, g) => (w.filename ?? '') === g.filename && (w.size ?? g.size) === g.size),
  ),

  isBounce: whole(boolean, kindOf, (want, got) => (got.kind === 'bounce') === want),
  isFeedbackReport: whole(boolean, kindOf, (want, got) => (got.kind === 'feedback-report') === want),
  // The upstream tests call every program's mail automatic: what must not be answered is what they have in mind.
  isAuto: whole(boolean, kindOf, (want, got) => !['none', 'bounce'].includes(got.kind) === want),
  recipients: whole(
    bouncedRecipients,
    ({ bounce }) => bounce?.recipients ?? [],
    (want, got) =>
      classes(want.map(({ status }) => status)) === classes(got.map((each) => (each.permanent ? '5' : '4'))),
  ),

  text: text(string, sameText),
  textNoSpace: text(string, sameIgnoringSpace),
  textStartsWith: text(string, (want, got) => comparable(got).startsWith(comparable(want))),
  contains: text(strings, (want, got) => want.every((part) => spaced(got).includes(spaced(part)))),
  notContains: text(strings, (want, got) => !want.some((part) => spaced(got).includes(spaced(part)))),
  trimmedNotContains: reply(
    strings,
    ({ text }) => text,
    (want, got) => !want.some((part) => spaced(got).includes(spaced(part))),
  ),
  elided: reply(string, ({ quoted }) => quoted, sameIgnoringSpace),
  newTicketText: whole(string, ({ mail }) => mail.text, sameText),
};

/** A field that only a whole mail has. */
function whole<W, G>(
  as: (expected: unknown) => W | null,
  take: (whole: WholeMail) => G,
  same: (want: W, got: G) => boolean,
): FieldScore {
  return (expected, reading) => {
    const want = as(expected);
    if (want === null || reading.whole === null) return null;
    const got = take(reading.whole);
    return { met: same(want, got), got };
  };
}

function reply<W>(
  as: (expected: unknown) => W | null,
  take: (trimmed: Reading['reply']) => string,
  same: (want: W, got: string) => boolean,
): FieldScore {
  return (expected, reading) => {
    const want = as(expected);
    if (want === null) return null;
    const got = take(reading.reply);
    return { met: same(want, got), got };
  };
}

/**
 * What an agent reads: of a reply the new words, of every other mail the whole. That a reply is nothing but quotes is not
 * scored: the full text stands then, so that no ticket is empty.
 */
function text<W>(as: (expected: unknown) => W | null, same: (want: W, got: string) => boolean): FieldScore {
  return (expected, reading, kind) => {
    const want = as(expected);
    const isReply = kind === 'reply-trim' || reading.whole === null;
    if (want === null || (isReply && want === '')) return null;
    const got = isReply ? reading.reply.text : (reading.whole?.mail.text ?? '');
    return { met: same(want, got), got };
  };
}

function kindOf({ automatic: { kind, evidence } }: WholeMail) {
  return { kind, evidence };
}

/** U+FFFD: the reference could not read it either, so how it reads is not known. */
function string(value: unknown): string | null {
  return typeof value === 'string' && !value.includes('\uFFFD') ? value : null;
}

function stringOrNull(value: unknown): string | null {
  return value === null ? '' : string(value);
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function boolean(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

function strings(value: unknown): string[] | null {
  return Array.isArray(value) ? value.map(String) : null;
}

function addresses(value: unknown): Pick<Address, 'address'>[] | null {
  return Array.isArray(value) ? value : null;
}

function attachments(value: unknown): { filename?: string | null; size?: number | null }[] | null {
  return Array.isArray(value) ? value : null;
}

/** Vacations, complaints and successes stand among the recipients of the rows; ours are those of bounces. */
function bouncedRecipients(value: unknown): { status: string }[] | null {
  const isBounced = (each: { reason?: string }) => !['vacation', 'feedback', 'delivered'].includes(each.reason ?? '');
  return Array.isArray(value) && value.every(isBounced) ? value : null;
}

/** The codes themselves are often made up by the reference; how many recipients, and which are lost for good, is not. */
function classes(statuses: readonly string[]): string {
  return statuses
    .map((status) => status.charAt(0))
    .sort()
    .join();
}

function sameAddresses(want: readonly Pick<Address, 'address'>[], got: readonly Address[]): boolean {
  return sameEach(want, got, (w, g) => sameAddress(w.address, g.address));
}

function sameEach<W, G>(want: readonly W[], got: readonly G[], same: (want: W, got: G) => boolean): boolean {
  const pairs = got.map((each, index) => [want[index], each] as const);
  return want.length === got.length && pairs.every(([w, g]) => w !== undefined && same(w, g));
}

const SHOWN_CHARACTERS = 300;

function shown(value: unknown): string {
  const words = JSON.stringify(value) ?? 'nothing';
  return words.length > SHOWN_CHARACTERS ? `${words.slice(0, SHOWN_CHARACTERS)}…` : words;
}
