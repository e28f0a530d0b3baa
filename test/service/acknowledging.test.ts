import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBackend } from '../../src/queue/backend.js';
import { startCli } from '../services/cli.js';
import { freePort } from '../services/private-server.js';
import { mail, type Rig, type RunningService, startRig } from '../services/rig.js';
import { type ReceivedMail, startSmtp, type TestSmtp } from '../services/smtp.js';
import { until } from '../services/until.js';

const ACK_FROM = 'Acme Support <help@acme.test>';

const said = (service: RunningService, action: string) => service.log.filter((line) => line.action === action);

describe('acknowledgements of a running service', () => {
  let rig: Rig;
  let smtp: TestSmtp | undefined;

  beforeEach(async () => {
    rig = await startRig('redis');
  });

  afterEach(async () => {
    await rig?.close();
    await smtp?.stop();
  });

  const settings = (port: number) => ({ SMTP_URL: `smtp://127.0.0.1:${port}`, ACK_FROM });
  const received = (count: number) =>
    until(`${count} acknowledgements`, () => (smtp?.received.length === count ? smtp.received : null));

  it('tell a customer the number of the ticket, and the answer to one lands on that ticket', async () => {
    smtp = await startSmtp();
    await rig.start(settings(smtp.port));
    await rig.deliver(mail({ subject: 'Printer on fire', headers: ['Message-ID: <fire@example.com>'] }));
    const [{ parsed, mailFrom, rcptTo } = expect.fail()] = await received(1);
    expect({ mailFrom, rcptTo, answers: parsed.inReplyTo }).toEqual({
      mailFrom: '',
      rcptTo: ['ann@example.com'],
      answers: '<fire@example.com>',
    });
    const subject = `Re: ${parsed.subject}`;
    const body = `It has burnt down.\n\nOn Tue, 24 Nov 2026 at 09:00, Acme Support <help@acme.test> wrote:\n${parsed.text?.replace(/^/gm, '> ')}`;
    await rig.deliver(mail({ subject, body, headers: [`In-Reply-To: ${parsed.messageId}`] }));
    await rig.filed('Processed', subject);
    expect(rig.helpdesk.tickets().map(({ replies }) => replies.map(({ message }) => message))).toEqual([
      ['It has burnt down.'],
    ]);
    expect(smtp.received).toHaveLength(1);
  });

  it('bring an answer to its ticket by their Message-ID where its subject has no tag, and nobody else into it', async () => {
    smtp = await startSmtp();
    await rig.start(settings(smtp.port));
    await rig.deliver(mail({ subject: 'Printer on fire' }));
    const [{ parsed } = expect.fail()] = await received(1);
    const headers = [`In-Reply-To: ${parsed.messageId}`];
    await rig.deliver(mail({ subject: 'A new subject', body: 'It has burnt down.', headers }));
    await rig.deliver(mail({ subject: 'Let me in', from: 'eve@example.org', headers }));
    await rig.filed('Processed', 'A new subject', 'Let me in');
    expect(rig.helpdesk.tickets().map(({ email, replies }) => [email, replies.map(({ message }) => message)])).toEqual([
      ['ann@example.com', ['It has burnt down.']],
      ['eve@example.org', []],
    ]);
  });

  it('are not sent to programs, and at most once within ten minutes to a person, over a restart as well', async () => {
    smtp = await startSmtp();
    const first = await rig.start(settings(smtp.port));
    await rig.deliver(mail({ subject: 'Newsletter', headers: ['List-Id: <news.example.com>'] }));
    await rig.deliver(mail({ subject: 'Alert', from: 'no-reply@monitor.example' }));
    await rig.filed('Processed', 'Newsletter', 'Alert');
    await rig.deliver(mail({ subject: 'First' }));
    await received(1);
    await first.stop();
    const second = await rig.start(settings(smtp.port));
    await rig.deliver(mail({ subject: 'Second' }));
    const kept = await until('it says so', () => said(second, 'mail.unacknowledged').at(-1));
    expect(kept).toMatchObject({ to: 'ann@example.com', reason: expect.stringContaining('within the last minutes') });
    await rig.deliver(mail({ subject: 'Third', from: 'bob@example.com' }));
    expect((await received(2)).map(({ rcptTo }) => rcptTo)).toEqual([['ann@example.com'], ['bob@example.com']]);
    expect(said(first, 'mail.unacknowledged').map(({ reason }) => reason)).toEqual([
      expect.stringContaining('list-id'),
      expect.stringContaining('no-reply@monitor.example'),
    ]);
    expect(rig.helpdesk.tickets()).toHaveLength(5);
  });

  it('are sent, and once, of a ticket whose making was cut off by SIGKILL', async () => {
    smtp = await startSmtp();
    const environment = rig.environment({ ...settings(smtp.port), HELPDESK_SETTLE_SECONDS: '1' });
    const first = startCli(['start'], environment);
    let output = '';
    first.stdout.on('data', (data) => {
      output += data;
    });
    rig.helpdesk.fault({ kind: 'hang', carriedOut: true, endpoint: 'tickets_create.php' });
    await until('it watches', () => output.includes('mailbox.watched'));
    await rig.deliver(mail({ subject: 'Printer on fire' }));
    await until('the ticket is made', () => rig.helpdesk.tickets().length === 1);
    first.kill('SIGKILL');
    expect(smtp.received).toEqual([]);
    const second = await rig.start({ ...settings(smtp.port), HELPDESK_SETTLE_SECONDS: '1' });
    await until('it is acknowledged', () => said(second, 'mail.acknowledged').length === 1);
    await rig.filed('Processed', 'Printer on fire');
    expect(said(second, 'mail.created')).toMatchObject([{ ticketId: '1', adopted: true }]);
    expect(rig.helpdesk.tickets()).toHaveLength(1);
    expect(smtp.received.map(({ rcptTo }) => rcptTo)).toEqual([['ann@example.com']]);
  });

  it('leave the ticket alone while the SMTP server is down, and go out when it is back', async () => {
    const port = await freePort();
    const service = await rig.start(settings(port));
    await rig.deliver(mail({ subject: 'Printer on fire' }));
    await rig.filed('Processed', 'Printer on fire');
    await until('it is tried', () => said(service, 'mail.acknowledgement.retry').length > 0);
    expect(rig.helpdesk.tickets()).toHaveLength(1);
    expect(service.health.ready).toBe(true);
    smtp = await startSmtp(undefined, { port });
    const backend = await openBackend(rig.environment().QUEUE_URL ?? '', { log: pino({ level: 'silent' }) });
    await (await backend.queue('acknowledgement')).promoteJobs();
    await backend.close();
    await received(1);
  });
});

