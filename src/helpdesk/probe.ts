import { Pool } from 'undici';
import { checkCertificate } from '../check/certificate.js';
import { clockFinding } from '../check/clock.js';
import { codeOf, cureOf } from '../check/cure.js';
import { type Finding, ok, problem, type Report, skipped, warning } from '../check/finding.js';
import { checkHost } from '../check/host.js';
import { ConfigError, HelpdeskMisconfiguredError, HelpdeskServerError, HelpdeskUnreachableError } from '../errors.js';
import type { FieldSource } from '../mail/policy.js';
import type { Category, CustomField } from './answers.js';
import { HelpdeskClient, NOBODY } from './client.js';
import { exchange } from './exchange.js';

export interface HelpdeskProbe {
  readonly url: string;
  readonly token: string;
  /** What each mailbox fills in. */
  readonly mappings: readonly Mapping[];
  /** Milliseconds for each call. */
  readonly timeoutMs: number;
}

export interface Mapping {
  /** The mailbox's name; '' where there is only one. */
  readonly name: string;
  readonly customFields: Readonly<Record<string, FieldSource>>;
  readonly categoryId: number | null;
  /** What CATEGORY_BY_RECIPIENT names. */
  readonly categoryByRecipient: Readonly<Record<string, number>>;
}

const SETTINGS = { host: 'HELPDESK_URL', port: 'HELPDESK_URL' };

/** Categories named where CATEGORY_ID is none of them. */
const MAX_CATEGORIES = 20;

/** Looks whether the helpdesk can be reached, takes our token, and has what the settings speak of. Changes nothing. Never rejects. */
export async function probeHelpdesk(probe: HelpdeskProbe, report: Report): Promise<void> {
  if (!(await reachable(probe, report))) {
    report(skipped('helpdesk api', 'not looked at, as the helpdesk cannot be reached'));
    return;
  }
  await compareClocks(probe, report);
  const { url, token, timeoutMs } = probe;
  let client: HelpdeskClient | null = null;
  try {
    client = new HelpdeskClient({ url, token, timeoutMs });
    const began = performance.now();
    await client.listTickets(NOBODY);
    report(ok('helpdesk api', `takes the token, answers in ${Math.round(performance.now() - began)} ms`));
  } catch (error) {
    report(problem('helpdesk api', wordsOf(error), cureOfCall(error)));
    // Fields and categories are told without a token; of a server that fails otherwise they would only repeat the failure.
    const isOfToken = error instanceof HelpdeskMisconfiguredError && error.setting === 'HELPDESK_TOKEN';
    if (client === null || !isOfToken) {
      await client?.abandon();
      return;
    }
  }
  const fields = client.customFields();
  const categories = client.categories();
  for (const mapping of probe.mappings) {
    const of = mapping.name === '' ? '' : ` of ${mapping.name}`;
    const findings = [
      ...(await asked('custom fields', fields, (known) => judgeFields(known, mapping))),
      ...(await asked('category', categories, (known) => judgeCategories(known, mapping))),
    ];
    for (const finding of findings) report({ ...finding, about: `${finding.about}${of}` });
  }
  await client.abandon();
}

async function reachable({ url, timeoutMs }: HelpdeskProbe, report: Report): Promise<boolean> {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (!(await checkHost('helpdesk dns', host, SETTINGS, report))) return false;
  if (protocol === 'http:') return true;
  const peer = { about: 'helpdesk tls', host, port: Number(port || 443), settings: SETTINGS };
  return checkCertificate(peer, timeoutMs, Date.now(), report);
}

/** Any answer has a Date, also one that says no; so this needs no token and tells the time even where the token is wrong. */
async function compareClocks({ url, timeoutMs }: HelpdeskProbe, report: Report): Promise<void> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connect: { timeout: timeoutMs } });
  try {
    const began = Date.now();
    const call = { endpoint: pathname, method: 'GET', path: pathname, headers: {}, body: null } as const;
    const { headers } = await exchange(pool, call, timeoutMs);
    const theirs = Date.parse(String(headers.date));
    // It has no milliseconds, so it is half a second slow on average.
    if (!Number.isNaN(theirs))
      report(clockFinding('helpdesk clock', 'the helpdesk', theirs + 500 - (began + Date.now()) / 2));
  } catch {
    // The call to the API that follows says why.
  } finally {
    await pool.destroy();
  }
}

