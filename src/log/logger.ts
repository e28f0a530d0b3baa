import { createRequire } from 'node:module';
import { type DestinationStream, pino } from 'pino';
import type { LogLevel } from '../config/settings.js';
import { inertJson, OBEYED_IN_JSON } from '../mail/clean.js';
import type { Log } from './log-actions.js';

/** Names under which a secret or a mail's text could come into a line, as OAuth and HTTP spell them too. No room logs them; this is the second wall. */
const NEVER_LOGGED = new RegExp(
  `^(${[
    'pass(word)?|((access|refresh|id)[-_]?)?token|(client[-_]?)?secret|client[-_]?assertion|device[-_]?code',
    '(proxy-)?authorization|(set-)?cookie|auth|args',
    'judgement|body|text|html|quoted|message|bytes',
  ].join('|')})$`,
  'i',
);

/** Levels of what is logged that are looked through; no room logs more than two. */
const LEVELS = 3;

/**
 * The log, one JSON object a line: on standard output, where it is text with colours if a person looks on, or into `destination`.
 * Each line says in `action` what happened (log-actions.ts); the words are for people and may change. Fields that could hold a
 * secret or a mail's text are left out, down to the third level of what is logged, and so is what lies deeper.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  // Not pino's `redact`: with names that may stand anywhere it takes longer than all the rest of a line.
  const formatters = { log: (fields: object) => withoutSecrets(fields, LEVELS) };
  if (destination || !process.stdout.isTTY) {
    return pino(
      {
        ...options,
        formatters: { ...formatters, level: (label) => ({ level: label }) },
        hooks: { streamWrite: inertJson },
      },
      destination ?? pino.destination(1),
    );
  }
  // Loaded for a terminal only.
  const { PinoPretty } = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty');
  return pino(
    // An escape would be read back before it is shown.
    { ...options, formatters, hooks: { streamWrite: (line) => line.replace(OBEYED_IN_JSON, '\uFFFD') } },
    PinoPretty({ colorize: true, singleLine: true, sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' }),
  );
}

/** A copy for the log. Of an error its name is left: what it says may quote a command or a mail. */
function withoutSecrets(fields: object, levels: number): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (NEVER_LOGGED.test(name) || ArrayBuffer.isView(value)) continue;
    if (typeof value !== 'object' || value === null || value instanceof Date) kept[name] = value;
    else if (value instanceof Error) kept[name] = value.name;
    else if (levels > 1)
      kept[name] = Array.isArray(value) ? listed(value, levels - 1) : withoutSecrets(value, levels - 1);
  }
  return kept;
}

function listed(values: readonly unknown[], levels: number): unknown[] {
  return Object.values(withoutSecrets(values, levels));
}
