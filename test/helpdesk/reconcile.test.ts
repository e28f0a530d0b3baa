import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LookAlike, type LookAlikeOptions, startLookAlike } from '../../demo/helpdesk/look-alike.js';
import { HelpdeskClient } from '../../src/helpdesk/client.js';
import { type Claims, findReply, findTicket, type Recognition, repliesOf } from '../../src/helpdesk/reconcile.js';
import { MAX_CANDIDATES } from '../../src/limits.js';

const HOUR = 3_600_000;
const token = 'the-token';
const ann = 'ann@example.com';
const ticket = { subject: 'Printer on fire', message: 'Dear all,\n\nit burns.', user_email: ann };
const undated: Recognition = { receivedAt: null, messageIdField: null };
const nobody: Claims = { isTaken: async () => false };

let helpdesk: LookAlike;
let client: HelpdeskClient;

async function start(options: Partial<LookAlikeOptions> = {}) {
  helpdesk = await startLookAlike({ token, ...options });
  client = new HelpdeskClient({ url: helpdesk.apiUrl, token });
}

beforeEach(() => start());
afterEach(async () => {
  await client.close();
  await helpdesk.close();
});

const viewed = () => helpdesk.calls().filter(({ endpoint }) => endpoint === 'ticket_view.php').length;

describe('the ticket of an earlier attempt', () => {
  it('is found by sender, subject and message', async () => {
    await client.createTicket({ ...ticket, message: 'Another matter' });
    const id = await client.createTicket(ticket);
    await client.createTicket({ ...ticket, subject: 'Another subject' });
    expect(await findTicket(client, ticket, undated, nobody)).toBe(id);
  });

  it('is found where the helpdesk shows it escaped and with other white space', async () => {
    const sent = { ...ticket, subject: 'A & B', message: 'x < y\r\n\r\n"z"' };
    const id = await client.createTicket({ ...sent, subject: 'A &amp; B', message: 'x &lt; y\n\n&quot;z&quot; ' });
    expect(await findTicket(client, sent, undated, nobody)).toBe(id);
  });

  it.each([
    ['of another sender', { user_email: 'bea@example.com' }],
    ['with another subject', { subject: 'Printer' }],
    ['with another message', { message: 'Dear all,\n\nit burns. Again.' }],
  ])('is none %s', async (_, other) => {
    await client.createTicket({ ...ticket, ...other });
    expect(await findTicket(client, ticket, undated, nobody)).toBeNull();
  });

  it('is none that another mail holds: of two equal mails each gets its own', async () => {
    const first = await client.createTicket(ticket);
    const second = await client.createTicket(ticket);
    const taken = (...ids: string[]): Claims => ({ isTaken: async (id) => ids.includes(id) });
    expect(await findTicket(client, ticket, undated, taken(second))).toBe(first);
    expect(await findTicket(client, ticket, undated, taken(first, second))).toBeNull();
  });

  it('costs no look at what other mails hold, so that many of one subject do not hide it', async () => {
    const own = await client.createTicket(ticket);
    const others: string[] = [];
    for (let i = 0; i < MAX_CANDIDATES; i++) others.push(await client.createTicket({ ...ticket, message: 'Another' }));
    const claims: Claims = { ...nobody, heldByOthers: async () => new Set(others) };
    expect(await findTicket(client, ticket, undated, claims)).toBe(own);
    expect(viewed()).toBe(1);
  });

  it('is claimed only where it would be adopted, since asking may hold it', async () => {
    await client.createTicket({ ...ticket, message: 'Another matter' });
    const own = await client.createTicket(ticket);
    await client.createTicket({ ...ticket, message: 'A third matter' });
    const asked: string[] = [];
    const claims: Claims = {
      isTaken: async (id) => {
        asked.push(id);
        return false;
      },
    };
    await findTicket(client, ticket, undated, claims);
    expect(asked).toEqual([own]);
  });

  it('may be that of an equal mail, which is said where all such tickets are looked at and no other field tells', async () => {
    const asked: [string, boolean][] = [];
    const claims: Claims = {
      isTaken: async (id, alike) => {
        asked.push([id, alike]);
        return true;
      },
    };
    const first = await client.createTicket(ticket);
    const second = await client.createTicket(ticket);
    await findTicket(client, ticket, undated, claims);
    expect(asked).toEqual([
      [second, true],
      [first, true],
    ]);
    for (let i = 0; i < MAX_CANDIDATES - 1; i++) await client.createTicket({ ...ticket, message: 'Another' });
    asked.length = 0;
    await findTicket(client, ticket, undated, claims);
    expect(asked).toEqual([[second, false]]);
  });

  it('costs no more looks than the bound, at the newest; other subjects cost none', async () => {
    const create = async (count: number, message: string, subject = ticket.subject) => {
      for (let i = 0; i < count; i++) await client.createTicket({ ...ticket, subject, message });
    };
    const own = await client.createTicket(ticket);
    await create(MAX_CANDIDATES - 1, 'Another matter');
    await create(5, 'Another matter', 'Another subject');
    expect(await findTicket(client, ticket, undated, nobody)).toBe(own);
    await create(1, 'Another matter');
    const before = viewed();
    expect(await findTicket(client, ticket, undated, nobody)).toBeNull();
    expect(viewed() - before).toBe(MAX_CANDIDATES);
  });

  it.each([
    ['came an hour ago', -1, 0, true],
    ['comes from a clock that is an hour ahead', 1, 0, true],
    ['came to a helpdesk at UTC-12', 0, -12 * 60, true],
    ['came to a helpdesk at UTC+14', 0, 14 * 60, true],
    ['came the day after', 0, -24 * 60, false],
    ['says that it came in ten years', 87_600, 0, true],
  ])('may be that of a mail which %s: %i hours, offset %i min', async (_, hours, utcOffsetMinutes, found) => {
    await client.close();
    await helpdesk.close();
    await start({ utcOffsetMinutes });
    const id = await client.createTicket(ticket);
    const receivedAt = new Date(Date.now() + hours * HOUR);
    expect(await findTicket(client, ticket, { ...undated, receivedAt }, nobody)).toBe(found ? id : null);
  });

  it('is not known where the helpdesk cannot be asked', async () => {
    await client.createTicket(ticket);
    helpdesk.fault({ kind: 'status', status: 503, endpoint: 'ticket_view.php' });
    await expect(findTicket(client, ticket, undated, nobody)).rejects.toMatchObject({ status: 503 });
  });
});

