import { createRequire } from 'node:module';
import { type DestinationStream, pino } from 'pino';
import type { LogLevel } from '../config/settings.js';
import { inertJson, OBEYED_IN_JSON } from '../mail/clean.js';
import type { Log } from './log-actions.js';

/** Names under which a secret or a mail's text could come into a line. No room logs them; this is the second wall. */
const NEVER_LOGGED = [
  'password',
  'pass',
  'token',
  'accessToken',
  'refreshToken',
  'clientSecret',
  'secret',
  'authorization',
  'auth',
  'args',
  'judgement',
  'body',
  'text',
  'html',
  'quoted',
  'message',
  'bytes',
];

/**
 * The log, one JSON object a line: on standard output, where it is text with colours if a person looks on, or into `destination`.
 * Each line says in `action` what happened (log-actions.ts); the words are for people and may change. Fields that could hold a
 * secret or a mail's text are left out, down to the third level of what is logged.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: NEVER_LOGGED.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), remove: true },
  };
  if (destination || !process.stdout.isTTY) {
    return pino(
      { ...options, formatters: { level: (label) => ({ level: label }) }, hooks: { streamWrite: inertJson } },
      destination ?? pino.destination(1),
    );
  }
  // Loaded for a terminal only.
  const { PinoPretty } = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty');
  return pino(
    // An escape would be read back before it is shown.
    { ...options, hooks: { streamWrite: (line) => line.replace(OBEYED_IN_JSON, '\uFFFD') } },
    PinoPretty({ colorize: true, sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' }),
  );
}
