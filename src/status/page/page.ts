import { setTimeout as sleep } from 'node:timers/promises';
import formbody from '@fastify/formbody';
import helmet from '@fastify/helmet';
import type { FastifyError, FastifyInstance, FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { Mail2TicketError, QueueUnavailableError } from '../../errors.js';
import { MAX_INDEXED_CHARACTERS, MAX_PAGE_REQUEST_BYTES } from '../../limits.js';
import type { Log } from '../../log/log-actions.js';
import { type MailState, mailStates, type RetryReport, retryRefusals } from '../../mail/mail-record.js';
import type { Health } from '../health.js';
import { type Credentials, FormToken, type RequestRefusedError, refuseOtherSites, requireLogin } from './access.js';
import { serveApi } from './api.js';
import { type BoardQueue, serveBoard } from './board.js';
import { PAGE_HEADERS } from './headers.js';
import { type Html, html } from './html.js';
import { layout } from './layout.js';
import { listView } from './list-view.js';
import { mailView } from './mail-view.js';
import type { MailDesk } from './ports.js';
import { STYLE } from './style.js';

export interface PageOptions {
  readonly credentials: Credentials;
  readonly health: Health<string>;
  readonly log: Log;
}

/** The page for operators: "what became of this mail?". */
export interface Page {
  readonly plugin: FastifyPluginAsync;
  /** Gives it what it tells of, once the queue is open; until then it says that it waits. */
  open(desk: MailDesk, queue: BoardQueue): void;
}

const HTML = 'text/html; charset=utf-8';

const PAGE_SIZE = 50;

/** How long a page waits for what is still being read of the ledger, in ms. */
const PATIENCE_MS = 1500;

const listParameters = z.object({
  state: z.enum(mailStates).nullable().catch(null).default(null),
  search: z.string().max(MAX_INDEXED_CHARACTERS).catch('').default(''),
  page: z.coerce.number().int().min(1).max(10_000).catch(1).default(1),
  moved: z.coerce.number().int().min(0).optional().catch(undefined),
  queued: z.coerce.number().int().min(0).optional().catch(undefined),
  refused: z.coerce.number().int().min(0).optional().catch(undefined),
  why: z
    .enum(Object.keys(retryRefusals) as [keyof typeof retryRefusals])
    .optional()
    .catch(undefined),
});

const retryForm = z.union([
  z.object({ token: z.string(), id: z.string().max(64) }),
  z.object({ token: z.string(), all: z.literal('yes') }),
]);

/** Everything behind the password: our pages at /, the API of the command line at /api, BullMQ's own at /queues. */
export function operatorPage({ credentials, health, log }: PageOptions): Page {
  const token = new FormToken();
  let opened: MailDesk | null = null;
  let addQueue: (queue: BoardQueue) => void = () => {};
  const desk = (): MailDesk => {
    if (opened) return opened;
    throw new QueueUnavailableError('the queue is not open yet');
  };

  const plugin = async (app: FastifyInstance) => {
    await app.register(helmet, { global: false });
    // First of all, so that refusals have them too.
    app.addHook('onRequest', async (_request, reply) => {
      await reply.helmet(PAGE_HEADERS);
      reply.header('cache-control', 'no-store');
    });
    app.setErrorHandler<FastifyError | Mail2TicketError>((error, _request, reply) => {
      const { status, message } = told(error, log);
      return reply
        .code(status)
        .type(HTML)
        .send(layout('Not done', html`<h1>Not done</h1><p>${message}</p>`));
    });
    await requireLogin(app, credentials, log);
    app.addHook('onRequest', async (request) => refuseOtherSites(request));
    addQueue = serveBoard(app);
    app.register(
      serveApi(desk, (error) => told(error, log)),
      { prefix: '/api' },
    );
    app.register(pages);
  };

  const pages = async (app: FastifyInstance) => {
    app.removeAllContentTypeParsers();
    await app.register(formbody, { bodyLimit: MAX_PAGE_REQUEST_BYTES });
    app.addHook('onRequest', async (_request, reply) => {
      reply.type(HTML);
    });

    app.get('/', async (request) => {
      const { state, search, page, ...notice } = listParameters.parse(request.query);
      const query = { state, search, limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE };
      const list = await desk().list(query, PATIENCE_MS);
      const isStart = state === null && search === '' && page === 1;
      const day = isStart ? await desk().day(PATIENCE_MS) : null;
      const counts = await desk().counts();
      const view = { query, list, day, counts, notice: noticeOf(notice), token: token.value, now: Date.now() };
      return layout(titleOf(state, search), listView(view), health.parts);
    });

    app.get<{ Params: { id: string } }>('/mails/:id', async (request, reply) => {
      const mail = await desk().find(request.params.id);
      if (typeof mail === 'string') {
        const words =
          'The ledger does not know this mail. It keeps mails for LEDGER_DAYS; older ones still lie in the mailbox.';
        return reply
          .code(404)
          .send(layout('Not known', html`<h1>Not known</h1><p>${words}</p><p><a href="/">All mails</a></p>`));
      }
      const notice = noticeOf(listParameters.parse(request.query));
      const view = mailView({ mail, notice, token: token.value, now: Date.now() });
      return layout(mail.subject || '(no subject)', view, health.parts);
    });

    app.post('/retry', async (request, reply) => {
      const form = retryForm.safeParse(request.body);
      token.check(form.data?.token);
      const ids = form.data && 'id' in form.data ? [form.data.id] : ('all' as const);
      const { moved, queued, refused } = await desk().retry(ids);
      if (ids !== 'all' && moved[0]) await untilTaken(desk(), moved[0]);
      const result = new URLSearchParams({
        moved: String(moved.length),
        queued: String(queued.length),
        refused: String(refused.length),
      });
      if (refused[0]) result.set('why', refused[0].why);
      const back = ids === 'all' ? '/' : `/mails/${encodeURIComponent(ids[0] ?? '')}`;
      return reply.redirect(`${back}?${result}`, 303);
    });

    app.get('/page.css', async (_request, reply) =>
      reply.header('cache-control', 'max-age=300').type('text/css; charset=utf-8').send(STYLE),
    );
  };

  return {
    plugin,
    open(mails, queue) {
      opened = mails;
      addQueue(queue);
    },
  };
}

/** Waits a moment until the watcher has found the mail, so that the answer does not show it as it was. */
async function untilTaken(desk: MailDesk, id: string): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(100)) {
    const mail = await desk.find(id);
    if (typeof mail === 'string' || mail.state !== 'failed') return;
  }
}

