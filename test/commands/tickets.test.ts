import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LookAlike, startLookAlike } from '../../demo/helpdesk/look-alike.js';
import { HelpdeskClient } from '../../src/helpdesk/client.js';
import { runCli } from '../services/cli.js';

const token = 'token-of-the-tests';
const hostile = 'red \u001b[31m \u009b31m and \u202Edesrever';
let helpdesk: LookAlike;
let environment: Record<string, string>;
let id: string;

beforeAll(async () => {
  helpdesk = await startLookAlike({ token, fields: [{ id: '7', name: 'Order' }] });
  environment = { HELPDESK_URL: helpdesk.apiUrl, HELPDESK_TOKEN: token };
  const client = new HelpdeskClient({ url: helpdesk.apiUrl, token });
  const user_email = 'ann@example.com';
  const ticket = { subject: hostile, message: `One\n${hostile}`, user_email, custom_fields: { 7: 'A-1' } };
  id = await client.createTicket(ticket);
  await client.replyToTicket({ ticket_id: id, user_email, message: 'Reply 99 by agent 1\nTwo' });
  await client.close();
});
afterAll(() => helpdesk.close());

const list = (...args: string[]) => runCli(['tickets', 'list', ...args], environment);
const view = (...args: string[]) => runCli(['tickets', 'view', ...args], environment);

it('lists the tickets of a person, and nothing in them can command the terminal', async () => {
  const { out, code } = await list('ann@example.com');
  expect(code).toBe(0);
  expect(out).toContain('red [31m 31m and desrever');
  expect(out).not.toMatch(/[\u001b\u009b\u202e]/);
});

it('shows a ticket with its fields and replies; a message cannot pass for the head of a reply', async () => {
  const { out, code } = await view(id, 'ann@example.com');
  expect(code).toBe(0);
  expect(out).toMatch(/field 7 \(Order\).*A-1/);
  expect(out).toMatch(/^Reply 1 by the customer, /m);
  expect(out).toContain('\n  | Reply 99 by agent 1\n  | Two\n');
  expect(out).not.toMatch(/[\u001b\u009b]/);
});

it('prints JSON that holds the same and is harmless on a terminal', async () => {
  const listed = await list('ann@example.com', '--json');
  expect(JSON.parse(listed.out)).toMatchObject([{ id, subject: hostile }]);
  const viewed = await view(id, 'ann@example.com', '--json');
  expect(JSON.parse(viewed.out)).toMatchObject({ ticket: { subject: hostile }, replies: [{}] });
  expect(listed.out + viewed.out).not.toMatch(/[\u001b\u009b\u202e]/);
});

it('exits with 1 where nothing is found, and says so', async () => {
  expect(await list('bob@example.com')).toMatchObject({ code: 1, out: expect.stringContaining('bob@example.com') });
  expect(await view(id, 'bob@example.com')).toMatchObject({ code: 1, out: expect.stringContaining('belongs to') });
  expect(await view('99', 'ann@example.com', '--json')).toMatchObject({ code: 1, out: 'null\n' });
});

it('names the setting that is wrong', async () => {
  const wrong = await runCli(['tickets', 'list', 'a@b.test'], { ...environment, HELPDESK_TOKEN: 'wrong' });
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('HELPDESK_TOKEN') });
  const none = await runCli(['tickets', 'list', 'a@b.test'], { HELPDESK_URL: 'http://help.acme.test/' });
  expect(none).toMatchObject({
    code: 2,
    err: expect.stringMatching(/HELPDESK_TOKEN.*not set[\s\S]*HELPDESK_ALLOW_HTTP/),
  });
});

it.each([
  [['list', 'foo'], /'foo' is invalid for argument 'email'.*an address, as ann@example\.com/],
  [['view', 'abc', 'ann@example.com'], /'abc' is invalid for argument 'id'.*the number of a ticket/],
])('ends with 2 where it is called wrongly: %j', async (args, words) => {
  const { code, err } = await runCli(['tickets', ...args]);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(words) });
});