/** As the worst relay does: only From, To, Subject and Date are left of the header. */
function stripped({ raw }: ReceivedMail): string {
  const [head = '', ...body] = raw.split('\r\n\r\n');
  const fields = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const kept = fields.filter((field) => /^(?:from|to|subject|date):/i.test(field));
  return [kept.join('\r\n'), ...body].join('\r\n\r\n');
}

describe('two services that acknowledge, each a customer of the other, behind a relay that strips headers', () => {
  it.each([
    ["each other's tags mean nothing to them, so that every acknowledgement is a new ticket", '[b #{id}]', [2, 1]],
    ['they use the same tag', '[#{id}]', [1, 1]],
  ])('end by themselves after two acknowledgements where %s', async (_, tagOfB, tickets) => {
    const a = await startRig('redis');
    const b = await startRig('redis');
    const passed: string[] = [];
    const relayTo = (rig: Rig, name: string) =>
      startSmtp(async (one) => {
        passed.push(name);
        await rig.deliver(stripped(one));
      });
    const toB = await relayTo(b, 'a to b');
    const toA = await relayTo(a, 'b to a');
    try {
      const settings = (port: number, name: string) => ({
        SMTP_URL: `smtp://127.0.0.1:${port}`,
        ACK_FROM: `support@${name}.example`,
      });
      const serviceA = await a.start(settings(toB.port, 'a'));
      const serviceB = await b.start({ ...settings(toA.port, 'b'), SUBJECT_TAG: tagOfB });
      await a.deliver(mail({ from: 'support@b.example', subject: 'Who answers last?' }));
      await until('the last mail is settled', () => {
        const settled = [serviceA, serviceB].flatMap(({ log }) =>
          log.filter(({ action }) => action === 'mail.created' || action === 'mail.replied'),
        );
        return settled.length === 3;
      });
      if (tickets[0] === 2) await until('it ends', () => said(serviceA, 'mail.unacknowledged').length === 1);
      for (const [service, rig] of [[serviceA, a] as const, [serviceB, b] as const]) {
        await until('nothing is left', async () => (await rig.subjects('INBOX')).length === 0);
        await service.stop();
      }
      expect(passed).toEqual(['a to b', 'b to a']);
      expect([a, b].map(({ helpdesk }) => helpdesk.tickets().length)).toEqual(tickets);
    } finally {
      await Promise.all([a.close(), b.close()]);
      await Promise.all([toA.stop(), toB.stop()]);
    }
  });
});
