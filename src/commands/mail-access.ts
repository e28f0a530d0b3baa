import { request } from 'undici';
import { type HttpConfig, loadConfig, loadHttpConfig } from '../config/config.js';
import type { Environment } from '../config/setting-values.js';
import { ServiceRefusedError } from '../errors.js';
import { createLogger } from '../log/logger.js';
import { type LookUpRefusal, lookUpRefusals, type MailRecord } from '../mail/mail-record.js';
import { type MailJob, QUEUE_NAME } from '../queue/job.js';
import { JobLedger } from '../queue/ledger.js';
import { MailLog } from '../queue/mail-log.js';
import { credentialSources } from '../service/credential-sources.js';
import { openMailDesk } from '../service/mail-desk.js';
import { serviceUrl } from '../status/ask.js';
import type { MailDesk } from '../status/page/ports.js';
import { openQueue } from './open-queue.js';

export type CommandDesk = Pick<MailDesk, 'list' | 'find' | 'retry'>;

const WHILE_SERVED =
  'While the service runs, it alone can read an embedded queue: set HTTP_PORT, DASHBOARD_USER and DASHBOARD_PASSWORD, start it again, and this command asks it';

/** Milliseconds that the service may take: a search of a large ledger may wait a minute until it has been read. */
const ANSWER_MS = 90_000;

/**
 * Asks the running service where it serves the page, since it alone can read an embedded queue; else opens the queue itself.
 * @throws ConfigError
 * @throws ServiceRefusedError where the service does not take the password
 * @throws QueueUnavailableError where the queue cannot be opened either, as an embedded one while the service runs without the page
 */
export async function withMailDesk<T>(environment: Environment, work: (desk: CommandDesk) => Promise<T>): Promise<T> {
  const http = loadHttpConfig(environment);
  const served =
    http.port === null || http.dashboard === null ? null : await servedDesk(http.host, http.port, http.dashboard);
  return served ? work(served) : withQueue(environment, work);
}

/** The desk of the service that runs there; null where none does, or one without the page. */
async function servedDesk(
  host: string,
  port: number,
  { user, password }: NonNullable<HttpConfig['dashboard']>,
): Promise<CommandDesk | null> {
  const api = `${serviceUrl({ host, port })}/api`;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

  const ask = async (path: string, body?: unknown): Promise<{ status: number; answer: unknown }> => {
    const headers = { authorization, ...(body !== undefined && { 'content-type': 'application/json' }) };
    const options = { headers, headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS };
    const response = await (body === undefined
      ? request(api + path, options)
      : request(api + path, { ...options, method: 'POST', body: JSON.stringify(body) }));
    const answer: unknown = await response.body.json().catch(() => null);
    const { statusCode: status } = response;
    if (status === 401) {
      throw new ServiceRefusedError(
        `the service at ${host}:${port} does not take DASHBOARD_USER and DASHBOARD_PASSWORD`,
      );
    }
    if (status !== 200 && status !== 404)
      throw new ServiceRefusedError(`the service at ${host}:${port}: ${words(answer)}`);
    return { status, answer };
  };

  // The answers are those of MailDesk as JSON; another version of it may run there, but what is printed is only ever text.
  const desk: CommandDesk = {
    list: async ({ state, ...query }) =>
      (await ask(`/mails?${parameters({ ...query, ...(state && { state }) })}`)).answer as Awaited<
        ReturnType<MailDesk['list']>
      >,
    find: async (id) => {
      const { status, answer } = await ask(`/mails/${encodeURIComponent(id)}`);
      return status === 404 ? refusalIn(answer) : (answer as MailRecord);
    },
    retry: async (ids) => (await ask('/mails/retry', { ids })).answer as Awaited<ReturnType<MailDesk['retry']>>,
  };
  try {
    return (await ask('/mails?limit=1')).status === 404 ? null : desk;
  } catch (error) {
    if (error instanceof ServiceRefusedError) throw error;
    return null;
  }
}

async function withQueue<T>(environment: Environment, work: (desk: CommandDesk) => Promise<T>): Promise<T> {
  const config = loadConfig(environment);
  const log = createLogger('silent');
  const backend = await openQueue(config.queue.url, log, WHILE_SERVED);
  const queue = await backend.queue<MailJob, never>(QUEUE_NAME);
  const mails = new MailLog(queue);
  try {
    return await work(
      openMailDesk(mails, new JobLedger(queue, config.queue), config.mailboxes, credentialSources(log), log),
    );
  } finally {
    mails.close();
    await backend.close();
  }
}

function parameters(query: Readonly<Record<string, string | number>>): URLSearchParams {
  return new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]));
}

function refusalIn(answer: unknown): LookUpRefusal {
  const why = typeof answer === 'object' && answer !== null && 'why' in answer ? String(answer.why) : '';
  return why in lookUpRefusals ? (why as LookUpRefusal) : 'unknown';
}

function words(answer: unknown): string {
  const said = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : null;
  return typeof said === 'string' ? said : 'an answer that is not understood';
}
