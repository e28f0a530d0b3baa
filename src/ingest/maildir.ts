import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type RawMail, readRawMail } from './raw-mail.js';

/** A file of a Maildir. */
interface MaildirFile {
  readonly path: string;
  /** Its name without the flags, which stays the same when a mail program marks it or moves it from `new` to `cur`. */
  readonly unique: string;
}

/** Whether a directory is a Maildir; its folders (`.Sent`) are Maildirs of their own. */
export async function isMaildir(directory: string): Promise<boolean> {
  const names = await readdir(directory);
  return names.includes('cur') && names.includes('new');
}

/** Bytes of all mails in it. */
export async function maildirBytes(directory: string): Promise<number> {
  let bytes = 0;
  for (const { path } of await list(directory)) bytes += (await stat(path).catch(() => null))?.size ?? 0;
  return bytes;
}

/**
 * The mails of a Maildir, oldest first. A mail program may move files meanwhile, so it is looked again until nothing is left
 * that was not read.
 */
export async function* mailsOfMaildir(directory: string): AsyncGenerator<RawMail> {
  const read = new Set<string>();
  const gone = new Set<string>();
  for (;;) {
    const left = (await list(directory)).filter(({ path, unique }) => !read.has(unique) && !gone.has(path));
    if (left.length === 0) return;
    for (const { path, unique } of left) {
      const mail = await readRawMail(createReadStream(path)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return null;
      });
      if (!mail) gone.add(path);
      else {
        read.add(unique);
        yield mail;
      }
    }
  }
}

/** The name of a file begins with the second of its delivery. */
async function list(directory: string): Promise<MaildirFile[]> {
  const files: MaildirFile[] = [];
  for (const folder of ['new', 'cur']) {
    for (const entry of await readdir(join(directory, folder), { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.isDirectory()) continue;
      files.push({ path: join(directory, folder, entry.name), unique: entry.name.replace(/[:;!].*$/, '') });
    }
  }
  const second = ({ unique }: MaildirFile) => Number.parseInt(unique, 10) || 0;
  return files.sort((a, b) => second(a) - second(b) || (a.unique < b.unique ? -1 : 1));
}
