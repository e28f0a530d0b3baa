import { readFileSync } from 'node:fs';
import type { Automatic } from '../../src/mail/automatic.js';
import type { Bounce } from '../../src/mail/bounce.js';
import { judge } from '../../src/mail/decide.js';
import type { IncomingMail } from '../../src/mail/message.js';
import { parseMail } from '../../src/mail/parse.js';
import { defaultPolicy } from '../../src/mail/policy.js';
import { type TrimmedReply, trimReply } from '../../src/mail/quotes.js';
import type { Row } from './rows.js';

/** What mail2ticket makes of one row: all that its fields are scored on. */
export interface Reading {
  /** Null where the row is a body without header fields. */
  readonly whole: WholeMail | null;
  readonly reply: TrimmedReply;
}

export interface WholeMail {
  readonly mail: IncomingMail;
  readonly automatic: Automatic;
  readonly bounce: Bounce | null;
  /** What the HTML says, where the row knows it, though a text part may stand beside it. */
  readonly textOfHtml: string | null;
}

/** Reads the bytes of a row as a mail from the server is read. Whatever our code throws comes through. */
export async function read(row: Pick<Row, 'bodyOnly' | 'format' | 'expect'>, bytes: Buffer): Promise<Reading> {
  return row.bodyOnly
    ? readBody(bytes.toString('utf8'), row.format === 'html')
    : readMail(bytes, 'htmlTextNoSpace' in row.expect);
}

async function readMail(bytes: Buffer, withHtml: boolean): Promise<Reading> {
  const mail = await parseMail(bytes);
  const { automatic, bounce } = judge(mail, defaultPolicy);
  const { html } = mail;
  return {
    whole: {
      mail,
      automatic,
      bounce: bounce ?? null,
      textOfHtml: html === null || !withHtml ? null : (await parseHtml(html)).text,
    },
    reply: trimReply({ ...mail, marker: defaultPolicy.replyMarker }),
  };
}

async function readBody(body: string, isHtml: boolean): Promise<Reading> {
  const { text, html, textIsFromHtml } = isHtml
    ? await parseHtml(body)
    : { text: body, html: null, textIsFromHtml: false };
  return { whole: null, reply: trimReply({ text, html, textIsFromHtml, marker: defaultPolicy.replyMarker }) };
}

/** The way of HTML through a mail that has nothing else. */
function parseHtml(html: string): Promise<IncomingMail> {
  return parseMail(Buffer.from(`Content-Type: text/html; charset=utf-8\r\n\r\n${html}`));
}

/** A row's bytes without leading empty lines and mbox `From ` lines, which an IMAP server never delivers. */
export function bytesOf(row: Pick<Row, 'bodyOnly' | 'path'>): Buffer {
  const bytes = readFileSync(row.path);
  return row.bodyOnly ? bytes : asDelivered(bytes);
}

/** Exported for its test. */
export function asDelivered(bytes: Buffer): Buffer {
  const lead = /^(?:[ \t]*(?:\r\n|\r|\n)|>?From [^\r\n]*(?:\r\n|\r|\n))*/.exec(bytes.toString('latin1', 0, 4096));
  return bytes.subarray(lead?.[0].length ?? 0);
}
