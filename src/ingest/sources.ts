import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { isMaildir, maildirBytes, mailsOfMaildir } from './maildir.js';
import { mailsOfMbox } from './mbox.js';
import { type RawMail, readRawMail } from './raw-mail.js';

/** Where mails are read from. */
export interface Source {
  readonly bytes: number;
  mails(): AsyncIterable<RawMail>;
}

/**
 * What stands at a path: a Maildir, an mbox file, or a single mail. A file is an mbox where it begins with `From ` and is not
 * named .eml: some programs save a single mail with such a line, and leave lines of its text that begin so as they are.
 *
 * @returns null for a directory that is no Maildir
 * @throws the system's error where it cannot be read
 */
export async function openSource(path: string): Promise<Source | null> {
  const found = await stat(path);
  if (found.isDirectory()) {
    if (!(await isMaildir(path))) return null;
    return { bytes: await maildirBytes(path), mails: () => mailsOfMaildir(path) };
  }
  const isMbox = !/\.eml$/i.test(path) && (await beginsWith(path, 'From '));
  return { bytes: found.size, mails: () => (isMbox ? mailsOfMbox(path) : single(path)) };
}

async function* single(path: string): AsyncGenerator<RawMail> {
  const mail = await readRawMail(createReadStream(path));
  // An empty mbox holds no mail.
  if (mail.bytes.length > 0) yield mail;
}

async function beginsWith(path: string, text: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(text.length), 0, text.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === text;
  } finally {
    await file.close();
  }
}
