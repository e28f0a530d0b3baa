import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../demo/helpdesk/faults.js';
import { type LookAlike, startLookAlike } from '../../demo/helpdesk/look-alike.js';
import { DeliveryPostponedError, HelpdeskError } from '../../src/errors.js';
import { HelpdeskClient } from '../../src/helpdesk/client.js';
import { type Delivery, deliver } from '../../src/helpdesk/once.js';
import type { Claims } from '../../src/helpdesk/reconcile.js';
import type { Outcome } from '../../src/mail/outcome.js';
import { Claims as QueueClaims } from '../../src/queue/claims.js';
import { until } from '../services/until.js';
import { untilTheEnd } from '../until-the-end.js';

const token = 'the-token';
const ann = 'ann@example.com';
const ticket = { subject: 'Printer on fire', message: 'It burns.', user_email: ann };
const nobody: Claims = { isTaken: async () => false };
const create: Delivery['decision'] = { kind: 'create', ticket };

let helpdesk: LookAlike;
let client: HelpdeskClient;

beforeEach(async () => {
  helpdesk = await startLookAlike({ token });
  client = new HelpdeskClient({ url: helpdesk.apiUrl, token });
});
afterEach(async () => {
  await client.close();
  await helpdesk.close();
});

function delivery(decision: Delivery['decision'], lookFirst = false): Delivery {
  return {
    decision,
    lookFirst,
    receivedAt: new Date(),
    messageIdField: null,
    parents: [],
    known: async () => null,
    awaitTurn: async () => {},
    mustBeOurs: async () => {},
    repliesBefore: [],
    noteReplies: async () => {},
  };
}

function reply(ticketIds: number[], message = 'It still burns.'): Delivery['decision'] {
  return {
    kind: 'reply',
    ticketIds,
    parents: [],
    writer: { kind: 'customer', mayTakePart: false },
    reply: { message, user_email: ann },
    otherwise: { ...ticket, message },
    mark: false,
  };
}

/** Tries as the queue does: the first attempt posts at once, the later ones look. */
async function deliverAtLast(
  decision: Delivery['decision'],
  { claims = nobody, timeoutMs = 30_000, ...given }: { claims?: Claims; timeoutMs?: number } & Partial<Delivery> = {},
): Promise<Outcome> {
  const patient = untilTheEnd(new HelpdeskClient({ url: helpdesk.apiUrl, token, timeoutMs }));
  for (let attempt = 1; attempt < 10; attempt++) {
    try {
      return await deliver(patient, { ...delivery(decision, attempt > 1), ...given }, claims);
    } catch (error) {
      if (!(error instanceof HelpdeskError)) throw error;
    }
  }
  throw new Error('not delivered in ten attempts');
}

const endpoints = () => helpdesk.calls().map(({ endpoint }) => endpoint);

describe('a first attempt', () => {
  it('creates a ticket with one call', async () => {
    expect(await deliver(client, delivery(create), nobody)).toEqual({ kind: 'created', ticketId: '1', adopted: false });
    expect(endpoints()).toEqual(['tickets_create.php']);
  });

  it('asks whose ticket it is before it replies', async () => {
    await client.createTicket(ticket);
    const replied = { kind: 'replied', ticketId: '1', adopted: false, replyId: '1' };
    expect(await deliver(client, delivery(reply([1])), nobody)).toEqual(replied);
    expect(endpoints().slice(1)).toEqual(['ticket_view.php', 'ticket_reply.php']);
    expect(helpdesk.tickets()[0]?.replies).toMatchObject([{ message: 'It still burns.', user_id: null }]);
  });

  it('does not look, so that two equal mails make two tickets', async () => {
    await deliver(client, delivery(create), nobody);
    expect(await deliver(client, delivery(create), nobody)).toMatchObject({ ticketId: '2', adopted: false });
  });
});

