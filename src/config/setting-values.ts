import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import type { ConfigProblem } from '../errors.js';
import { secretNames } from './settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the settings came to; without those that are not set or cannot be used. */
export type Values<S extends Record<string, z.ZodType>> = { [K in keyof S]?: z.output<S[K]> };

/**
 * The values of these settings, and all that is wrong with them.
 * @param variableOf the variable that a setting is read from, where it is not the one of its own name
 */
export function readSettings<S extends Record<string, z.ZodType>>(
  settings: S,
  environment: Environment,
  variableOf: (setting: string) => string = (setting) => setting,
): { values: Values<S>; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const values: Values<S> = {};
  for (const [setting, schema] of Object.entries(settings)) {
    const variable = variableOf(setting);
    const isSecret = secretNames.has(setting);
    const raw = rawValue(variable, isSecret, environment, problems);
    if (raw === null) continue;
    const result = schema.safeParse(raw);
    if (result.success) values[setting as keyof S] = result.data as z.output<S[keyof S]>;
    else if (raw === undefined) problems.push({ variable, message: 'is required and not set' });
    else {
      const begin = isSecret ? `${shownOfSecret(setting, raw)}; ` : `"${shownOf(setting, raw)}": `;
      for (const issue of flatten(result.error.issues)) problems.push({ variable, message: begin + issue });
    }
  }
  return { values, problems };
}

/** The value without a password or token that a URL may hold where none is meant to be. */
function shownOf(setting: string, raw: string): string {
  const shown = raw.replace(/:\/\/\S*@/, '://…@');
  return setting.endsWith('_URL') ? shown.replace(/^(?!\S*:\/\/)\S*@/, '…@').replace(/([?#]).*/s, '$1…') : shown;
}

/** Of a URL the scheme, which is what is mostly wrong. Not the host: a slash in a password makes a host of it. */
function shownOfSecret(setting: string, raw: string): string {
  const scheme = setting.endsWith('_URL') ? /^[a-z][a-z\d+.-]*:\/\//i.exec(raw)?.[0] : undefined;
  return scheme === undefined
    ? 'is set to what cannot be used (not shown)'
    : `is ${scheme}… (no more is shown), which cannot be used`;
}

/** The variable's text; undefined where it is unset or empty (as `NAME=` in a compose file), null where a problem was found. */
function rawValue(
  name: string,
  isSecret: boolean,
  environment: Environment,
  problems: ConfigProblem[],
): string | undefined | null {
  const value = environment[name] || undefined;
  const path = isSecret ? environment[`${name}_FILE`] || undefined : undefined;
  if (path === undefined) return value;
  if (value !== undefined) {
    problems.push({ variable: name, message: `is set, and ${name}_FILE too; accepted: one of them` });
    return null;
  }
  const refuse = (what: string) => {
    problems.push({ variable: `${name}_FILE`, message: `"${path}": ${what}` });
    return null;
  };
  try {
    // An editor's last line end is not part of the secret.
    const secret = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    return /\S/.test(secret) ? secret : refuse('is empty; accepted: a file with the secret in it');
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/** zod keeps what each branch of a union said inside one issue; the path says which custom field it was. */
function flatten(issues: readonly z.core.$ZodIssue[]): string[] {
  return issues.flatMap((issue) => {
    const inner =
      issue.code === 'invalid_union' ? (issue.errors.find((branch) => branch[0]?.code !== 'invalid_type') ?? []) : [];
    const at = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
    return inner.length > 0 ? flatten(inner).map((message) => at + message) : [at + issue.message];
  });
}
