import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LookAlike, startLookAlike } from '../../demo/helpdesk/look-alike.js';
import { HelpdeskClient } from '../../src/helpdesk/client.js';
import { firstOwnTicket } from '../../src/helpdesk/gate.js';
import { MAX_SUBJECT_TAGS } from '../../src/limits.js';
import { untilTheEnd } from '../until-the-end.js';

const token = 'the-token';
let helpdesk: LookAlike;
let client: HelpdeskClient;

/** Ticket 1 is Ann's, 2 Bea's, and 3 Ann's, who gave Bea's address as her name. */
beforeAll(async () => {
  helpdesk = await startLookAlike({ token });
  client = new HelpdeskClient({ url: helpdesk.apiUrl, token });
  const ticket = { subject: 'Hello', message: 'World' };
  await client.createTicket({ ...ticket, user_email: 'ann@example.com', name: 'Ann' });
  await client.createTicket({ ...ticket, user_email: 'bea@example.com', name: 'Bea' });
  await client.createTicket({ ...ticket, user_email: 'ann@example.com', name: 'bea@example.com' });
});
afterAll(async () => {
  await client.close();
  await helpdesk.close();
});

describe('the gate', () => {
  it.each([
    ["the sender's own ticket", [1], 'ann@example.com', '1'],
    ['the same address in other letters', [1], 'Ann@Example.COM', '1'],
    ["the first of the sender's own, after others", [2, 99, 3, 1], 'ann@example.com', '3'],
    ["nobody else's ticket", [2], 'ann@example.com', null],
    ['no ticket to a stranger', [1, 2, 3], 'eve@example.net', null],
    ['no ticket that does not exist', [99], 'ann@example.com', null],
    ['nothing for the id 0, which the API counts as missing', [0], 'ann@example.com', null],
    ['nothing where there is no id', [], 'ann@example.com', null],
    ["no ticket by its owner's chosen name", [3], 'bea@example.com', null],
    ['no ticket by the name of a person', [1], 'Ann', null],
    [
      'no ticket to an address that differs by an accent, which the database overlooks',
      [1],
      '\u00E1nn@example.com',
      null,
    ],
  ])('opens %s', async (_, ids, sender, opened) => {
    expect((await firstOwnTicket(client, ids, sender))?.ticket.id ?? null).toBe(opened);
  });

  it('asks about no more ids than the bound', async () => {
    const strangers = Array.from({ length: MAX_SUBJECT_TAGS - 1 }, () => 99);
    expect((await firstOwnTicket(client, [...strangers, 1], 'ann@example.com'))?.ticket.id).toBe('1');
    expect(await firstOwnTicket(client, [...strangers, 99, 1], 'ann@example.com')).toBeNull();
  });

  it.each([500, 401, 429])('decides nothing on a %i, which is no "no"', async (status) => {
    helpdesk.fault({ kind: 'status', status, endpoint: 'ticket_view.php' });
    await expect(firstOwnTicket(client, [1], 'ann@example.com')).rejects.toThrow(/ticket_view\.php/);
  });

  it('trusts the API where a ticket shows neither address nor name', async () => {
    const bare = untilTheEnd(await startLookAlike({ token }));
    bare.fault({ kind: 'status', status: 200, body: '{"success":true,"ticket":{"id":"1"},"replies":[]}' });
    const bareClient = untilTheEnd(new HelpdeskClient({ url: bare.apiUrl, token }));
    expect((await firstOwnTicket(bareClient, [1], 'ann@example.com'))?.ticket.id).toBe('1');
  });
});
