import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const tsx = import.meta.resolve('tsx');

/**
 * Starts the command line of this checkout in a process of its own.
 * @param cwd away from the checkout, where a developer's own .env may stand
 */
export function startCli(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cwd: string = tmpdir(),
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, ['--import', tsx, resolve('src/cli.ts'), ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...environment },
  });
}

/** The same, to its end. */
export async function runCli(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<{ out: string; err: string; code: number }> {
  const child = startCli(args, environment, cwd);
  child.stdin.end();
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { out, err, code };
}