/** What is found about an answer of an endpoint that only newer servers have. */
async function asked<T>(about: string, answer: Promise<T | null>, judge: (answer: T) => Finding[]): Promise<Finding[]> {
  try {
    const value = await answer;
    return value === null
      ? [skipped(about, 'not compared: this helpdesk is too old to tell what it has')]
      : judge(value);
  } catch (error) {
    return [warning(about, `not compared: ${wordsOf(error)}`, cureOfCall(error))];
  }
}

/** Every active field that is required must get a value from every mail, and every field that is mapped must be there. */
function judgeFields(fields: readonly CustomField[], { customFields }: Mapping): Finding[] {
  const about = 'custom fields';
  const known = new Map(fields.map((field) => [field.id, field]));
  const list = fields.map(named).join(', ') || 'none';
  const findings: Finding[] = [];
  for (const id of Object.keys(customFields)) {
    if (known.has(id)) continue;
    const found = `CUSTOM_FIELDS maps field ${id}, which the helpdesk does not have or use`;
    findings.push(problem(about, found, `remove it from CUSTOM_FIELDS or correct its id; there are: ${list}`));
  }
  for (const field of fields.filter(({ required }) => required)) {
    const source = customFields[field.id];
    if (!source) {
      const found = `the helpdesk requires field ${named(field)}, which nothing fills: it will refuse every new ticket`;
      const example = `{"${field.id}":{"source":"header:X-Some-Header","default":"unknown"}}`;
      findings.push(
        problem(about, found, `map it in CUSTOM_FIELDS, as ${example}, or make it optional at the helpdesk`),
      );
    } else if (mayBeEmpty(source)) {
      const found = `the helpdesk requires field ${named(field)}, and will refuse a mail that gives it no value`;
      findings.push(warning(about, found, `give field ${field.id} a default in CUSTOM_FIELDS`));
    }
  }
  if (findings.length > 0) return findings;
  const mapped = Object.keys(customFields).length;
  return [ok(about, `${mapped} mapped of ${fields.length}; what is required is filled`)];
}

function named({ id, name }: CustomField): string {
  return name === '' ? id : `${id} (${name})`;
}

function mayBeEmpty({ from, pattern, default: fallback }: FieldSource): boolean {
  return !fallback && (from.kind !== 'text' || pattern !== undefined);
}

function judgeCategories(categories: readonly Category[], { categoryId, categoryByRecipient }: Mapping): Finding[] {
  const named = Object.entries(categoryByRecipient).map(
    ([address, id]) => ['CATEGORY_BY_RECIPIENT', id, address] as const,
  );
  const all = categoryId === null ? named : [['CATEGORY_ID', categoryId, 'all other mail'] as const, ...named];
  if (all.length === 0) return [ok('category', 'CATEGORY_ID is not set: new tickets have none')];
  const list = categories
    .slice(0, MAX_CATEGORIES)
    .map(({ id, name }) => `${id} (${name})`)
    .join(', ');
  const unknown = all.filter(([, id]) => !categories.some((category) => category.id === String(id)));
  if (unknown.length > 0) {
    return unknown.map(([setting, id]) => {
      const found = `the helpdesk has no category ${id}`;
      return problem('category', found, `set ${setting} to one of: ${list || 'none at all, so leave it unset'}`);
    });
  }
  const nameOf = (id: number) => categories.find((category) => category.id === String(id))?.name ?? '';
  return [ok('category', `new tickets go to ${all.map(([, id]) => `${id} (${nameOf(id)})`).join(', ')}`)];
}

/** The error's words without the advice at their end, where the cure says more. */
function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/; (check|see) [^;]*$/, '') : String(error);
}

function cureOfCall(error: unknown): string {
  if (error instanceof HelpdeskMisconfiguredError) {
    return error.setting === 'HELPDESK_TOKEN'
      ? 'copy the token from the helpdesk into HELPDESK_TOKEN (or the file of HELPDESK_TOKEN_FILE)'
      : 'set HELPDESK_URL to the folder in which tickets_list.php lies, as https://help.example/api/';
  }
  if (error instanceof ConfigError) return `correct ${error.problems.map(({ variable }) => variable).join(', ')}`;
  if (error instanceof HelpdeskServerError)
    return "see the helpdesk's PHP error log; is HELPDESK_URL the folder of the API?";
  if (error instanceof HelpdeskUnreachableError) return cureOf(codeOf(error.cause), SETTINGS);
  return 'try again; where it stays so, see the log of the helpdesk';
}