describe('a custom field with the Message-ID', () => {
  const by = (value: string): Recognition => ({ receivedAt: null, messageIdField: { id: '7', value } });

  beforeEach(async () => {
    await client.close();
    await helpdesk.close();
    await start({ fields: [{ id: '7', name: 'Message-ID' }] });
  });

  it.each([
    ['decides for a ticket whose message the helpdesk has changed', { 7: '<a@x>' }, 'It burns.', true],
    ['decides against a ticket with the same words', { 7: '<b@x>' }, ticket.message, false],
    ['leaves it to the message where it is empty', {}, ticket.message, true],
  ])('%s', async (_, custom_fields, message, found) => {
    const id = await client.createTicket({ ...ticket, message, custom_fields });
    expect(await findTicket(client, ticket, by('<a@x>'), nobody)).toBe(found ? id : null);
  });
});

describe('a custom field with the Message-ID, before who else may hold the ticket', () => {
  it('makes it certain, and where it is empty only alike', async () => {
    await client.close();
    await helpdesk.close();
    await start({ fields: [{ id: '7', name: 'Message-ID' }] });
    const asked: boolean[] = [];
    const claims: Claims = {
      isTaken: async (_, alike) => {
        asked.push(alike);
        return true;
      },
    };
    await client.createTicket(ticket);
    await client.createTicket({ ...ticket, custom_fields: { 7: '<a@x>' } });
    const by = { receivedAt: null, messageIdField: { id: '7', value: '<a@x>' } };
    await findTicket(client, ticket, by, claims);
    expect(asked).toEqual([false, true]);
  });
});

describe('the reply of an earlier attempt', () => {
  const reply = { user_email: ann, message: 'It still burns.' };

  async function view() {
    const shown = await client.viewTicket('1', ann);
    if (!shown) throw new Error('the ticket is not there');
    return shown;
  }

  beforeEach(async () => {
    await client.createTicket(ticket);
    await client.replyToTicket({ ticket_id: '1', ...reply, message: 'Another matter' });
  });

  it('is found among the replies of the ticket by its message', async () => {
    expect(await findReply(await view(), reply.message, { ...undated, repliesBefore: [] }, nobody)).toBeNull();
    const id = await client.replyToTicket({ ticket_id: '1', ...reply });
    expect(await findReply(await view(), ` ${reply.message}\r\n`, { ...undated, repliesBefore: [] }, nobody)).toBe(id);
  });

  it('is none that another mail holds', async () => {
    const first = await client.replyToTicket({ ticket_id: '1', ...reply });
    const claims: Claims = { ...nobody, isReplyTaken: async (id) => id === first };
    expect(await findReply(await view(), reply.message, { ...undated, repliesBefore: [] }, claims)).toBeNull();
    const second = await client.replyToTicket({ ticket_id: '1', ...reply });
    expect(await findReply(await view(), reply.message, { ...undated, repliesBefore: [] }, claims)).toBe(second);
  });

  it('is none that stood there before anything was posted of the mail, though nobody knows any more whose it is', async () => {
    const first = await client.replyToTicket({ ticket_id: '1', ...reply });
    const by = { ...undated, repliesBefore: repliesOf(await view(), reply.message) };
    expect(by.repliesBefore).toEqual([first]);
    expect(await findReply(await view(), reply.message, by, nobody)).toBeNull();
    const second = await client.replyToTicket({ ticket_id: '1', ...reply });
    expect(await findReply(await view(), reply.message, by, nobody)).toBe(second);
  });

  it('is none from the day before the mail came', async () => {
    await client.replyToTicket({ ticket_id: '1', ...reply });
    const shown = await view();
    const yesterday = new Date(Date.now() - 24 * HOUR).toISOString();
    const replies = shown.replies.map((each) => ({ ...each, created_at: yesterday }));
    const by = { receivedAt: new Date(), repliesBefore: [] };
    expect(await findReply({ ...shown, replies }, reply.message, by, nobody)).toBeNull();
  });
});
