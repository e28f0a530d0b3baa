import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type LookAlike, startLookAlike } from '../../demo/helpdesk/look-alike.js';
import { untilTheEnd } from '../until-the-end.js';

const token = 'the-token';
let helpdesk: LookAlike;

beforeAll(async () => {
  helpdesk = await startLookAlike({ token, agents: ['agent@acme.test'], fields: [{ id: '7', name: 'Order' }] });
});
afterAll(() => helpdesk.close());

async function api(
  file: string,
  fields: Record<string, string>,
  { method = 'POST', authorization = `Bearer ${token}` } = {},
) {
  const form = new URLSearchParams(fields);
  const url = `${helpdesk.apiUrl}${file}${method === 'GET' ? `?${form}` : ''}`;
  return answerOf(await fetch(url, { method, headers: { authorization }, ...(method === 'POST' && { body: form }) }));
}

async function apiJson(file: string, value: object) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return answerOf(await fetch(helpdesk.apiUrl + file, { method: 'POST', headers, body: JSON.stringify(value) }));
}

async function answerOf(response: Response) {
  const body = await response.text();
  return { status: response.status, body, json: body.startsWith('{') ? JSON.parse(body) : null };
}

const ticket = { subject: 'Hello', message: 'World', user_email: 'ann@example.com' };
const missing = { success: false, error: 'Missing required fields' };

describe('tickets_create.php', () => {
  it('gives the id of the new ticket as a string', async () => {
    const { status, json } = await api('tickets_create.php', ticket);
    expect({ status, json }).toEqual({
      status: 200,
      json: { success: true, ticket_id: String(helpdesk.tickets().length) },
    });
  });

  it.each(['subject', 'message', 'user_email'])(
    'counts %s as missing where it is empty or "0", in a 200',
    async (name) => {
      for (const value of ['', '0']) {
        expect(await api('tickets_create.php', { ...ticket, [name]: value })).toMatchObject({
          status: 200,
          json: missing,
        });
      }
    },
  );

  it.each([
    ['a subject of 255 characters', { subject: '\u{1F600}'.repeat(255) }, 200],
    ['a subject of 256 characters', { subject: 'x'.repeat(256) }, 500],
    ['a message of 65,535 bytes', { message: 'x'.repeat(65_535) }, 200],
    ['a message of 65,536 bytes in fewer characters', { message: 'ä'.repeat(32_768) }, 500],
    ['a priority of the three', { priority: 'low' }, 200],
    ['a priority of its own', { priority: 'urgent' }, 500],
    ['a name of 256 characters', { name: 'x'.repeat(256) }, 500],
    ['a category that is no number', { category_id: 'billing' }, 500],
    ['custom fields as form arrays', { 'custom_fields[7]': 'A-1' }, 500],
  ])('answers %s like a strict database', async (_, fields, status) => {
    const before = helpdesk.tickets().length;
    const answer = await api('tickets_create.php', { ...ticket, ...fields });
    expect(answer.status).toBe(status);
    expect(helpdesk.tickets().length - before).toBe(status === 200 ? 1 : 0);
    if (status === 500) expect(answer.body).toBe('');
  });

  it('takes custom fields as JSON in a form field', async () => {
    await api('tickets_create.php', { ...ticket, custom_fields: '{"7":"A-1","99":"no such field"}' });
    expect(helpdesk.tickets().at(-1)?.custom_fields).toEqual({ 7: 'A-1' });
  });

  it('takes a JSON body, and fails with an empty 500 on a nested object in it', async () => {
    expect(await apiJson('tickets_create.php', { ...ticket, custom_fields: '{"7":"A-2"}' })).toMatchObject({
      status: 200,
    });
    const nested = await apiJson('tickets_create.php', { ...ticket, custom_fields: { 7: 'A-3' } });
    expect(nested).toMatchObject({ status: 500, body: '' });
  });

  it('refuses a ticket without a required custom field, and names the field', async () => {
    const strict = untilTheEnd(
      await startLookAlike({ token, fields: [{ id: '3', name: 'Contract', required: true }] }),
    );
    const response = await fetch(`${strict.apiUrl}tickets_create.php`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: new URLSearchParams(ticket),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      success: false,
      error: 'Missing required custom fields',
      custom_field_errors: { 3: 'This field is required.' },
    });
  });
});

describe('ticket_reply.php', () => {
  it('takes any id from any sender, even an id that does not exist', async () => {
    const fields = { ticket_id: '1', user_email: 'stranger@example.net', message: 'I was never here' };
    expect(await api('ticket_reply.php', fields)).toMatchObject({ json: { success: true } });
    expect(await api('ticket_reply.php', { ...fields, ticket_id: '4711' })).toMatchObject({ json: { success: true } });
    expect(helpdesk.orphans()).toMatchObject([{ ticket_id: 4711 }]);
  });

  it("shows a reply from an agent's address as that agent's", async () => {
    await api('ticket_reply.php', { ticket_id: '1', user_email: 'agent@acme.test', message: 'From staff' });
    expect(helpdesk.tickets()[0]?.replies.at(-1)).toMatchObject({ user_id: 1, message: 'From staff' });
    expect(await (await fetch(`${helpdesk.url}tickets/1`)).text()).toContain('<b>agent@acme.test</b>');
  });
});

