import { open } from 'node:fs/promises';

/**
 * Puts a refresh token into the file that it came from: in place, so that owner and mode stay, and files that are mounted one by
 * one can be written too.
 * @throws Error of the file system, as EROFS for a secret that is mounted read-only
 */
export async function storeToken(path: string, token: string): Promise<void> {
  const bytes = Buffer.from(`${token}\n`);
  const file = await open(path, 'r+');
  try {
    await file.write(bytes, 0, bytes.length, 0);
    await file.truncate(bytes.length);
    await file.sync();
  } finally {
    await file.close();
  }
}
