import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mail, type Rig, type RunningService, startRig } from './services/rig.js';
import { until } from './services/until.js';

const agent = 'jane@acme.test';

/** A mail that answers another one, by its header alone. */
function answer(
  subject: string,
  to: string,
  given: { id?: string; from?: string; body?: string; headers?: string[] } = {},
) {
  const { id = `${subject.replaceAll(' ', '.')}@example.com`, headers = [], ...rest } = given;
  return mail({ subject, headers: [`In-Reply-To: <${to}>`, `Message-ID: <${id}>`, ...headers], ...rest });
}

describe('threads and people', () => {
  let rig: Rig;
  let service: RunningService;

  beforeAll(async () => {
    rig = await startRig('redis', { agents: [agent] });
    service = await rig.start({
      STAFF_ADDRESSES: agent,
      TRUSTED_AUTHSERV_ID: 'mx.acme.test',
      SENDER_AUTH: 'off',
      REPLY_POLICY: 'participants',
      BLOCKED_SENDERS: '@casino.example',
    });
    await rig.deliver(
      mail({ subject: 'Printer on fire', headers: ['Message-ID: <root@example.com>', 'Cc: Cid <cid@example.com>'] }),
    );
    await rig.filed('Processed', 'Printer on fire');
  });

  afterAll(() => rig?.close());

  const ticketOf = (subject: string) => rig.helpdesk.tickets().find((ticket) => ticket.subject === subject);
  const wordsOn = (subject: string) => ticketOf(subject)?.replies.map(({ message }) => message);

  it('write an answer without a tag into the ticket of the mail it answers, without the quoted text', async () => {
    const body =
      'It has burnt down.\n\nOn Mon, 23 Nov 2026 at 10:00, Support <support@acme.test> wrote:\n> How big is it?\n';
    await rig.deliver(answer('Re: Printer on fire', 'root@example.com', { id: 'first@example.com', body }));
    await rig.filed('Processed', 'Re: Printer on fire');
    expect(wordsOn('Printer on fire')).toEqual(['It has burnt down.']);
    expect(rig.helpdesk.tickets()).toHaveLength(1);
  });

  it('find the ticket through References and through an answer to an answer', async () => {
    const headers = ['References: <root@example.com> <first@example.com> <lost@example.com>'];
    await rig.deliver(answer('Still burning', 'gone@example.com', { headers, body: 'The roof too.' }));
    await rig.filed('Processed', 'Still burning');
    expect(wordsOn('Printer on fire')).toEqual(['It has burnt down.', 'The roof too.']);
  });

  it("make a new ticket of a stranger's answer with a forged In-Reply-To, which names the ticket and writes nothing into it", async () => {
    await rig.deliver(answer('Let me in', 'root@example.com', { from: 'eve@example.net', body: 'Open.' }));
    await rig.filed('Processed', 'Let me in');
    expect(wordsOn('Printer on fire')).toHaveLength(2);
    expect(ticketOf('Let me in')).toMatchObject({
      email: 'eve@example.net',
      message: '[Not written into ticket #1: no such ticket of this sender was found.]\n\nOpen.',
    });
  });

  it('let somebody answer who stood in the Cc, under their own address', async () => {
    await rig.deliver(answer('From Cid', 'root@example.com', { from: 'cid@example.com', body: 'I smell smoke.' }));
    await rig.filed('Processed', 'From Cid');
    expect(wordsOn('Printer on fire')?.at(-1)).toBe('I smell smoke.');
  });

  it('let a verified agent answer by the tag alone, since the ledger knows whose the ticket is, and no forged one', async () => {
    const passed = [
      'Authentication-Results: mx.acme.test; dmarc=pass header.from=acme.test',
      'Received: from a by mx.acme.test with ESMTPSA id 1; Mon, 23 Nov 2026 10:00:00 +0000',
    ];
    await rig.deliver(mail({ from: agent, subject: 'Fire brigade [#1]', body: 'We come.', headers: passed }));
    await rig.deliver(mail({ from: agent, subject: 'Forged [#1]', body: 'Send your password.' }));
    await rig.filed('Processed', 'Fire brigade [#1]', 'Forged [#1]');
    const replies = ticketOf('Printer on fire')?.replies.map(({ message, user_id }) => [message, user_id]);
    expect(replies?.slice(-2)).toEqual([
      ['I smell smoke.', null],
      ['We come.', 1],
    ]);
    expect(ticketOf('Forged [#1]')?.message).toMatch(
      /^\[sender not verified\] \[Not written into ticket #1: .*\]\n\nSend/,
    );
  });

  it('make a ticket without a word about it of an answer to a mail that nobody knows', async () => {
    await rig.deliver(answer('Unknown parent', 'nobody-knows@example.com', { body: 'Hello.' }));
    await rig.filed('Processed', 'Unknown parent');
    expect(ticketOf('Unknown parent')?.message).toBe('Hello.');
  });

  it('ignore a blocked sender, unless a person takes the mail out of Ignored', async () => {
    await rig.deliver(mail({ from: 'bob@casino.example', subject: 'Win' }));
    await rig.filed('Ignored', 'Win');
    expect(ticketOf('Win')).toBeUndefined();
    await rig.move('Ignored', 'INBOX');
    await rig.filed('Processed', 'Win');
    expect(ticketOf('Win')).toBeDefined();
  });

  it('let an answer wait for the mail it answers, and keep a chain of answers in order', async () => {
    rig.helpdesk.fault({ kind: 'status', status: 500, endpoint: 'tickets_create.php' });
    await rig.deliver(mail({ subject: 'Slow root', headers: ['Message-ID: <slow@example.com>'], body: 'Slow.' }));
    await rig.deliver(answer('Slow one', 'slow@example.com', { id: 'one@example.com', body: 'One.' }));
    await rig.deliver(answer('Slow two', 'one@example.com', { id: 'two@example.com', body: 'Two.' }));
    await rig.filed('Processed', 'Slow root', 'Slow one', 'Slow two');
    expect(wordsOn('Slow root')).toEqual(['One.', 'Two.']);
    expect(service.log).toContainEqual(
      expect.objectContaining({
        action: 'mail.postponed',
        messageId: '<one@example.com>',
        reason: expect.stringContaining('still on its way'),
      }),
    );
    expect(service.log).not.toContainEqual(
      expect.objectContaining({ action: 'mail.retry', messageId: '<one@example.com>' }),
    );
  });

  it('hold up no two mails that name each other', async () => {
    await rig.deliver(answer('Ring A', 'ring-b@example.com', { id: 'ring-a@example.com' }));
    await rig.deliver(answer('Ring B', 'ring-a@example.com', { id: 'ring-b@example.com' }));
    await rig.filed('Processed', 'Ring A', 'Ring B');
    expect(ticketOf('Ring A')).toBeDefined();
  });

  it('make tickets of the answers to a mail that was given up or ignored', async () => {
    await rig.deliver(
      mail({ from: 'bob@casino.example', subject: 'Lose', headers: ['Message-ID: <lose@example.com>'] }),
    );
    await rig.filed('Ignored', 'Lose');
    await rig.deliver(answer('About Lose', 'lose@example.com', { body: 'What is this?' }));
    await rig.filed('Processed', 'About Lose');
    expect(ticketOf('About Lose')?.message).toBe('What is this?');
  });
});

describe('one of our people where no sender can be verified', () => {
  it('gets a new ticket, and the operator a line that names the setting', async () => {
    const rig = await startRig('redis', { agents: [agent] });
    try {
      const service = await rig.start({ STAFF_ADDRESSES: agent });
      await rig.deliver(mail({ subject: 'Printer on fire' }));
      await rig.filed('Processed', 'Printer on fire');
      await rig.deliver(mail({ from: agent, subject: 'Re: [#1]', body: 'We come.' }));
      await rig.filed('Processed', 'Re: [#1]');
      expect(rig.helpdesk.tickets()[0]?.replies).toEqual([]);
      const line = await until('it is logged', () => service.log.find(({ action }) => action === 'mail.refused'));
      expect(line).toMatchObject({ setting: 'TRUSTED_AUTHSERV_ID', from: agent });
    } finally {
      await rig.close();
    }
  });
});
