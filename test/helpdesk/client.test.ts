import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../demo/helpdesk/faults.js';
import { type LookAlike, startLookAlike } from '../../demo/helpdesk/look-alike.js';
import {
  ConfigError,
  HelpdeskMisconfiguredError,
  HelpdeskServerError,
  HelpdeskUnreachableError,
} from '../../src/errors.js';
import { type EndedCall, HelpdeskClient } from '../../src/helpdesk/client.js';
import { untilTheEnd } from '../until-the-end.js';

const token = 'the-token';
let helpdesk: LookAlike;
let client: HelpdeskClient;

beforeAll(async () => {
  helpdesk = await startLookAlike({ token, fields: [{ id: '7', name: 'Order' }], agents: ['agent@acme.test'] });
  client = new HelpdeskClient({ url: helpdesk.apiUrl, token });
});
afterEach(() => helpdesk.clearFaults());
afterAll(async () => {
  await client.close();
  await helpdesk.close();
});

const ticket = { subject: 'Hello', message: 'Wörld & Co = 100 % +1', user_email: 'ann+x@example.com' };

describe('the client', () => {
  it('creates a ticket with all its fields, as a form', async () => {
    const all = { ...ticket, name: 'Ann', company: 'Acme', priority: 'high', category_id: 2 } as const;
    const id = await client.createTicket({ ...all, custom_fields: { 7: 'A-1 "quoted"' } });
    expect(id).toBe(String(helpdesk.tickets().length));
    const { user_email: email, category_id, ...same } = all;
    const stored = { ...same, email, category_id: String(category_id), custom_fields: { 7: 'A-1 "quoted"' } };
    expect(helpdesk.tickets().at(-1)).toMatchObject(stored);
    expect(helpdesk.calls().at(-1)).toMatchObject({ method: 'POST', contentType: 'application/x-www-form-urlencoded' });
  });

  it('lists the tickets of an address', async () => {
    const id = await client.createTicket({ ...ticket, user_email: 'bea@example.com' });
    const tickets = await client.listTickets('bea@example.com');
    expect(tickets).toMatchObject([{ id, subject: 'Hello', status: 'open', priority: 'medium' }]);
    expect(await client.listTickets('nobody@example.com')).toEqual([]);
  });

  it('shows a ticket with replies and custom fields, and null for what is not there or not theirs', async () => {
    const id = await client.createTicket({ ...ticket, user_email: 'cy@example.com', custom_fields: { 7: 'A-2' } });
    const replyId = await client.replyToTicket({ ticket_id: id, user_email: 'cy@example.com', message: 'More' });
    await client.replyToTicket({ ticket_id: id, user_email: 'agent@acme.test', message: 'Thanks' });
    expect(await client.viewTicket(id, 'cy@example.com')).toMatchObject({
      ticket: { id, subject: 'Hello', message: ticket.message, email: 'cy@example.com' },
      replies: [
        { id: replyId, message: 'More', user_id: '' },
        { message: 'Thanks', user_id: '1' },
      ],
      custom_fields: { 7: { name: 'Order', value: 'A-2', required: false } },
    });
    expect(await client.viewTicket(id, 'dan@example.com')).toBeNull();
    expect(await client.viewTicket('4711', 'cy@example.com')).toBeNull();
  });

  it('reads the custom fields and categories, and null from a server that has no such thing', async () => {
    expect(await client.customFields()).toEqual([
      { id: '7', name: 'Order', type: 'text', required: false, possible_values: '' },
    ]);
    expect(await client.categories()).toContainEqual({ id: '1', name: 'General', icon: '' });
    const old = untilTheEnd(await startLookAlike({ token, newer: false }));
    const oldClient = untilTheEnd(new HelpdeskClient({ url: old.apiUrl, token }));
    expect([await oldClient.customFields(), await oldClient.categories()]).toEqual([null, null]);
  });

  it('takes the URL with or without its last slash, and keeps to its folder', async () => {
    const bare = untilTheEnd(new HelpdeskClient({ url: helpdesk.apiUrl.slice(0, -1), token }));
    expect(await bare.listTickets('nobody@example.com')).toEqual([]);
    const elsewhere = untilTheEnd(new HelpdeskClient({ url: helpdesk.url, token }));
    const error = await elsewhere.listTickets('nobody@example.com').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(HelpdeskMisconfiguredError);
    expect(error).toMatchObject({ setting: 'HELPDESK_URL', status: 404 });
  });

  it('tells of every call that has ended: what it was, how it ended and how long it took', async () => {
    const told: EndedCall[] = [];
    const watched = untilTheEnd(new HelpdeskClient({ url: helpdesk.apiUrl, token, onCall: (call) => told.push(call) }));
    await watched.createTicket(ticket);
    helpdesk.fault({ kind: 'status', status: 500 });
    await expect(watched.listTickets('ann@example.com')).rejects.toThrow(HelpdeskServerError);
    expect(told).toEqual([
      { endpoint: 'tickets_create.php', result: 'OK', durationMs: expect.any(Number) },
      { endpoint: 'tickets_list.php', result: 'HELPDESK_SERVER_ERROR', durationMs: expect.any(Number) },
    ]);
    expect(told.every(({ durationMs }) => durationMs > 0)).toBe(true);
  });

  it('opens no more connections than it is given, and answers all calls', async () => {
    const narrow = untilTheEnd(new HelpdeskClient({ url: helpdesk.apiUrl, token, connections: 2 }));
    const before = helpdesk.tickets().length;
    const ids = await Promise.all(Array.from({ length: 20 }, () => narrow.createTicket(ticket)));
    expect(new Set(ids).size).toBe(20);
    expect(helpdesk.tickets().length).toBe(before + 20);
  });

  it('rejects calls after it was closed, and may be closed and abandoned again', async () => {
    const closed = new HelpdeskClient({ url: helpdesk.apiUrl, token });
    await Promise.all([closed.close(), closed.close()]);
    await closed.abandon();
    await closed.close();
    await expect(closed.listTickets('x@example.com')).rejects.toBeInstanceOf(HelpdeskUnreachableError);
  });

  it.each([
    ['no URL', 'help.acme.test'],
    ['another scheme', 'ftp://help.acme.test/api/'],
    ['a user', 'https://me:secret@help.acme.test/api/'],
    ['a query', 'https://help.acme.test/api/?a=b'],
    ['a fragment', 'https://help.acme.test/api/#a'],
  ])('refuses an address that has %s, without repeating it', (_, url) => {
    const open = () => new HelpdeskClient({ url, token });
    expect(open).toThrow(ConfigError);
    expect(open).not.toThrow(/secret/);
  });

  it.each(['', 'two words', 'line\nbreak', 'sch\u00F6n'])('refuses the token %j, without repeating it', (bad) => {
    expect(() => new HelpdeskClient({ url: helpdesk.apiUrl, token: bad })).toThrow(
      /^configuration: HELPDESK_TOKEN: must be printable ASCII without spaces$/,
    );
  });
});

