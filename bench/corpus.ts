import { Command } from 'commander';
import { render, reportOf } from './corpus/report.js';
import { CorpusError, type Row, readRows } from './corpus/rows.js';
import { type Result, runRow } from './corpus/run.js';

/** Scores the mail rules on directories of real mail with known expectations: `npm run corpus -- DIR`. */
const program = new Command('corpus')
  .description('Scores how mail is read on directories of real mail whose meaning is known (expect.jsonl).')
  .argument('<dir>', 'a corpus, or a directory of corpora')
  .option('--failures', 'each difference, expected and got')
  .option('--json', 'the figures as one JSON object')
  .option('--check', 'exit with 1 where a target is missed')
  .option('--only <text>', 'only messages whose path holds this text')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();

interface Options {
  readonly failures?: true;
  readonly json?: true;
  readonly check?: true;
  readonly only?: string;
}

const { failures = false, json = false, check = false, only = '' } = program.opts<Options>();

try {
  const rows = readRows(program.processedArgs[0]).filter(({ path }) => path.includes(only));
  const report = reportOf(await runAll(rows), failures);
  console.log(json ? JSON.stringify(report) : render(report));
  if (check && report.targets.some(({ met }) => !met)) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof CorpusError)) throw error;
  console.error(`corpus: ${error.message}`);
  process.exitCode = 2;
}

async function runAll(rows: readonly Row[]): Promise<Result[]> {
  const results: Result[] = [];
  for (const row of rows) {
    results.push(await runRow(row));
    if (process.stderr.isTTY) process.stderr.write(`\r${results.length}/${rows.length}\x1b[K`);
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  return results;
}
