/**
 * Makes sure that the servers the tests run against, and a browser, are installed, before any test starts. Plain JavaScript:
 * it is the first thing that runs on a new machine.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const wanted = [
  { program: 'redis-server', debian: 'redis-server', homebrew: 'redis' },
  { program: 'dovecot', debian: 'dovecot-imapd', homebrew: 'dovecot' },
  { program: 'chromium', debian: 'chromium', homebrew: '--cask chromium', downloaded: chromium.executablePath() },
];

/** Debian keeps servers where only root's PATH looks. */
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'];

const isInstalled = ({ program, downloaded }) =>
  [...folders.map((folder) => join(folder, program)), ...(downloaded ? [downloaded] : [])].some((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

const succeeds = (command, args, options = {}) =>
  spawnSync(command, args, { stdio: 'ignore', ...options }).status === 0;

const missing = wanted.filter((server) => !isInstalled(server));
if (missing.length > 0) {
  const packages = missing.map(({ debian }) => debian);
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const mayInstall = succeeds('apt-get', ['--version']) && (asRoot.length === 0 || succeeds('sudo', ['-n', 'true']));
  if (mayInstall) {
    console.log(`installing ${packages.join(', ')} for the tests`);
    // Installed only to be started by the tests: no instance of the distribution's shall run beside them.
    const apt = (...args) => {
      const [command = '', ...rest] = [
        ...asRoot,
        'env',
        'DEBIAN_FRONTEND=noninteractive',
        'RUNLEVEL=1',
        'apt-get',
        // A new machine's own updates may be at it.
        '-o',
        'DPkg::Lock::Timeout=300',
        ...args,
      ];
      return succeeds(command, rest, { stdio: 'inherit' });
    };
    apt('update', '-q');
    // One by one: Ubuntu has no package of Chromium but a snap, and must get the others all the same.
    for (const name of packages) apt('install', '-q', '-y', '--no-install-recommends', name);
    for (const { program } of missing.filter((server) => server.downloaded && !isInstalled(server))) {
      const playwright = fileURLToPath(new URL('../node_modules/playwright-core/cli.js', import.meta.url));
      succeeds(process.execPath, [playwright, 'install', '--with-deps', program], { stdio: 'inherit' });
    }
  }
  const still = wanted.filter((server) => !isInstalled(server));
  if (still.length > 0) {
    console.error(
      `The tests run against real servers, and these are missing: ${still.map(({ program }) => program).join(', ')}.\n` +
        `Install them and run the tests again:\n` +
        `  Debian, Ubuntu:  sudo apt-get install ${still.map(({ debian }) => debian).join(' ')}\n` +
        `  macOS:           brew install ${still.map(({ homebrew }) => homebrew).join(' ')}`,
    );
    process.exit(1);
  }
}