describe('once is once', () => {
  const endpoint = { create: 'tickets_create.php', reply: 'ticket_reply.php' };
  const lost: [string, Fault, { timeoutMs?: number }?][] = [
    ['the answer is lost', { kind: 'drop' }],
    ['half the answer is lost', { kind: 'truncate' }],
    ['the answer comes too late', { kind: 'hang', carriedOut: true }, { timeoutMs: 1000 }],
    ['a gateway gives up', { kind: 'status', status: 504, carriedOut: true }],
    ['a warning stands where the answer should be', { kind: 'html', carriedOut: true }],
  ];
  const failed: [string, Fault][] = [
    ['the server fails', { kind: 'status', status: 500, times: 2 }],
    ['the connection ends before anything is done', { kind: 'drop', carriedOut: false }],
    ['the helpdesk is away for a while', { kind: 'status', status: 503, times: 3 }],
  ];

  it.each(lost)('where %s, the next attempt adopts the ticket', async (_, fault, options) => {
    helpdesk.fault({ ...fault, endpoint: endpoint.create } as Fault);
    expect(await deliverAtLast(create, options)).toEqual({ kind: 'created', ticketId: '1', adopted: true });
    expect(helpdesk.tickets()).toHaveLength(1);
  });

  it.each(lost)('where %s, the next attempt adopts the reply', async (_, fault, options) => {
    await client.createTicket(ticket);
    helpdesk.fault({ ...fault, endpoint: endpoint.reply } as Fault);
    expect(await deliverAtLast(reply([1]), options)).toEqual({
      kind: 'replied',
      ticketId: '1',
      adopted: true,
      replyId: '1',
    });
    expect(helpdesk.tickets()[0]?.replies).toHaveLength(1);
  });

  const ways: [string, Partial<Extract<Delivery['decision'], { kind: 'reply' }>>, Partial<Delivery>][] = [
    ['to a mail of it', {}, { parents: ['1'] }],
    [
      'of somebody who took part',
      {
        writer: { kind: 'customer', mayTakePart: true },
        reply: { message: 'Too hot.', user_email: 'cid@example.com' },
      },
      { parents: ['1'], known: async () => ({ owner: ann, people: ['cid@example.com'] }) },
    ],
    [
      'of one of our people',
      { writer: { kind: 'staff', others: [ann] }, reply: { message: 'We come.', user_email: 'jane@acme.test' } },
      { parents: ['1'] },
    ],
  ];

  it.each(ways)(
    'where the answer to a reply %s is lost, the next attempt adopts the reply',
    async (_, parts, given) => {
      await client.createTicket(ticket);
      helpdesk.fault({ kind: 'drop', endpoint: endpoint.reply });
      const decision = { ...reply([]), ...parts } as Delivery['decision'];
      expect(await deliverAtLast(decision, given)).toMatchObject({ kind: 'replied', ticketId: '1', adopted: true });
      expect(helpdesk.tickets()).toMatchObject([{ replies: [{}] }]);
    },
  );

  it.each(failed)('where %s, the next attempt creates the ticket', async (_, fault) => {
    helpdesk.fault({ ...fault, endpoint: endpoint.create } as Fault);
    expect(await deliverAtLast(create)).toEqual({ kind: 'created', ticketId: '1', adopted: false });
    expect(helpdesk.tickets()).toHaveLength(1);
  });

  it.each(failed)('where %s, the next attempt writes the reply', async (_, fault) => {
    await client.createTicket(ticket);
    helpdesk.fault({ ...fault, endpoint: endpoint.reply } as Fault);
    expect(await deliverAtLast(reply([1]))).toMatchObject({ kind: 'replied', adopted: false });
    expect(helpdesk.tickets()[0]?.replies).toHaveLength(1);
  });

  it('where an equal reply of a mail that the ledger has forgotten stands in the ticket, it makes its own', async () => {
    await client.createTicket(ticket);
    await client.replyToTicket({ ticket_id: '1', message: 'It still burns.', user_email: ann });
    helpdesk.fault({ kind: 'status', status: 503, endpoint: endpoint.reply });
    let noted: readonly string[] = [];
    const attempt = (lookFirst: boolean) => ({
      ...delivery(reply([1]), lookFirst),
      repliesBefore: noted,
      noteReplies: async (ids: readonly string[]) => {
        noted = ids;
      },
    });
    await expect(deliver(client, attempt(false), nobody)).rejects.toMatchObject({ status: 503 });
    expect(await deliver(client, attempt(true), nobody)).toMatchObject({ replyId: '2', adopted: false });
    expect(await deliver(client, attempt(true), nobody)).toMatchObject({ replyId: '2', adopted: true });
  });

  it('where the look itself fails, nothing is posted', async () => {
    helpdesk.fault({ kind: 'drop', endpoint: endpoint.create });
    helpdesk.fault({ kind: 'status', status: 503, endpoint: 'tickets_list.php', times: 2 });
    expect(await deliverAtLast(create)).toMatchObject({ ticketId: '1', adopted: true });
    expect(endpoints().filter((file) => file === endpoint.create)).toHaveLength(1);
  });

  it('where an equal mail holds the ticket that is found, it makes its own', async () => {
    await client.createTicket(ticket);
    const claims = { isTaken: async (id: string) => id === '1' };
    expect(await deliver(client, delivery(create, true), claims)).toMatchObject({ ticketId: '2', adopted: false });
  });

  describe('where an equal mail is filed of which the ledger knows nothing any more', () => {
    /** Of a mail with one twin. */
    const withTwin = (sameSubject = true): Claims => {
      const settledSince = async function* () {};
      return new QueueClaims({ settledSince }).of('mine', Date.now(), [{ id: 'filed', sameSubject }]);
    };
    const again = (decision: Delivery['decision'], claims = withTwin()) =>
      deliver(client, delivery(decision, true), claims);

    it('its ticket is not adopted, and where there are two the second one is', async () => {
      await client.createTicket(ticket);
      expect(await again(create)).toMatchObject({ ticketId: '2', adopted: false });
      expect(await again(create)).toMatchObject({ adopted: true });
      expect(helpdesk.tickets()).toHaveLength(2);
    });

    it('its reply is not adopted, and where there are two the second one is', async () => {
      await client.createTicket(ticket);
      await client.replyToTicket({ ticket_id: '1', user_email: ann, message: 'It still burns.' });
      expect(await again(reply([1]))).toMatchObject({ replyId: '2', adopted: false });
      expect(await again(reply([1]))).toMatchObject({ replyId: '2', adopted: true });
      expect(helpdesk.tickets()[0]?.replies).toHaveLength(2);
    });

    it('the ticket that was made of each since the gate was shut is told by its subject', async () => {
      const message = 'It still burns.';
      await client.createTicket({ ...ticket, message, subject: 'Another' });
      await client.createTicket({ ...ticket, message });
      expect(await again(reply([7]), withTwin(false))).toMatchObject({ ticketId: '2', adopted: true });
      expect(await again(reply([7]), withTwin(true))).toMatchObject({ ticketId: '3', adopted: false });
    });

    it('its ticket counts, too, where the gate was shut to it and has let this one in', async () => {
      const message = 'It still burns.';
      await client.createTicket({ ...ticket, message });
      await client.replyToTicket({ ticket_id: '1', user_email: ann, message });
      expect(await again(reply([1]))).toMatchObject({ kind: 'replied', replyId: '1', adopted: true });
    });
  });

  it('where the gate was shut to the attempt whose answer is lost and is open now, its ticket is adopted all the same', async () => {
    helpdesk.fault({ kind: 'drop', endpoint: endpoint.create });
    await expect(deliver(client, delivery(reply([2])), nobody)).rejects.toThrow();
    await client.createTicket({ ...ticket, subject: 'Another' });
    const adopted = { kind: 'created', ticketId: '1', adopted: true };
    expect(await deliver(client, delivery(reply([2]), true), nobody)).toMatchObject(adopted);
    expect(helpdesk.tickets()[1]?.replies).toEqual([]);
  });

  it('where the ledger has learnt of the mail it answers in the meantime, the ticket made before is adopted', async () => {
    helpdesk.fault({ kind: 'drop', endpoint: endpoint.create });
    await expect(deliver(client, delivery(reply([])), nobody)).rejects.toThrow();
    const knowsMore = { ...delivery(reply([]), true), parents: ['7'] };
    expect(await deliver(client, knowsMore, nobody)).toMatchObject({ ticketId: '1', adopted: true });
    expect(helpdesk.tickets()).toHaveLength(1);
  });

  it('where the ledger has learnt of a nearer ticket in the meantime, the reply in the other one is adopted', async () => {
    await client.createTicket(ticket);
    await client.createTicket(ticket);
    helpdesk.fault({ kind: 'drop', endpoint: endpoint.reply });
    await expect(deliver(client, { ...delivery(reply([])), parents: ['1'] }, nobody)).rejects.toThrow();
    const knowsMore = { ...delivery(reply([]), true), parents: ['2', '1'] };
    expect(await deliver(client, knowsMore, nobody)).toMatchObject({ kind: 'replied', ticketId: '1', adopted: true });
    expect(helpdesk.tickets()[1]?.replies).toEqual([]);
  });

  it('where the answer to the ticket instead of a reply is lost, that ticket is adopted', async () => {
    helpdesk.fault({ kind: 'drop', endpoint: endpoint.create });
    expect(await deliverAtLast(reply([12]))).toMatchObject({ kind: 'created', ticketId: '1', adopted: true });
    expect(helpdesk.tickets()).toHaveLength(1);
  });
});