describe('ticket_view.php and tickets_list.php', () => {
  it.each([
    ['the address', 'bea@example.com', true],
    ['the address in other letters', 'BÉA@example.com', true],
    ['the name', 'Bea Long', true],
    ['neither', 'ann@example.com', false],
  ])('show a ticket to whoever gives %s as email', async (_, user_email, shown) => {
    const created = await api('tickets_create.php', { ...ticket, user_email: 'bea@example.com', name: 'Bea Long' });
    const { ticket_id } = created.json;
    const view = await api('ticket_view.php', { ticket_id, user_email }, { method: 'GET' });
    const denied = { success: false, error: 'Ticket not found or no permission' };
    expect(view).toMatchObject({ status: 200, json: shown ? { success: true, ticket: { id: ticket_id } } : denied });
    const { json } = await api('tickets_list.php', { user_email }, { method: 'GET' });
    expect(json.tickets.some(({ id }: { id: string }) => id === ticket_id)).toBe(shown);
  });

  it('date tickets in the time zone of the server, and do not name it', async () => {
    const tokyo = untilTheEnd(await startLookAlike({ token, utcOffsetMinutes: 9 * 60 }));
    const before = Date.now();
    const authorization = `Bearer ${token}`;
    const body = new URLSearchParams(ticket);
    await fetch(`${tokyo.apiUrl}tickets_create.php`, { method: 'POST', headers: { authorization }, body });
    const created = tokyo.tickets()[0]?.created_at ?? '';
    expect(created).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(Date.parse(`${created.replace(' ', 'T')}Z`)).toBeGreaterThan(before + 8 * 3_600_000);
  });

  it('write no custom fields as an empty array', async () => {
    const plain = untilTheEnd(await startLookAlike({ token }));
    const authorization = `Bearer ${token}`;
    const body = new URLSearchParams(ticket);
    await fetch(`${plain.apiUrl}tickets_create.php`, { method: 'POST', headers: { authorization }, body });
    const view = await fetch(`${plain.apiUrl}ticket_view.php?ticket_id=1&user_email=ann@example.com`, {
      headers: { authorization },
    });
    expect(await view.json()).toMatchObject({ custom_fields: [] });
  });
});

describe('the look-alike', () => {
  it('answers a wrong token with 401', async () => {
    expect(await api('tickets_create.php', ticket, { authorization: 'Bearer wrong' })).toMatchObject({ status: 401 });
  });

  it('has the newer endpoints only where it is told so', async () => {
    const old = untilTheEnd(await startLookAlike({ token, newer: false }));
    for (const file of ['ticket_custom_fields.php', 'ticket_categories.php']) {
      expect((await fetch(old.apiUrl + file)).status).toBe(404);
      expect((await api(file, {}, { method: 'GET' })).json).toMatchObject({ success: true });
    }
  });

  it('escapes what mails bring on its page', async () => {
    const attack = `<img src=x onerror="alert('1')">&`;
    await api('tickets_create.php', {
      subject: attack,
      message: attack,
      user_email: attack,
      name: attack,
      custom_fields: JSON.stringify({ 7: attack }),
    });
    for (const page of ['', `tickets/${helpdesk.tickets().length}`]) {
      const html = await (await fetch(helpdesk.url + page)).text();
      expect(html).not.toContain('<img');
      expect(html).toContain('&#60;img src=x onerror=&#34;');
    }
  });

  it('dumps its tickets and takes faults over HTTP', async () => {
    const dump = (await (await fetch(`${helpdesk.url}_tickets`)).json()) as { tickets: unknown[] };
    expect(dump.tickets).toEqual(helpdesk.tickets());
    const headers = { 'content-type': 'application/json' };
    const control = (fault: object) =>
      fetch(`${helpdesk.url}_fault`, { method: 'POST', headers, body: JSON.stringify(fault) });
    expect((await control({ kind: 'no such fault' })).status).toBe(400);
    expect((await control({ kind: 'status', status: 503, endpoint: 'tickets_create.php', times: 2 })).status).toBe(200);
    expect(await api('tickets_list.php', { user_email: 'x@example.com' })).toMatchObject({ status: 200 });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await api('tickets_create.php', ticket)).status);
    expect(statuses).toEqual([503, 503, 200]);
  });

  it('refuses connections for a while, then is there again on the same port', async () => {
    const away = untilTheEnd(await startLookAlike({ token }));
    away.fault({ kind: 'refuse', forMs: 300 });
    await expect(fetch(away.url)).rejects.toThrow();
    await expect
      .poll(
        () =>
          fetch(away.url).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 10_000 },
      )
      .toBe(200);
  });
});

it('runs as a process of its own until it is told to end', async () => {
  const child = spawn(process.execPath, [
    '--import',
    'tsx',
    'demo/helpdesk/main.ts',
    '--port',
    '0',
    '--token',
    token,
    '--field',
    '7:Order',
  ]);
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  await expect.poll(() => said, { timeout: 20_000 }).toContain('HELPDESK_URL=');
  const [, apiUrl = ''] = /HELPDESK_URL=(\S+)/.exec(said) ?? [];
  const fields = await fetch(`${apiUrl}ticket_custom_fields.php`);
  expect(await fields.json()).toMatchObject({ fields: [{ id: '7', name: 'Order' }] });
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it.each([
  [['--help'], 0, /npm run demo:helpdesk -- \[options\][\s\S]*--token <token>[\s\S]*HELPDESK_URL/],
  [['--tokens', 'x'], 1, /^error: unknown option '--tokens'/],
  [['--port', 'x'], 1, /a port from 0 to 65535/],
])('as a process teaches its options, without a stack trace: %j', async (args, code, words) => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'demo/helpdesk/main.ts', ...args]);
  const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect({ exit, said: out + err }).toEqual({ exit: code, said: expect.stringMatching(words) });
  expect(err).not.toMatch(/^\s+at /m);
});
