import { createInterface } from 'node:readline';
import { readLogin } from '../config/auth.js';
import { ownVariable, variablesOf } from '../config/mailboxes.js';
import { type Environment, readSettings } from '../config/setting-values.js';
import { serviceSettings } from '../config/settings.js';
import { ConfigError, type ConfigProblem, TokenRefusedError } from '../errors.js';
import { cleanLine } from '../mail/clean.js';
import { browserFlow } from '../oauth/browser-flow.js';
import { deviceFlow } from '../oauth/device-flow.js';
import type { OAuthLogin } from '../oauth/grant.js';

/** What is logged in to. */
interface Subject {
  readonly login: OAuthLogin;
  /** The name to log in as; null where it is not set. */
  readonly user: string | null;
  /** The setting that takes the refresh token. */
  readonly variable: string;
}

/**
 * Has a person let mail2ticket into a mailbox, and prints the refresh token on standard output; all that people read goes to
 * standard error.
 * @param name one of MAILBOXES, or smtp; undefined where there is one mailbox
 * @param withBrowser to have a browser open the provider's page also where a code would do
 * @returns the exit code
 * @throws ConfigError, TokenRefusedError, TokenUnavailableError
 */
export async function loginCommand(
  environment: Environment,
  name: string | undefined,
  withBrowser: boolean,
): Promise<number> {
  const { login, user, variable } = subjectOf(environment, name);
  const who = user === null ? 'the mailbox' : cleanLine(user);
  const refreshToken = await (login.deviceUrl !== null && !(withBrowser && login.authorizationUrl !== null)
    ? byDevice(login, login.deviceUrl, who)
    : byBrowser(login, login.authorizationUrl ?? '', user, who));
  if (refreshToken === null) {
    const host = new URL(login.tokenUrl).host;
    throw new TokenRefusedError(`${host} gave no refresh token; see OAUTH_SCOPE (often offline_access)`, 'OAUTH_SCOPE');
  }
  tell(`
Logged in. Below is the refresh token: set ${variable} to it, or put it into a file that
${variable}_FILE names. It opens the mailbox, so keep it as you would a password.
Then ask mail2ticket check whether all is right.
`);
  process.stdout.write(`${refreshToken}\n`);
  return 0;
}

function byDevice(login: OAuthLogin, deviceUrl: string, who: string): Promise<string | null> {
  return deviceFlow(login, deviceUrl, ({ url, code }) =>
    tell(`Open ${cleanLine(url)} in a browser on any device, enter the code ${cleanLine(code)}
and log in as ${who}. Waiting …`),
  );
}

async function byBrowser(
  login: OAuthLogin,
  authorizationUrl: string,
  user: string | null,
  who: string,
): Promise<string | null> {
  const typed = createInterface({ input: process.stdin });
  try {
    return await browserFlow(login, authorizationUrl, user, {
      show: (url) =>
        tell(`Open this address in a browser, and log in as ${who}:

${cleanLine(url)}

If the browser runs on another machine, it ends at a page on localhost that it cannot open: paste the address of that
page here. Waiting …`),
      onLine: (take) => typed.on('line', take),
      notThat: () =>
        tell('That is not the address of that page: it begins with http://localhost: and has code= in it.'),
    });
  } finally {
    // Or a person who may still type would hold the process.
    typed.close();
  }
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

function subjectOf(environment: Environment, name: string | undefined): Subject {
  const { MAILBOXES, SMTP_URL } = serviceSettings;
  const { values, problems } = readSettings({ MAILBOXES, SMTP_URL }, environment);
  const names = (values.MAILBOXES ?? []).map((each) => each.toLowerCase());
  const chosen = name?.toLowerCase() ?? '';
  if (chosen !== 'smtp' && !(names.length === 0 ? chosen === '' : names.includes(chosen))) problems.push(choice(names));
  const login = problems.length > 0 ? null : readLogin(environment, variablesOf(chosen, environment), problems);
  if (login === null) throw new ConfigError(problems);
  const user =
    chosen === 'smtp' ? values.SMTP_URL?.login?.user : environment[variablesOf(chosen, environment)('IMAP_USER')];
  return { login, user: user || null, variable: ownVariable('OAUTH_REFRESH_TOKEN', chosen) };
}

function choice(names: readonly string[]): ConfigProblem {
  const choices = [...names, 'smtp'].map((each) => `mail2ticket login ${each}`).join(', ');
  const message =
    names.length === 0
      ? `names no mailboxes; accepted: mail2ticket login, or ${choices}`
      : `names several; accepted: ${choices}`;
  return { variable: 'MAILBOXES', message };
}
