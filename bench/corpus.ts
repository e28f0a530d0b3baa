import Table from 'cli-table3';
import { Command } from 'commander';
import { readRow } from './corpus/reading.js';
import { readRows } from './corpus/rows.js';
import { scoreRow } from './corpus/score.js';

const program = new Command('corpus')
  .argument('<dir>')
  .option('--failures')
  .option('--only <text>')
  .option('--field <name>')
  .parse();
const opts = program.opts<{ failures?: boolean; only?: string; field?: string }>();
const sums = new Map<string, { met: number; of: number }>();
let slowest = { ms: 0, file: '' };
for (const row of readRows(program.args[0] ?? '')) {
  const name = `${row.corpus}/${row.file}`;
  if (opts.only && !name.includes(opts.only)) continue;
  try {
    const reading = await readRow(row);
    if (reading.milliseconds > slowest.ms) slowest = { ms: reading.milliseconds, file: name };
    for (const s of scoreRow(row, reading)) {
      if (opts.field && s.field !== opts.field) continue;
      const key = [row.corpus, row.kind, row.quality, s.field].join('\t');
      const sum = sums.get(key) ?? { met: 0, of: 0 };
      sums.set(key, { met: sum.met + Number(s.met), of: sum.of + 1 });
      if (opts.failures && !s.met)
        console.log(
          `${name} ${row.kind} ${row.quality} ${s.field}\n  expected ${JSON.stringify(s.expected)}\n  got      ${JSON.stringify(s.got)}`,
        );
    }
  } catch (error) {
    console.log(`${name}: THROWS`, error);
  }
}
const table = new Table({
  head: ['corpus', 'kind', 'quality', 'field', 'met', 'of'],
  style: { head: [], border: [], compact: true },
});
for (const [key, s] of [...sums].sort()) table.push([...key.split('\t'), s.met, s.of]);
console.log(table.toString());
console.log(slowest);