describe('where the ledger is lost and the mail may have been delivered before', () => {
  const answer = (message = 'It still burns.'): Delivery['decision'] => ({
    ...(reply([], message) as Extract<Delivery['decision'], { kind: 'reply' }>),
    otherwise: { ...ticket, subject: `Re: ${ticket.subject}`, message: `${message}\n\n> It burns.` },
  });

  it('a reply without a tag is found in the ticket that nothing tells of any more', async () => {
    await client.createTicket(ticket);
    await deliver(client, { ...delivery(answer()), parents: ['1'] }, nobody);
    const found = { kind: 'replied', ticketId: '1', adopted: true, replyId: '1' };
    expect(await deliver(client, delivery(answer(), true), nobody)).toEqual(found);
    expect(helpdesk.tickets()).toMatchObject([{ replies: [{}] }]);
  });

  it('a reply is found though its writer may not write into the ticket now, and though it is marked now', async () => {
    await client.createTicket(ticket);
    await deliver(client, { ...delivery(answer()), parents: ['1'] }, nobody);
    const unverified: Delivery['decision'] = {
      ...(answer('[sender not verified]\n\nIt still burns.') as Extract<Delivery['decision'], { kind: 'reply' }>),
      writer: { kind: 'nobody', why: 'the sender is not verified', unverified: true, setting: null },
      mark: true,
    };
    const outcome = await deliver(client, { ...delivery(unverified, true), parents: ['1'] }, nobody);
    expect(outcome).toMatchObject({ kind: 'replied', ticketId: '1', adopted: true });
    expect(helpdesk.tickets()).toMatchObject([{ replies: [{}] }]);
  });

  it.each([
    ['in a ticket of another subject', 'Coffee machine', ann],
    ['of somebody else', ticket.subject, 'bea@example.com'],
  ])('the same words %s are none of its', async (_, subject, user_email) => {
    await client.createTicket({ ...ticket, subject, user_email });
    await client.replyToTicket({ ticket_id: '1', message: 'It still burns.', user_email });
    const outcome = await deliver(client, delivery(answer(), true), nobody);
    expect(outcome).toMatchObject({ kind: 'created', ticketId: '2', adopted: false });
  });
});

