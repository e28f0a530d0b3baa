import { CommanderError } from 'commander';
import { ArgumentError, ConfigError } from './errors.js';

/** A call that could not be carried out: wrong arguments, a file that cannot be read, a configuration that cannot be used. */
const EXIT_USAGE = 2;

/** EX_TEMPFAIL of sysexits.h: every MTA keeps a mail whose pipe ends so, and bounces it for most other codes. */
export const EXIT_TRY_AGAIN = 75;

/** Tells on standard error what went wrong and gives the exit code for it. */
export function report(error: unknown): number {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof ConfigError) {
    const lines = error.problems.map(({ variable, message }) => `  ${variable}: ${message}`);
    process.stderr.write(`mail2ticket: the configuration cannot be used:\n${lines.join('\n')}\n`);
    return EXIT_USAGE;
  }
  process.stderr.write(`mail2ticket: ${error instanceof Error ? error.message : String(error)}\n`);
  return error instanceof ArgumentError || isFileError(error) ? EXIT_USAGE : 1;
}

function isFileError(error: unknown): boolean {
  return (
    error instanceof Error && 'syscall' in error && ['open', 'read', 'stat', 'scandir'].includes(`${error.syscall}`)
  );
}
