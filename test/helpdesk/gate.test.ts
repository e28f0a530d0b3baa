import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LookAlike, startLookAlike } from '../../demo/helpdesk/look-alike.js';
import { HelpdeskClient } from '../../src/helpdesk/client.js';
import { type Caller, openTickets } from '../../src/helpdesk/gate.js';
import { MAX_TICKETS_ASKED } from '../../src/limits.js';
import { untilTheEnd } from '../until-the-end.js';

const token = 'the-token';
let helpdesk: LookAlike;
let client: HelpdeskClient;

const caller = (address: string, given: Partial<Caller> = {}): Caller => ({
  writer: { kind: 'customer', mayTakePart: false },
  address,
  known: async () => null,
  ...given,
});
/** The first ticket that is open; null where none is. */
async function open(ids: readonly number[], sender: Caller, by = client): Promise<string | null> {
  for await (const { ticket } of openTickets(by, ids.map(String), sender)) return ticket.id;
  return null;
}

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
    expect(await open(ids, caller(sender))).toBe(opened);
  });

  it('asks about no more ids than the bound', async () => {
    const strangers = Array.from({ length: MAX_TICKETS_ASKED - 1 }, () => 99);
    expect(await open([...strangers, 1], caller('ann@example.com'))).toBe('1');
    expect(await open([...strangers, 99, 1], caller('ann@example.com'))).toBeNull();
  });

  it.each([500, 401, 429])('decides nothing on a %i, which is no "no"', async (status) => {
    helpdesk.fault({ kind: 'status', status, endpoint: 'ticket_view.php' });
    await expect(open([1], caller('ann@example.com'))).rejects.toThrow(/ticket_view\.php/);
  });

  it('trusts the API where a ticket shows neither address nor name', async () => {
    const bare = untilTheEnd(await startLookAlike({ token }));
    bare.fault({ kind: 'status', status: 200, body: '{"success":true,"ticket":{"id":"1"},"replies":[]}' });
    const bareClient = untilTheEnd(new HelpdeskClient({ url: bare.apiUrl, token }));
    expect(await open([1], caller('ann@example.com'), bareClient)).toBe('1');
  });
});

describe('the gate to somebody who took part in the mails of a ticket', () => {
  const known = async (id: string) =>
    id === '1' ? { owner: 'ann@example.com', people: ['ann@example.com', 'cid@example.com'] } : null;
  const participant = (address: string, mayTakePart = true) =>
    caller(address, { writer: { kind: 'customer', mayTakePart }, known });

  it.each([
    ['opens', [1], participant('Cid@example.com'), '1'],
    ['opens the next one that lets them in', [2, 1], participant('cid@example.com'), '1'],
    ['stays shut where the policy knows only owners', [1], participant('cid@example.com', false), null],
    ['stays shut to who took no part', [1], participant('eve@example.net'), null],
    ['stays shut where the ledger knows nothing of the ticket', [2], participant('cid@example.com'), null],
    [
      'stays shut where the ticket is no more of whom the ledger says',
      [1],
      {
        ...participant('cid@example.com'),
        known: async () => ({ owner: 'old@example.com', people: ['cid@example.com'] }),
      },
      null,
    ],
  ])('%s', async (_, ids, who, opened) => {
    expect(await open(ids, who)).toBe(opened);
  });
});

describe('the gate to our own people', () => {
  const staff = (given: Partial<Caller> = {}, others: string[] = []) =>
    caller('jane@acme.test', { writer: { kind: 'staff', others }, ...given });
  const known = async () => ({ owner: 'ann@example.com', people: [] });

  it.each([
    ['opens a ticket whose owner the ledger knows', [1], staff({ known }), '1'],
    ['opens a ticket whose owner stands in To or Cc', [2], staff({}, ['x@example.com', 'bea@example.com']), '2'],
    ['stays shut where nobody can say that the ticket exists', [1], staff(), null],
    ['stays shut for a ticket that does not exist, whatever the ledger says', [99], staff({ known }), null],
    ['opens a ticket of their own', [4], staff(), '4'],
  ])('%s', async (_, ids, who, opened) => {
    if (opened === '4') await client.createTicket({ subject: 'x', message: 'y', user_email: 'jane@acme.test' });
    expect(await open(ids, who)).toBe(opened);
  });
});

it('opens nothing to nobody, and asks nobody', async () => {
  const before = helpdesk.calls().length;
  const writer = { kind: 'nobody', why: 'x', unverified: true, setting: null } as const;
  expect(await open([1], caller('ann@example.com', { writer }))).toBeNull();
  expect(helpdesk.calls()).toHaveLength(before);
});
