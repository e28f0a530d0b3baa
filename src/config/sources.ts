import { dirname, resolve } from 'node:path';
import type { ConfigProblem } from '../errors.js';
import type { ConfigWarning } from './config-warning.js';
import { readDotenv } from './dotenv-file.js';
import type { Environment } from './setting-values.js';
import { strangeNames } from './strange-names.js';

/** What the settings are read from. */
export interface Sources {
  /** What is set: the environment over the file. A variable that is empty or blank is not in it. */
  readonly environment: Environment;
  readonly file: {
    /** From the root, since the wrong folder is a common mistake. */
    readonly path: string;
    readonly isThere: boolean;
  };
  readonly warnings: readonly ConfigWarning[];
}

/**
 * Reads the process environment over the `.env` file of a folder: what is set in the environment wins. An empty variable sets nothing,
 * so that the `NAME=` of a compose file does not hide what the file has.
 * @param dotenvPath a file that need not be there
 * @throws ConfigError where it is there and cannot be read
 */
export function readSources(environment: Environment, dotenvPath: string): Sources {
  const path = resolve(dotenvPath);
  const file = readDotenv(path);
  const [inFile, inEnvironment] = [filled(file?.values ?? {}), filled(environment)];
  return {
    environment: { ...inFile, ...inEnvironment },
    file: { path, isThere: file !== null },
    warnings: [...(file?.warnings ?? []), ...strangeNames(inFile, inEnvironment)],
  };
}

function filled(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && /\S/.test(value)));
}

/**
 * What may be behind problems with settings, or is odd without one: first that the file is not where it was looked for, then the warnings
 * about variables that no problem names already.
 */
export function hints({ environment, file, warnings }: Sources, problems: readonly ConfigProblem[]): ConfigWarning[] {
  const named = new Set(problems.map(({ variable }) => variable));
  const isMissing = problems.some(({ variable }) => /^[A-Z0-9_]+$/.test(variable) && !isSet(variable, environment));
  return [
    ...(isMissing && !file.isThere ? [noFile(file.path)] : []),
    ...warnings.filter(({ variable }) => !named.has(variable)),
  ];
}

/** Whether a setting stands somewhere, be it in a file of its own. */
export function isSet(variable: string, environment: Environment): boolean {
  return [variable, `${variable}_FILE`].some((name) => environment[name]);
}

function noFile(path: string): ConfigWarning {
  const cure = 'go to the folder that has it, or make it of .env.example, or set all in the environment';
  return { variable: '.env', found: `is not in ${dirname(path)}`, cure };
}
