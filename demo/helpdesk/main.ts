/** The look-alike as a process of its own. */
import { Command, InvalidArgumentError } from 'commander';
import { startLookAlike } from './look-alike.js';

interface Options {
  readonly port: number;
  readonly host: string;
  readonly token: string;
  readonly agent: readonly string[];
  readonly field: readonly { readonly id: string; readonly name: string; readonly required: boolean }[];
  readonly old: boolean;
  readonly delay: number;
}

const program = new Command('npm run demo:helpdesk --')
  .description(
    'A helpdesk to try mail2ticket with: answers as SupportEngine does, keeps its tickets in memory and shows them at /.',
  )
  .option('--port <port>', 'where it listens; 0 for any that is free', numberUpTo(65_535, 'a port'), 8089)
  .option('--host <address>', 'the address it listens on', '127.0.0.1')
  .option('--token <token>', 'the token that it takes', 'demo')
  .option('--agent <address>', "an agent's address; may be given more than once", collect, [])
  .option('--field <id:name[:required]>', 'a custom field; may be given more than once', collectField, [])
  .option('--old', 'without the endpoints that only newer servers have', false)
  .option('--delay <ms>', 'how long every request takes', numberUpTo(600_000, 'milliseconds'), 0)
  .addHelpText(
    'after',
    `
It prints the HELPDESK_URL for .env; HELPDESK_TOKEN is the --token. Runs until SIGTERM or SIGINT.

Example:
  npm run demo:helpdesk -- --port 8089 --token demo --field 7:Order:required`,
  )
  .parse();

const { port, host, token, agent, field, old, delay } = program.opts<Options>();
const helpdesk = await startLookAlike({ port, host, token, agents: agent, newer: !old, delayMs: delay, fields: field });
console.log(`tickets: ${helpdesk.url}\nHELPDESK_URL=${helpdesk.apiUrl}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void helpdesk.close());

function numberUpTo(most: number, what: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value <= most) return value;
    throw new InvalidArgumentError(`accepted: ${what} from 0 to ${most}`);
  };
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function collectField(setup: string, before: Options['field']): Options['field'] {
  const [id = '', name = `Field ${id}`, required] = setup.split(':');
  return [...before, { id, name, required: required === 'required' }];
}