function titleOf(state: MailState | null, search: string): string {
  return search !== '' ? `Search: ${search}` : state === null ? 'Mails' : `Mails: ${state}`;
}

/** What a retry has done, in words. The numbers come by the address, so they say nothing that another site could make up for harm. */
function noticeOf({
  moved = 0,
  queued = 0,
  refused = 0,
  why,
}: {
  moved?: number | undefined;
  queued?: number | undefined;
  refused?: number | undefined;
  why?: RetryReport['refused'][number]['why'] | undefined;
}): Html | null {
  if (moved + queued + refused === 0) return null;
  const mails = (count: number) => (count === 1 ? '1 mail' : `${count} mails`);
  return html`<p class="notice ${refused > 0 ? 'bad' : 'good'}" role="status">${[
    moved > 0 ? `${mails(moved)} moved back into the watched folder, to be tried again from there.` : '',
    queued > 0 ? `${mails(queued)} put into the queue again.` : '',
    refused > 0 ? `${mails(refused)} could not be moved back${why ? `: ${retryRefusals[why]}` : ''}.` : '',
  ].join(' ')}</p>`;
}

/** What of an error may be said, and its status. Errors of ours are made for people; what another says may hold anything. */
function told(
  error: FastifyError | Mail2TicketError | RequestRefusedError,
  log: Log,
): { status: number; message: string } {
  if (error instanceof Mail2TicketError) return { status: 503, message: error.message };
  const status = error.statusCode ?? 500;
  if (status < 500) return { status, message: error.message };
  log.error({ action: 'page.failed', reason: error.message }, 'a page could not be made');
  return { status, message: 'Something went wrong; the log says what (action page.failed).' };
}
