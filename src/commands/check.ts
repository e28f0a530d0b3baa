import { probeSmtp } from '../acknowledge/probe.js';
import { type Finding, ok, problem, type Report, skipped, warning } from '../check/finding.js';
import { renderFindings } from '../check/render.js';
import { type Config, loadConfig } from '../config/config.js';
import type { Environment } from '../config/setting-values.js';
import { hints, isSet, type Sources } from '../config/sources.js';
import { ConfigError, type ConfigProblem } from '../errors.js';
import { probeHelpdesk } from '../helpdesk/probe.js';
import { probeMailbox } from '../imap/probe.js';
import { createLogger } from '../log/logger.js';
import { probeQueue } from '../queue/probe.js';
import {
  type CredentialSources,
  credentialSources,
  smtpServer,
  watchedMailbox,
} from '../service/credential-sources.js';
import { probeHttp } from '../status/probe.js';
import { LATE, within } from '../within.js';
import { json } from './terminal.js';

/** Milliseconds for one answer of a server that is there. More would be too slow for the service as well. */
const ANSWER_MS = 10_000;

/**
 * Milliseconds for one part as a whole. A refused IMAP log-in alone may take 45 s: to connect, to be greeted, and the pause that
 * servers make after a wrong password.
 */
const PART_MS = 60_000;

/** One of the things the service needs, looked at apart from the others and at the same time. */
interface Part {
  readonly about: string;
  /** The settings without which it cannot be looked at. */
  readonly settings: RegExp;
  /** What to look at where it comes to no end. */
  readonly suspect: string;
  /** Is to report what it finds as it goes, and to end soon after the signal. */
  look(config: Config, report: Report, signal: AbortSignal, credentials: CredentialSources): Promise<void>;
}

const parts: readonly Part[] = [
  {
    about: 'imap',
    settings: /^(IMAP_|MAILBOXES)|^(?!SMTP_).*OAUTH_/,
    suspect: 'IMAP_HOST and IMAP_PORT, and the log of the IMAP server',
    look: async ({ mailboxes }, report, signal, credentials) => {
      await Promise.all(
        mailboxes.map(({ imap }) => {
          const mailbox = watchedMailbox(imap, credentials);
          const probe = { ...mailbox, log: createLogger('silent'), timeoutMs: ANSWER_MS };
          return probeMailbox(probe, ofMailbox(imap.name, report), signal);
        }),
      );
    },
  },
  {
    about: 'queue',
    settings: /^QUEUE_/,
    suspect: 'QUEUE_URL, and the log of its server',
    look: ({ queue }, report) => probeQueue(queue.url, ANSWER_MS, report),
  },
  {
    about: 'helpdesk',
    settings: /^HELPDESK_/,
    suspect: 'HELPDESK_URL, and the log of the helpdesk',
    look: ({ helpdesk, mailboxes }, report) => {
      const mappings = mailboxes.map(({ imap, mail }) => ({ ...mail, name: imap.name }));
      return probeHelpdesk({ ...helpdesk, mappings, timeoutMs: ANSWER_MS }, report);
    },
  },
  {
    about: 'smtp',
    settings: /^(SMTP_|ACK_|OAUTH_)/,
    suspect: 'SMTP_URL, and the log of the SMTP server',
    look: ({ acknowledgement }, report, signal, credentials) =>
      probeSmtp(acknowledgement && smtpServer(acknowledgement.smtp, credentials), report, signal),
  },
  {
    about: 'http',
    settings: /^HTTP_/,
    suspect: 'HTTP_HOST and HTTP_PORT',
    look: ({ http }, report) => probeHttp(http, report),
  },
];

/** Findings of one of several mailboxes bear its name. */
function ofMailbox(name: string, report: Report): Report {
  return name === '' ? report : (finding) => report({ ...finding, about: `${finding.about} of ${name}` });
}

/** Findings that say nothing where their own setting could not be read. */
const settingOf: Readonly<Record<string, string>> = { 'custom fields': 'CUSTOM_FIELDS', category: 'CATEGORY_ID' };

/**
 * Looks at all the service needs and prints what it finds, with what to do about it.
 * @returns the exit code: 0 where nothing is wrong, 1 where something is, 2 where the configuration cannot be used
 */
