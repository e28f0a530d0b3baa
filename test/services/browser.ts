import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/**
 * A Chromium without a window: the system's, else the one that `npx playwright-core install chromium` has downloaded.
 * @throws Error where there is none
 */
export function startBrowser(): Promise<Browser> {
  const system = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'chromium'));
  const executablePath = [...system, chromium.executablePath()].find(isProgram);
  if (executablePath === undefined) {
    throw new Error('chromium is missing: apt-get install chromium (Debian), npx playwright-core install chromium');
  }
  // Chromium's sandbox does not work for root, as in a container.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
