import { Command, CommanderError } from 'commander';
import { render, reportOf } from './report.js';
import { CorpusError, type Row, readRows } from './rows.js';
import { type Result, runRow } from './run.js';

/** Where the command writes; `progress` is for terminals. */
export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly progress: (done: number, of: number) => void;
}

interface Options {
  readonly failures: boolean;
  readonly json: boolean;
  readonly check: boolean;
  readonly only: string;
}

/**
 * Scores the corpora under a directory and prints the figures.
 *
 * @returns the exit code: 0, 1 where a check was asked for and a target is missed, 2 where the arguments cannot be used
 */
export async function corpusCommand(args: readonly string[], output: Output): Promise<number> {
  const command = new Command('corpus')
    .description('Scores how mail is read on directories of real mail whose meaning is known (expect.jsonl).')
    .argument('<dir>', 'a corpus, or a directory of corpora')
    .option('--failures', 'each difference, expected and got', false)
    .option('--json', 'the figures as one JSON object', false)
    .option('--check', 'exit with 1 where a target is missed', false)
    .option('--only <text>', 'only messages whose path holds this text', '')
    .exitOverride()
    .configureOutput({ writeOut: output.out, writeErr: output.err });
  try {
    const [directory = ''] = command.parse(args, { from: 'user' }).args;
    const { failures, json, check, only } = command.opts<Options>();
    const rows = readRows(directory).filter(({ path }) => path.includes(only));
    const report = reportOf(await runAll(rows, output), failures);
    output.out(`${json ? JSON.stringify(report) : render(report)}\n`);
    return check && report.targets.some(({ met }) => !met) ? 1 : 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof CorpusError)) throw error;
    output.err(`corpus: ${error.message}\n`);
    return 2;
  }
}

/** One after the other, so that the time of a message is its own. */
async function runAll(rows: readonly Row[], { progress }: Output): Promise<Result[]> {
  const results: Result[] = [];
  for (const row of rows) {
    results.push(await runRow(row));
    progress(results.length, rows.length);
  }
  return results;
}