export async function checkCommand(sources: Sources, asJson: boolean): Promise<number> {
  const { config, problems } = usableConfig(sources.environment);
  const findings = configurationFindings(sources, problems);
  const bad = (pattern: RegExp) => problems.filter(({ variable }) => pattern.test(variable));
  const credentials = credentialSources(createLogger('silent'));
  const found = await Promise.all(
    parts.map((part) => {
      const settings = [...new Set(bad(part.settings).map(({ variable }) => variable))].join(', ');
      if (config === null || settings !== '')
        return [skipped(part.about, `not looked at, since ${settings || 'the configuration'} cannot be used`)];
      return withinTime(part, config, credentials);
    }),
  );
  findings.push(...found.flat().filter(({ about }) => !problems.some(({ variable }) => variable === settingOf[about])));
  const isFine = findings.every(({ level }) => level !== 'problem');
  process.stdout.write(asJson ? `${json({ ok: isFine, findings })}\n` : renderFindings(findings));
  if (problems.length > 0) return 2;
  return isFine ? 0 : 1;
}

function configurationFindings(sources: Sources, problems: readonly ConfigProblem[]): Finding[] {
  const about = 'configuration';
  const { environment, file } = sources;
  const from = file.isThere ? `${file.path} and the environment` : 'the environment';
  return [
    ...hints(sources, problems).map(({ variable, found, cure }) => warning(about, `${variable} ${found}`, cure)),
    ...problems.map(({ variable, message }) => {
      const cure = `${isSet(variable, environment) ? 'correct' : 'set'} ${variable}; .env.example explains it`;
      return problem(about, `${variable} ${message}`, cure);
    }),
    ...(problems.length === 0 ? [ok(about, `every setting of ${from} can be used`)] : []),
  ];
}

/** What the part finds, and that it came to no end, where it does not. */
async function withinTime(part: Part, config: Config, credentials: CredentialSources): Promise<Finding[]> {
  const findings: Finding[] = [];
  const over = new AbortController();
  const look = part.look(config, (finding) => findings.push(finding), over.signal, credentials);
  const outcome = await within(PART_MS, look);
  over.abort();
  // A copy: what comes after the end is not waited for.
  if (outcome !== LATE) return [...findings];
  return [...findings, problem(part.about, `came to no end within ${PART_MS / 1000} s`, `check ${part.suspect}`)];
}

/** Required settings that are wrong get a value that is looked at by nobody, so that the others can be used. */
const STAND_INS: Readonly<Record<string, string>> = {
  HELPDESK_URL: 'https://helpdesk.invalid/',
  HELPDESK_TOKEN: '-',
  IMAP_HOST: 'imap.invalid',
  IMAP_USER: '-',
  IMAP_PASSWORD: '-',
};

/** Settings that are of no use without each other: where one is wrong, its half would be, too. */
const TOGETHER = [/^DASHBOARD_/, /^(SMTP_URL|ACK_)/];

function leaveOut(settings: Record<string, string | undefined>, group: RegExp | undefined): void {
  for (const setting of Object.keys(settings)) if (group?.test(setting)) delete settings[setting];
}

/** Takes the log-ins for a password whose OAuth settings are wrong; nobody looks at them either. */
function withoutOAuth(wrong: string, settings: Record<string, string | undefined>): void {
  const [, of] = /^(.*_)?OAUTH_/.exec(wrong) ?? [];
  const logIns = of === undefined ? /^(SMTP|IMAP(_.+)?)_AUTH$/ : of === 'SMTP_' ? /^SMTP_AUTH$/ : /^IMAP(_.+)?_AUTH$/;
  for (const setting of Object.keys(settings)) if (logIns.test(setting)) delete settings[setting];
  if (!settings.IMAP_PASSWORD_FILE) settings.IMAP_PASSWORD ||= STAND_INS.IMAP_PASSWORD;
}

/** The configuration, where need be with defaults in the place of what is wrong; null where even that cannot be used. */
function usableConfig(environment: Environment): { config: Config | null; problems: readonly ConfigProblem[] } {
  try {
    return { config: loadConfig(environment), problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const rest: Record<string, string | undefined> = { ...environment };
    for (const { variable } of error.problems) {
      const name = variable.replace(/_FILE$/, '');
      delete rest[name];
      delete rest[`${name}_FILE`];
      rest[name] = STAND_INS[name];
      leaveOut(
        rest,
        TOGETHER.find((group) => group.test(name)),
      );
      if (name.includes('OAUTH_')) withoutOAuth(name, rest);
    }
    return { config: attempt(() => loadConfig(rest)), problems: error.problems };
  }
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}