it('knows its ticket again where the mail says that it came in ten years', async () => {
  helpdesk.fault({ kind: 'drop', endpoint: 'tickets_create.php' });
  const receivedAt = new Date(Date.now() + 10 * 365 * 86_400_000);
  expect(await deliverAtLast(create, { receivedAt })).toMatchObject({ ticketId: '1', adopted: true });
});

describe("a mail that names tickets which are not the sender's", () => {
  it.each([
    ['one', [12], 'Not written into ticket #12: no such ticket of this sender was found.'],
    ['several', [12, 13], 'Not written into ticket #12, #13: no such ticket of this sender was found.'],
  ])('becomes a ticket that says so, and the outcome says it too: %s', async (_, ids, note) => {
    const outcome = await deliver(client, delivery(reply(ids)), nobody);
    expect(outcome).toEqual({ kind: 'created', ticketId: '1', adopted: false, note });
    expect(helpdesk.tickets()[0]?.message).toBe(`[${note}]\n\nIt still burns.`);
    expect(helpdesk.orphans()).toEqual([]);
  });

  it("writes nothing into somebody else's ticket", async () => {
    await client.createTicket({ ...ticket, user_email: 'bea@example.com' });
    expect(await deliver(client, delivery(reply([1])), nobody)).toMatchObject({ kind: 'created', ticketId: '2' });
    expect(helpdesk.tickets()[0]?.replies).toEqual([]);
  });

  it('waits where the helpdesk cannot tell whose ticket it is', async () => {
    helpdesk.fault({ kind: 'status', status: 500, endpoint: 'ticket_view.php' });
    await expect(deliver(client, delivery(reply([12])), nobody)).rejects.toMatchObject({ status: 500 });
    expect(helpdesk.tickets()).toEqual([]);
  });
});

