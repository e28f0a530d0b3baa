import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { transformSync } from '@swc/core';
import { startDovecot, type TestDovecot } from '../../test/services/dovecot.js';
import type { Letters } from './letters.js';
import { type Attachment, copyCorpora, writeLetters } from './letters.js';
import { fillMailbox, type Mailbox } from './mailbox.js';

/** What the runs of one bench have in common. */
export interface World {
  /** For logs and mails; goes when the world ends. */
  readonly directory: string;
  readonly dovecot: TestDovecot;
  /** Where the CPU profiles of the service go; undefined where none are asked for. */
  readonly profile: string | undefined;
  /** The scripts that plain node runs: with a loader in between, other things would be measured. */
  readonly scripts: { readonly service: string; readonly naive: string };
  /** The same set is written only once. */
  letters(name: string, count: number, attachment: Attachment): Letters;
  corpora(path: string): Letters;
  /** A mailbox of its own, filled. */
  mailbox(letters: Letters): Promise<Mailbox>;
  say(text: string): void;
  close(): Promise<void>;
}

/** Builds the service and starts the mail server. */
export async function startWorld(options: {
  readonly profile?: string | undefined;
  readonly say: (text: string) => void;
}): Promise<World> {
  const scripts = await build();
  const directory = mkdtempSync(join(tmpdir(), 'mail2ticket-bench-'));
  const dovecot = await startDovecot();
  const sets = new Map<string, Letters>();
  const once = (name: string, make: (directory: string) => Letters) => {
    const letters = sets.get(name) ?? make(join(directory, name));
    sets.set(name, letters);
    return letters;
  };
  let mailboxes = 0;
  return {
    directory,
    dovecot,
    scripts,
    profile: options.profile === undefined ? undefined : resolve(options.profile),
    letters: (name, count, attachment) => once(`${name}-${count}`, (at) => writeLetters(at, count, attachment)),
    corpora: (path) => once('corpora', (at) => copyCorpora(path, at)),
    mailbox(letters) {
      mailboxes += 1;
      return fillMailbox(dovecot, `support-${mailboxes}@acme.test`, letters);
    },
    say: options.say,
    async close() {
      await dovecot.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function build(): Promise<World['scripts']> {
  await promisify(execFile)('npm', ['run', '--silent', 'build']);
  // Beside the build, where its imports are found.
  const naive = resolve('dist/naive.js');
  const { code } = transformSync(readFileSync('bench/naive.ts', 'utf8'), {
    filename: 'naive.ts',
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'es6' },
  });
  writeFileSync(naive, code);
  return { service: resolve('dist/cli.js'), naive };
}
