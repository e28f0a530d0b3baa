import type { Address } from '../../src/mail/message.js';
import type { Reading } from './reading.js';
import type { Row } from './rows.js';

/** How one field of one row came out. `expected` and `got` are for people. */
export interface Score {
  readonly field: string;
  readonly met: boolean;
  readonly expected: string;
  readonly got: string;
}

type Verdict = { readonly met: boolean; readonly got: unknown };
type FieldScore = (expected: unknown, reading: Reading, row: Row) => Verdict | null;

/** Corpora name two disputed fields in short. */
const disputedNames: Readonly<Record<string, string>> = { attCount: 'attachmentCount', attName: 'attachments' };

/** All fields of a row that are known, undisputed and ours to say. */
export function scoreRow(row: Row, reading: Reading): Score[] {
  const disputed = new Set(row.disputed.map((name) => disputedNames[name] ?? name));
  return Object.entries(row.expect).flatMap(([field, expected]) => {
    const verdict = disputed.has(field) ? null : scoreField(field, expected, reading, row);
    return verdict ? [{ field, met: verdict.met, expected: shown(expected), got: shown(verdict.got) }] : [];
  });
}

/** Null where the field says nothing about us: unknown, without a value, or about a mail where the row holds a body. */
export function scoreField(field: string, expected: unknown, reading: Reading, row: Row): Verdict | null {
  return fields[field]?.(expected, reading, row) ?? null;
}

const fields: Readonly<Record<string, FieldScore>> = {
  subject: ofMail(string, (mail) => mail.subject, sameLine),
  subjectContains: ofMail(
    string,
    (mail) => mail.subject,
    (want, got) => oneLine(got).includes(oneLine(want)),
  ),
  from: ofMail(string, (mail) => mail.from?.address ?? '', sameAddress),
  fromName: ofMail(stringOrNull, (mail) => mail.from?.name ?? '', sameLine),
  replyTo: ofMail(string, (mail) => mail.replyTo[0]?.address ?? '', sameAddress),
  fromList: ofMail(
    addressList,
    (mail) => (mail.from ? [mail.from] : []),
    (want, got) => sameAddresses(want.slice(0, 1), got),
  ),
  toList: ofMail(addressList, (mail) => mail.to, sameAddresses),
  messageId: ofMail(string, (mail) => mail.messageId ?? '', sameId),
  inReplyTo: ofMail(string, (mail) => mail.inReplyTo ?? '', sameId),
  references: ofMail(
    strings,
    (mail) => mail.references,
    (want, got) => want.map(bareId).join() === got.map(bareId).join(),
  ),
  date: ofMail(
    string,
    (mail) => mail.date?.toISOString() ?? '',
    (want, got) => Date.parse(want) === Date.parse(got),
  ),
  attachmentCount: ofMail(number, (mail) => mail.attachments.length, Object.is),
  attachments: ofMail(
    attachmentList,
    (mail) => mail.attachments.map(({ filename, bytes }) => ({ filename, size: bytes })),
    (want, got) =>
      want.length === got.length &&
      want.every(
        ({ filename, size }, index) =>
          (filename ?? '') === got[index]?.filename && (size == null || size === got[index]?.size),
      ),
  ),
  emptyBody: ofMail(boolean, (mail) => mail.text.trim() === '', Object.is),
  noSender: ofMail(boolean, (mail) => mail.from === null, Object.is),
  htmlTextNoSpace: ofMail(
    string,
    (mail) => (mail.textIsFromHtml ? mail.text : null),
    (want, got) => got === null || sameIgnoringSpace(want, got),
  ),

  isAuto: ofAutomatic((kind) => !['none', 'bounce'].includes(kind)),
  isBounce: ofAutomatic((kind) => kind === 'bounce'),
  isFeedbackReport: ofAutomatic((kind) => kind === 'feedback-report'),
  recipients: ofBounce((want, got) => want.length === got.length),

  text: ofText(string, sameText),
  textNoSpace: ofText(string, sameIgnoringSpace),
  textStartsWith: ofText(string, (want, got) => comparable(got).startsWith(comparable(want))),
  contains: ofText(strings, (want, got) => want.every((part) => flat(got).includes(flat(part)))),
  notContains: ofText(strings, (want, got) => !want.some((part) => flat(got).includes(flat(part)))),
  trimmedNotContains: (expected, { reply }) => {
    const want = strings(expected);
    return want && { met: !want.some((part) => flat(reply.text).includes(flat(part))), got: reply.text };
  },
  elided: (expected, { reply }) => {
    const want = string(expected);
    return want === null ? null : { met: sameIgnoringSpace(want, reply.quoted), got: reply.quoted };
  },
  newTicketText: ofMail(string, (mail) => mail.text, sameText),
};

