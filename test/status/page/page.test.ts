import { fastify } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { MailboxUnavailableError } from '../../../src/errors.js';
import type { LogFields } from '../../../src/log/log-actions.js';
import type { MailRecord } from '../../../src/mail/mail-record.js';
import { Health } from '../../../src/status/health.js';
import { operatorPage, type Page } from '../../../src/status/page/page.js';
import type { MailDesk } from '../../../src/status/page/ports.js';

const credentials = { user: 'operator', password: 'correct horse battery' };
const headers = {
  authorization: `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`,
};

const record: MailRecord = {
  id: 'a'.repeat(64),
  state: 'failed',
  ticketId: null,
  reason: 'Order number is required',
  from: 'ann@example.com',
  subject: 'Hello',
  messageId: '<1@example.com>',
  at: 0,
  mailbox: 'imap://support@mail.acme.test/INBOX',
  receivedAt: null,
  queuedAt: 0,
  settledAt: 0,
  nextAttemptAt: null,
  filedIn: 'Failed',
  ingested: false,
  fingerprint: '',
  requester: null,
  automatic: null,
  trace: [],
  failures: [],
  attempts: 1,
};

/** A ledger in memory. */
const desk = (changes: Partial<MailDesk> = {}): MailDesk => ({
  list: async () => ({ mails: [record], more: false, searched: 1, total: 1 }),
  day: async () => ({ hours: [], isComplete: true }),
  counts: async () => ({ underWay: 0, failed: 1 }),
  find: async () => record,
  retry: async (ids) => ({ moved: ids === 'all' ? [record.id] : ids, queued: [], refused: [] }),
  ...changes,
});

let server: ReturnType<typeof fastify> | undefined;
const logged: LogFields[] = [];
afterEach(async () => {
  await server?.close();
  logged.length = 0;
});

async function serve(changes?: Partial<MailDesk>, health = new Health<string>([])): Promise<Page> {
  const say = (fields: LogFields) => void logged.push(fields);
  const page = operatorPage({ credentials, health, log: { debug: say, info: say, warn: say, error: say } });
  server = fastify();
  await server.register(page.plugin);
  const queue = { name: 'mail', getJobCounts: async () => ({}), metaValues: { version: 'bullmq:6' } };
  if (changes) page.open(desk(changes), queue);
  return page;
}

const get = async (url: string) => {
  const response = await server?.inject({ url, headers });
  return { status: response?.statusCode, body: response?.body ?? '' };
};

describe('the page', () => {
  it('says that it waits for the queue until it is open', async () => {
    await serve();
    expect(await get('/')).toEqual({ status: 503, body: expect.stringContaining('the queue is not open yet') });
    expect(await get('/api/mails')).toEqual({ status: 503, body: '{"error":"the queue is not open yet"}' });
  });

  it('says above all what does not work, and since when', async () => {
    const health = new Health<string>(['helpdesk'], () => new Date('2026-11-24T08:00:00Z'));
    health.report('helpdesk', { ok: false, reason: 'wrong <token>' });
    await serve({}, health);
    expect((await get('/')).body).toMatch(/helpdesk<\/b>: wrong &#60;token&#62; .*since 2026-11-24 08:00:00 UTC/);
  });

  it('says that a day is still being counted, and counts none where somebody searches', async () => {
    const days: number[] = [];
    await serve({
      day: async (waitMs) => {
        days.push(waitMs);
        return { hours: [], isComplete: false };
      },
    });
    expect((await get('/')).body).toContain('still being counted');
    expect((await get('/?search=ann')).body).not.toContain('Last 24 hours');
    expect(days).toHaveLength(1);
  });

  it('takes nonsense in its address for nothing', async () => {
    const asked: unknown[] = [];
    await serve({
      list: async (query) => {
        asked.push(query);
        return { mails: [], more: false, searched: 0, total: 0 };
      },
    });
    const nonsense = `/?state=lost&page=-7&moved=x&why=because&search=${'x'.repeat(300)}`;
    expect(await get(nonsense)).toMatchObject({ status: 200 });
    expect((await get('/?page=1e9&search=a&search=b')).status).toBe(200);
    expect(asked).toEqual([
      { state: null, search: '', limit: 50, offset: 0 },
      { state: null, search: '', limit: 50, offset: 0 },
    ]);
  });

  it('leads to older and newer mails and keeps the search', async () => {
    await serve({ list: async () => ({ mails: [record], more: true, searched: 200, total: 500 }) });
    const { body } = await get('/?search=a%26b&state=failed&page=3');
    expect(body).toContain('href="/?state=failed&#38;search=a%26b&#38;page=2"');
    expect(body).toContain('href="/?state=failed&#38;search=a%26b&#38;page=4"');
    expect(body).toContain('Looked through the latest 200 of 500 mails');
  });

  it('says of a mail that nobody knows that it is not known', async () => {
    await serve({ find: async () => 'unknown' });
    expect(await get('/mails/abc')).toEqual({ status: 404, body: expect.stringContaining('does not know this mail') });
    expect(await get('/api/mails/abc')).toEqual({ status: 404, body: expect.stringContaining('"unknown"') });
  });

  it('says what of ours does not work, and of other errors only that the log says it', async () => {
    await serve({
      list: () => Promise.reject(new Error('secret of a library')),
      find: () => Promise.reject(new MailboxUnavailableError('mail.acme.test refuses the connection')),
    });
    const { status, body } = await get('/');
    expect({ status, body }).toEqual({ status: 500, body: expect.not.stringContaining('secret') });
    expect(logged).toMatchObject([{ action: 'page.failed', reason: 'secret of a library' }]);
    expect(await get('/mails/abc')).toEqual({ status: 503, body: expect.stringContaining('refuses the connection') });
  });

  it('offers to try an ingested mail again, which lies in no folder', async () => {
    await serve({ find: async () => ({ ...record, filedIn: null, ingested: true }) });
    const { body } = await get(`/mails/${record.id}?queued=1`);
    expect(body).toMatch(/no folder: it was ingested/);
    expect(body).toMatch(/<button class="main">Retry<\/button>\s*<p class="quiet">Puts it into the queue again/);
    expect(body).toContain('1 mail put into the queue again.');
  });

  it('retries by the form that it has made itself', async () => {
    await serve({});
    const { body } = await get('/?state=failed');
    const token = /name="token" value="([^"]+)"/.exec(body)?.[1] ?? '';
    const post = (payload: Record<string, string>) =>
      server?.inject({
        method: 'POST',
        url: '/retry',
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams(payload).toString(),
      });
    const done = await post({ token, id: record.id });
    expect([done?.statusCode, done?.headers.location]).toEqual([303, `/mails/${record.id}?moved=1&queued=0&refused=0`]);
    expect((await post({ token: `${token}x`, id: record.id }))?.statusCode).toBe(403);
    expect((await post({ token }))?.statusCode).toBe(403);
  });
});