describe('a ticket whose turn has not come', () => {
  const notYet = async () => {
    throw new DeliveryPostponedError('a flood', 1000);
  };

  it.each([
    ['a new one', create],
    ['one instead of a reply', reply([99])],
  ])('is not made: %s', async (_, decision) => {
    await expect(deliver(client, { ...delivery(decision), awaitTurn: notYet }, nobody)).rejects.toThrow('a flood');
    expect(helpdesk.tickets()).toEqual([]);
  });

  it('is found all the same where an earlier attempt has made it', async () => {
    for (const decision of [create, reply([99])]) {
      const { ticketId } = (await deliver(client, delivery(decision), nobody)) as { ticketId: string };
      const again = { ...delivery(decision, true), awaitTurn: notYet };
      expect(await deliver(client, again, nobody)).toMatchObject({ kind: 'created', ticketId, adopted: true });
    }
  });

  it('holds up no reply', async () => {
    await client.createTicket(ticket);
    const outcome = await deliver(client, { ...delivery(reply([1])), awaitTurn: notYet }, nobody);
    expect(outcome).toMatchObject({ kind: 'replied', ticketId: '1' });
  });
});

it.each([
  ['a ticket', create],
  ['a reply', reply([1])],
  ['a ticket instead of a reply', reply([99])],
])('posts nothing of a mail that is in other hands by now: %s', async (_, decision) => {
  await client.createTicket(ticket);
  const mustBeOurs = async () => {
    throw new Error('overtaken');
  };
  await expect(deliver(client, { ...delivery(decision), mustBeOurs }, nobody)).rejects.toThrow('overtaken');
  expect(helpdesk.tickets()).toMatchObject([{ replies: [] }]);
});

it('ends an attempt whose client is abandoned, and the next one finds what it left', async () => {
  helpdesk.fault({ kind: 'hang', carriedOut: true });
  const abandoned = new HelpdeskClient({ url: helpdesk.apiUrl, token });
  const attempt = deliver(abandoned, delivery(create), nobody);
  await until('the ticket is made', () => helpdesk.tickets().length === 1);
  await Promise.all([
    expect(attempt).rejects.toMatchObject({ code: 'HELPDESK_INTERRUPTED', mayHaveBeenCarriedOut: true }),
    abandoned.abandon(),
  ]);
  expect(await deliver(client, delivery(create, true), nobody)).toMatchObject({ ticketId: '1', adopted: true });
});

it('delivers every mail once through a helpdesk that loses answers of all kinds', async () => {
  const faults: Fault[] = [
    { kind: 'drop' },
    { kind: 'status', status: 500 },
    { kind: 'truncate' },
    { kind: 'status', status: 504, carriedOut: true },
    { kind: 'html' },
  ];
  const held = new Set<string>();
  const claims = { isTaken: async (id: string) => held.has(id) };
  for (let i = 0; i < 30; i++) {
    for (const fault of [faults[i % faults.length], faults[(i * 3) % 7]]) if (fault) helpdesk.fault(fault);
    // Every third mail is word for word the one before.
    const message = `Mail ${i - (i % 3 === 2 ? 1 : 0)}`;
    const outcome = await deliverAtLast({ kind: 'create', ticket: { ...ticket, message } }, { claims });
    if (outcome.kind === 'created') held.add(outcome.ticketId);
  }
  expect(held.size).toBe(30);
  expect(helpdesk.tickets()).toHaveLength(30);
});