/** A field that only a whole mail has. */
function ofMail<W, G>(
  read: (expected: unknown) => W | null,
  take: (mail: NonNullable<Reading['mail']>) => G,
  same: (want: W, got: G) => boolean,
): FieldScore {
  return (expected, { mail }) => {
    const want = read(expected);
    if (mail === null || want === null) return null;
    const got = take(mail);
    return { met: same(want, got), got };
  };
}

/** The text an agent reads: of a reply the new words, of every other mail the whole. */
function ofText<W>(read: (expected: unknown) => W | null, same: (want: W, got: string) => boolean): FieldScore {
  return (expected, { mail, reply }, row) => {
    const want = read(expected);
    if (want === null) return null;
    const got = mail === null || row.kind === 'reply-trim' ? reply.text : mail.text;
    return { met: same(want, got), got };
  };
}

function ofAutomatic(is: (kind: string) => boolean): FieldScore {
  return (expected, { automatic }) => {
    if (automatic === null || typeof expected !== 'boolean') return null;
    return { met: is(automatic.kind) === expected, got: `${automatic.kind} (${automatic.evidence})` };
  };
}

type Recipient = { readonly status: string };

function ofBounce(same: (want: readonly Recipient[], got: readonly Recipient[]) => boolean): FieldScore {
  return (expected, { bounce }, row) => {
    if (row.expect.isBounce !== true || !Array.isArray(expected)) return null;
    const got = bounce?.recipients ?? [];
    return { met: same(expected, got), got };
  };
}

function string(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function stringOrNull(value: unknown): string | null {
  return value === null ? '' : string(value);
}

function strings(value: unknown): string[] | null {
  return Array.isArray(value) ? value.map(String) : null;
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function boolean(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

function addressList(value: unknown): Pick<Address, 'address'>[] | null {
  return Array.isArray(value) ? value : null;
}

function attachmentList(value: unknown): { filename?: string | null; size?: number | null }[] | null {
  return Array.isArray(value) ? value : null;
}

/** Line ends trimmed, runs of blank lines collapsed, no blank line at either end. */
export function comparable(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\r\n|\r/g, '\n')
    .replace(/[^\S\n]+$/gm, '')
    .replace(/\n{2,}/g, '\n\n')
    .trim();
}

function sameText(want: string, got: string): boolean {
  return comparable(want) === comparable(got);
}

function sameIgnoringSpace(want: string, got: string): boolean {
  return want.normalize('NFC').replace(/\s+/g, '') === got.normalize('NFC').replace(/\s+/g, '');
}

function flat(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function oneLine(text: string): string {
  return flat(text).trim();
}

function sameLine(want: string, got: string): boolean {
  return oneLine(want) === oneLine(got);
}

function sameAddress(want: string, got: string): boolean {
  return want.toLowerCase() === got.toLowerCase();
}

function sameAddresses(want: readonly Pick<Address, 'address'>[], got: readonly Pick<Address, 'address'>[]): boolean {
  return (
    want.length === got.length && want.every(({ address }, index) => sameAddress(address, got[index]?.address ?? ''))
  );
}

function bareId(id: string): string {
  return id.trim().replace(/^<|>$/g, '');
}

function sameId(want: string, got: string): boolean {
  return bareId(want) === bareId(got);
}

const SHOWN_CHARACTERS = 300;

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
