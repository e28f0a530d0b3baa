import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgumentError } from '../errors.js';
import { MAX_MAIL_BEGIN_BYTES } from '../limits.js';
import { isMaildir, maildirBytes, mailsOfMaildir } from './maildir.js';
import { mailsOfMbox } from './mbox.js';
import { type RawMail, readRawMail } from './raw-mail.js';

/** Where mails are read from. */
export interface Source {
  readonly bytes: number;
  mails(): AsyncIterable<RawMail>;
}

/** The first field of a header (RFC 5322 section 2.2), behind what programs write before it: a byte order mark, blank lines, the line of an mbox. */
const MAIL_BEGIN = /^(\xef\xbb\xbf)?[\r\n]*(>?From [^\n]*\n)?[\w.-]+[ \t]*:/;

/**
 * What stands at a path: a Maildir, a folder of .eml files, an mbox file, or a single mail. A file is an mbox where it begins with
 * `From ` and is not named .eml: some programs save a single mail with such a line, and leave lines of its text that begin so as they are.
 *
 * @throws ArgumentError where no mail is, or it cannot be read
 */
export async function openSource(path: string): Promise<Source> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return await openFolder(path);
    return await openFile(path);
  } catch (error) {
    throw error instanceof ArgumentError ? error : new ArgumentError(`${path}: ${wordsOf(error)}`, { cause: error });
  }
}

async function openFolder(path: string): Promise<Source> {
  if (await isMaildir(path)) return { bytes: await maildirBytes(path), mails: () => mailsOfMaildir(path) };
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory() && isEml(entry.name)).map(({ name }) => name);
  if (names.length === 0)
    throw new ArgumentError(`${path}: is a folder without .eml files, and no Maildir, which has cur and new`);
  const files = names.sort().map((name) => join(path, name));
  let bytes = 0;
  for (const file of files) bytes += (await openFile(file)).bytes;
  return {
    bytes,
    async *mails() {
      for (const file of files) yield* single(file);
    },
  };
}

async function openFile(path: string): Promise<Source> {
  const { size, begin } = await beginOf(path);
  // A name that says it is a mail is believed, however broken the mail: its sender waits for an answer.
  if (size > 0 && !isEml(path) && !MAIL_BEGIN.test(begin)) {
    throw new ArgumentError(
      `${path}: is no mail, for it does not begin with a header; accepted: raw mails (.eml), folders of them, mbox files, Maildirs`,
    );
  }
  const isMbox = !isEml(path) && begin.startsWith('From ');
  return { bytes: size, mails: () => (isMbox ? mailsOfMbox(path) : single(path)) };
}

function isEml(name: string): boolean {
  return /\.eml$/i.test(name);
}

async function* single(path: string): AsyncGenerator<RawMail> {
  const mail = await readRawMail(createReadStream(path));
  // An empty mbox holds no mail.
  if (mail.bytes.length > 0) yield mail;
}

async function beginOf(path: string): Promise<{ size: number; begin: string }> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_MAIL_BEGIN_BYTES), 0, MAX_MAIL_BEGIN_BYTES, 0);
    return { size, begin: buffer.toString('latin1', 0, bytesRead) };
  } finally {
    await file.close();
  }
}

function wordsOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'this user may not read it';
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