describe('a call fails', () => {
  const cases: [string, Fault, { code: string; mayHaveBeenCarriedOut: boolean; [key: string]: unknown }, number][] = [
    [
      'a 500',
      { kind: 'status', status: 500 },
      { code: 'HELPDESK_SERVER_ERROR', mayHaveBeenCarriedOut: true, status: 500 },
      0,
    ],
    [
      'a 503',
      { kind: 'status', status: 503 },
      { code: 'HELPDESK_SERVER_ERROR', mayHaveBeenCarriedOut: true, status: 503 },
      0,
    ],
    [
      'a 504 that came too late',
      { kind: 'status', status: 504, carriedOut: true },
      { code: 'HELPDESK_SERVER_ERROR', mayHaveBeenCarriedOut: true },
      1,
    ],
    [
      'a page in a 200',
      { kind: 'html' },
      { code: 'HELPDESK_SERVER_ERROR', mayHaveBeenCarriedOut: true, status: 200 },
      0,
    ],
    [
      'a 429',
      { kind: 'status', status: 429, retryAfter: '7' },
      { code: 'HELPDESK_RATE_LIMITED', mayHaveBeenCarriedOut: false, retryAfterMs: 7000 },
      0,
    ],
    [
      'a 401',
      { kind: 'status', status: 401 },
      { code: 'HELPDESK_MISCONFIGURED', mayHaveBeenCarriedOut: false, setting: 'HELPDESK_TOKEN' },
      0,
    ],
    [
      'a 403',
      { kind: 'status', status: 403 },
      { code: 'HELPDESK_MISCONFIGURED', mayHaveBeenCarriedOut: false, setting: 'HELPDESK_TOKEN' },
      0,
    ],
    [
      'a 404',
      { kind: 'status', status: 404 },
      { code: 'HELPDESK_MISCONFIGURED', mayHaveBeenCarriedOut: false, setting: 'HELPDESK_URL' },
      0,
    ],
    [
      'a redirect',
      { kind: 'status', status: 301 },
      { code: 'HELPDESK_MISCONFIGURED', mayHaveBeenCarriedOut: false, setting: 'HELPDESK_URL' },
      0,
    ],
    ['a 413', { kind: 'status', status: 413 }, { code: 'HELPDESK_REFUSED', mayHaveBeenCarriedOut: false }, 0],
    ['a lost answer', { kind: 'drop' }, { code: 'HELPDESK_INTERRUPTED', mayHaveBeenCarriedOut: true }, 1],
    ['half an answer', { kind: 'truncate' }, { code: 'HELPDESK_INTERRUPTED', mayHaveBeenCarriedOut: true }, 1],
    ['no answer', { kind: 'hang', carriedOut: true }, { code: 'HELPDESK_INTERRUPTED', mayHaveBeenCarriedOut: true }, 1],
  ];
  it.each(cases)('with %s', async (_, fault, expected, created) => {
    const timeoutMs = fault.kind === 'hang' ? 1000 : 30_000;
    const quick = untilTheEnd(new HelpdeskClient({ url: helpdesk.apiUrl, token, timeoutMs }));
    const before = helpdesk.tickets().length;
    helpdesk.fault(fault);
    const error = await quick.createTicket({ ...ticket, message: 'private words' }).catch((e: unknown) => e);
    expect(error).toMatchObject({ ...expected, endpoint: 'tickets_create.php' });
    expect(helpdesk.tickets().length - before).toBe(created);
    expect(inspect(error, { depth: 9 })).not.toMatch(/private|the-token|ann/);
  });

  it('with a refusal in a 200, and gives its words', async () => {
    const refused = { code: 'HELPDESK_REFUSED', apiMessage: 'Missing required fields', status: 200 };
    await expect(client.createTicket({ ...ticket, subject: '0' })).rejects.toMatchObject(refused);
  });

  it('with the wrong token', async () => {
    const wrong = untilTheEnd(new HelpdeskClient({ url: helpdesk.apiUrl, token: 'revoked' }));
    await expect(wrong.listTickets('x@example.com')).rejects.toMatchObject({ setting: 'HELPDESK_TOKEN', status: 401 });
  });

  it('with a subject that a strict database does not take', async () => {
    const tooLong = client.createTicket({ ...ticket, subject: 'x'.repeat(256) });
    await expect(tooLong).rejects.toMatchObject({ code: 'HELPDESK_SERVER_ERROR', status: 500 });
  });

  it.each([
    ['no id', '{"success":true}', 'ticket_id'],
    ['the id 0', '{"success":true,"ticket_id":"0"}', 'ticket_id'],
    ['an id that is none', '{"success":true,"ticket_id":{"secret":1}}', 'ticket_id'],
  ])('with an answer that has %s, which may have been carried out', async (_, body, where) => {
    const odd = untilTheEnd(await answering(body));
    const error = await odd.client.createTicket(ticket).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(HelpdeskServerError);
    expect(error).toMatchObject({ mayHaveBeenCarriedOut: true, message: expect.stringContaining(where) });
    expect(String(error)).not.toContain('secret');
  });
});

