import { cpus, loadavg } from 'node:os';
import { Command, Option } from 'commander';
import { startHelpdesk } from './throughput/helpdesk.js';
import { type Report, render } from './throughput/report.js';
import { type Figures, FULL, QUICK, type ScenarioName, scenarios } from './throughput/scenarios.js';
import { judgeTargets } from './throughput/targets.js';
import { startWorld } from './throughput/world.js';

interface Options {
  readonly quick: boolean;
  readonly json: boolean;
  readonly check: boolean;
  readonly only?: ScenarioName[];
  readonly corpora: string;
  readonly profile?: string;
}

const names = Object.keys(scenarios) as ScenarioName[];
const options = new Command('npm run bench --')
  .description(
    'Measures the whole service (the build, on plain node) with Dovecot, Redis and a look-alike of the helpdesk as processes of their own, beside a naive loop that keeps no promise.',
  )
  .option('--quick', 'fewer mails and pairs: under a minute', false)
  .option('--json', 'print one object', false)
  .option('--check', 'exit with 1 where a target is missed', false)
  .addOption(new Option('--only <scenario...>', 'run only these').choices(names))
  .option('--corpora <dir>', 'real mails', '../shared/corpora')
  .option('--profile <dir>', 'write CPU profiles of the service there (it is slower then)')
  .addHelpText(
    'after',
    `
Scenarios:
${names.map((name) => `  ${name.padEnd(8)} ${scenarios[name].about}`).join('\n')}

Needs Linux (/proc), Dovecot and Redis. Times run from the log-in in Dovecot's log to the last ticket by the helpdesk's clock, so
that the start of neither program counts; it is told apart. The load average is told, since others' work blurs all of it.

Exit codes: 0 measured, 1 a target is missed (with --check) or a run failed, 2 wrong call.`,
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Options>();

const say = (text: string) => process.stderr.write(`${text}\n`);
const before = loadavg()[0] ?? Number.NaN;
const sizes = { ...(options.quick ? QUICK : FULL), corpora: options.corpora };
const world = await startWorld({ profile: options.profile, say });
const helpdesk = await startHelpdesk(0);
let figures: Figures = {};
const failed: ScenarioName[] = [];
try {
  for (const name of options.only ?? names) {
    say(`${name}: ${scenarios[name].about}`);
    try {
      figures = { ...figures, ...(await scenarios[name].run(world, helpdesk, sizes)) };
    } catch (error) {
      // What the others measured is worth having all the same.
      say(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
      failed.push(name);
    }
  }
} finally {
  await helpdesk.stop();
  await world.close();
}
const report: Report = {
  quick: options.quick,
  cores: cpus().length,
  node: process.version,
  load: { before, after: loadavg()[0] ?? Number.NaN },
  ...figures,
  targets: judgeTargets(figures),
};
process.stdout.write(`${options.json ? JSON.stringify(report) : render(report)}\n`);
const missed = report.targets.some(({ met }) => !met);
process.exitCode = failed.length > 0 || (options.check && missed) ? 1 : 0;
