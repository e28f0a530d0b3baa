import { readFileSync } from 'node:fs';
import { simpleParser } from 'mailparser';
import { type Automatic, classify } from '../../src/mail/automatic.js';
import { type Bounce, readBounce } from '../../src/mail/bounce.js';
import type { IncomingMail } from '../../src/mail/message.js';
import { parseMail } from '../../src/mail/parse.js';
import { defaultPolicy } from '../../src/mail/policy.js';
import { type TrimmedReply, trimReply } from '../../src/mail/quotes.js';
import type { Row } from './rows.js';

/** What mail2ticket makes of one row, for the fields to be scored on. */
export interface Reading {
  /** Null for a body without header fields. */
  readonly mail: IncomingMail | null;
  readonly reply: TrimmedReply;
  readonly automatic: Automatic | null;
  readonly bounce: Bounce | null;
  readonly milliseconds: number;
}

/** Reads a row's bytes the way a mail from the server is read. Rejects where our code throws. */
export async function readRow(row: Row): Promise<Reading> {
  const bytes = readFileSync(row.path);
  const started = performance.now();
  const reading = row.bodyOnly ? await readBody(bytes, row.format === 'html') : await readMail(asDelivered(bytes));
  return { ...reading, milliseconds: performance.now() - started };
}

async function readMail(bytes: Uint8Array): Promise<Omit<Reading, 'milliseconds'>> {
  const mail = await parseMail(bytes);
  return {
    mail,
    reply: trimReply({ ...mail, marker: defaultPolicy.replyMarker }),
    automatic: classify(mail, defaultPolicy),
    bounce: readBounce(mail),
  };
}

async function readBody(bytes: Buffer, isHtml: boolean): Promise<Omit<Reading, 'milliseconds'>> {
  const body = bytes.toString('utf8');
  const text = isHtml ? await textOf(body) : body;
  return {
    mail: null,
    reply: trimReply({
      text,
      html: isHtml ? body : null,
      textIsFromHtml: isHtml,
      marker: defaultPolicy.replyMarker,
    }),
    automatic: null,
    bounce: null,
  };
}

async function textOf(html: string): Promise<string> {
  const mail = await simpleParser(`Content-Type: text/html; charset=utf-8\r\n\r\n${html}`);
  return mail.text ?? '';
}

/** The message without leading empty lines and mbox `From ` lines, which an IMAP server never delivers. */
export function asDelivered(bytes: Buffer): Buffer {
  const lead = /^(?:[ \t]*\r?\n|>?From [^\r\n]*(?:\r\n|\r|\n))*/.exec(bytes.toString('latin1', 0, 4096));
  return bytes.subarray(lead?.[0].length ?? 0);
}