describe('answers of other versions are understood', () => {
  it('with ids and flags as numbers, without columns, with columns unheard of', async () => {
    const row = { id: 12, subject: 'Hi', priority: null, is_vip: true };
    const odd = untilTheEnd(
      await answering(
        JSON.stringify({
          success: true,
          ticket_id: 12,
          reply_id: 3,
          tickets: [row],
          ticket: row,
          replies: [{ id: 3, message: 'x', user_id: 4 }],
          custom_fields: { 7: { name: 'Order', required: 1, value: 5 } },
        }),
      ),
    );
    expect(await odd.client.createTicket(ticket)).toBe('12');
    expect(await odd.client.replyToTicket({ ticket_id: '12', user_email: 'a@b.test', message: 'x' })).toBe('3');
    expect(await odd.client.listTickets('a@b.test')).toMatchObject([{ id: '12', created_at: '', priority: '' }]);
    expect(await odd.client.viewTicket('12', 'a@b.test')).toMatchObject({
      ticket: { id: '12', message: '', email: '' },
      replies: [{ id: '3', user_id: '4', created_at: '' }],
      custom_fields: { 7: { required: true, value: '5', type: '' } },
    });
  });

  it('without replies, custom fields and a reply id', async () => {
    const odd = untilTheEnd(await answering('{"success":true,"ticket":{"id":"1"},"custom_fields":[]}'));
    expect(await odd.client.viewTicket('1', 'a@b.test')).toMatchObject({ replies: [], custom_fields: {} });
    expect(await odd.client.replyToTicket({ ticket_id: '1', user_email: 'a@b.test', message: 'x' })).toBeNull();
  });
});

/** A client of a server that always answers with this body. */
async function answering(body: string) {
  const server = await startLookAlike({ token });
  server.fault({ kind: 'status', status: 200, body, times: 100 });
  const odd = new HelpdeskClient({ url: server.apiUrl, token });
  return {
    client: odd,
    async [Symbol.asyncDispose]() {
      await odd.close();
      await server.close();
    },
  };
}
