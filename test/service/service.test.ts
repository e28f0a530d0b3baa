import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis } from '../services/redis.js';
import { mail, type Rig, type RunningService, type Store, startRig } from '../services/rig.js';
import { until } from '../services/until.js';

const fields = [
  { id: '7', name: 'Order', type: 'text', required: false },
  { id: '8', name: 'Mail', type: 'text', required: false },
];

describe.each<Store>(['redis', 'embedded'])('the service on %s', (kind) => {
  let rig: Rig;
  let service: RunningService;

  beforeAll(async () => {
    rig = await startRig(kind, { fields });
    service = await rig.start({ CUSTOM_FIELDS: '{"7":"header:X-Order-Id","8":"message-id"}', CATEGORY_ID: '3' });
  });

  afterAll(() => rig?.close());

  it('makes a ticket of a new mail, with its headers mapped to custom fields, and files it unseen', async () => {
    await rig.deliver(
      mail({
        subject: 'Printer on fire',
        headers: ['X-Order-Id: A-4711', 'X-Priority: 1', 'Message-ID: <fire@example.com>'],
      }),
    );
    await rig.filed('Processed', 'Printer on fire');
    expect(rig.helpdesk.tickets()).toMatchObject([
      {
        subject: 'Printer on fire',
        message: expect.stringContaining('my printer is on fire.'),
        email: 'ann@example.com',
        name: 'Ann Example',
        priority: 'high',
        category_id: '3',
        custom_fields: { 7: 'A-4711', 8: '<fire@example.com>' },
      },
    ]);
    expect(await rig.dovecot.list('support@acme.test', 'Mail2Ticket/Processed')).toMatchObject([{ seen: false }]);
    expect(await rig.subjects('INBOX')).toEqual([]);
  });

  it('makes a reply of a mail whose subject carries the tag of a ticket of its sender, without the quoted text', async () => {
    const body =
      'It has burnt down.\n\nOn Mon, 23 Nov 2026 at 10:00, Support <support@acme.test> wrote:\n> How big is the fire?\n';
    await rig.deliver(mail({ subject: 'Re: [#1] Printer on fire', body }));
    await rig.filed('Processed', 'Re: [#1] Printer on fire');
    expect(rig.helpdesk.tickets()).toHaveLength(1);
    expect(rig.helpdesk.tickets()[0]?.replies.map(({ message }) => message)).toEqual(['It has burnt down.']);
  });

  it("makes a new ticket of a mail with the tag of somebody else's ticket, and writes nothing into that one", async () => {
    await rig.deliver(mail({ from: 'eve@example.org', subject: 'Re: [#1] Let me in' }));
    await rig.filed('Processed', 'Re: [#1] Let me in');
    expect(rig.helpdesk.tickets()[0]?.replies).toHaveLength(1);
    expect(rig.helpdesk.tickets().at(-1)).toMatchObject({
      email: 'eve@example.org',
      message: expect.stringContaining('#1'),
    });
    expect(rig.helpdesk.orphans()).toEqual([]);
  });

  it('sends nothing for as long as the helpdesk asks for a pause, not even mail that comes meanwhile', async () => {
    const created = () => rig.helpdesk.calls().filter(({ endpoint }) => endpoint === 'tickets_create.php');
    const before = created().length;
    rig.helpdesk.fault({ kind: 'status', status: 429, retryAfter: '3' });
    await rig.deliver(mail({ subject: 'Told to wait' }));
    await until('it is told', () => created().length > before);
    await rig.deliver(mail({ subject: 'Comes meanwhile' }));
    await rig.filed('Processed', 'Told to wait', 'Comes meanwhile');
    const [refused, next] = created().slice(before);
    expect((next?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(3000);
  });

  it('ignores an automatic reply and files it apart', async () => {
    const before = rig.helpdesk.tickets().length;
    await rig.deliver(
      mail({ subject: 'Out of office', headers: ['Auto-Submitted: auto-replied'], body: 'I am away.' }),
    );
    await rig.filed('Ignored', 'Out of office');
    expect(rig.helpdesk.tickets()).toHaveLength(before);
    expect(service.log).toContainEqual(
      expect.objectContaining({ action: 'mail.ignored', reason: expect.stringMatching(/auto/i) }),
    );
  });

  it('makes a ticket in any case of a mail that a person moves from Ignored back into the inbox', async () => {
    await rig.move('Ignored', 'INBOX');
    await rig.filed('Processed', 'Out of office');
    expect(rig.helpdesk.tickets().at(-1)).toMatchObject({ subject: 'Out of office' });
  });

  it('only files a mail again that is moved from Processed back into the inbox', async () => {
    const before = rig.helpdesk.tickets().length;
    const standing = await rig.subjects('Processed');
    await rig.move('Processed', 'INBOX');
    await rig.filed('Processed', ...standing);
    await until('the inbox is empty', async () => (await rig.subjects('INBOX')).length === 0);
    expect(rig.helpdesk.tickets()).toHaveLength(before);
  });

  it('makes one ticket of a mail that is delivered twice, and files both copies', async () => {
    const before = rig.helpdesk.tickets().length;
    const twice = mail({ subject: 'Sent to two aliases' });
    await Promise.all([rig.deliver(twice), rig.deliver(twice)]);
    await until('both copies are filed', async () => {
      const standing = await rig.subjects('Processed');
      return standing.filter((subject) => subject === 'Sent to two aliases').length === 2;
    });
    expect(rig.helpdesk.tickets()).toHaveLength(before + 1);
  });

  it('makes a ticket of each of several mails that share one Message-ID', async () => {
    const before = rig.helpdesk.tickets().length;
    const headers = ['Message-ID: <scanner@printer.example.com>'];
    for (const subject of ['Scan 1', 'Scan 2', 'Scan 3']) await rig.deliver(mail({ subject, headers }));
    await rig.filed('Processed', 'Scan 1', 'Scan 2', 'Scan 3');
    expect(rig.helpdesk.tickets()).toHaveLength(before + 3);
  });

  it('makes a ticket of each of several mails without a Message-ID that came in the same second and differ in their text only', async () => {
    const before = rig.helpdesk.tickets().length;
    const imap = await rig.dovecot.client('support@acme.test');
    const second = new Date('2026-11-24T08:00:00Z');
    for (const sensor of [1, 2, 2]) {
      const header = 'From: alarm@plant.example.com\r\nSubject: Alarm\r\nDate: Tue, 24 Nov 2026 08:00:00 +0000';
      await imap.append('INBOX', `${header}\r\n\r\nSensor ${sensor} has tripped.\r\n`, [], second);
    }
    await imap.logout();
    await until('all are filed', async () => {
      const standing = await rig.subjects('Processed');
      return standing.filter((subject) => subject === 'Alarm').length === 3;
    });
    const made = rig.helpdesk.tickets().slice(before);
    expect(made.map(({ message }) => message).sort()).toEqual(['Sensor 1 has tripped.', 'Sensor 2 has tripped.']);
  });

  it('logs one line for each mail and outcome, and in none of them the token, the password or the text of a mail', () => {
    const text = JSON.stringify(service.log);
    expect(service.log.filter(({ action }) => action === 'mail.replied')).toHaveLength(1);
    expect(text).not.toContain('token-of-the-tests');
    expect(text).not.toContain('correct-horse');
    expect(text).not.toContain('burnt down');
    expect(service.health.ready).toBe(true);
  });
});

it('says at its start how many mails an earlier process has left in the queue', async () => {
  const rig = await startRig('redis');
  try {
    const first = await rig.start();
    rig.helpdesk.fault({ kind: 'status', status: 500, endpoint: 'tickets_create.php' });
    await rig.deliver(mail({ subject: 'Left' }));
    await until('it waits', () => first.log.some(({ action }) => action === 'mail.retry'));
    await first.stop();
    const second = await rig.launch();
    expect(second.log).toContainEqual(expect.objectContaining({ action: 'queue.resumed', mails: 1 }));
    expect(first.log.map(({ action }) => action)).not.toContain('queue.resumed');
  } finally {
    await rig.close();
  }
});

describe('a helpdesk that does not take the token', () => {
  it('is told of before the first mail, in the log and in health, and holds up no start', async () => {
    const rig = await startRig('redis');
    try {
      const service = await rig.start({ HELPDESK_TOKEN: 'a-secret-of-before' });
      const said = await until('it is said', () => service.log.find(({ action }) => action === 'helpdesk.unready'));
      expect(said).toMatchObject({ level: 'warn', setting: 'HELPDESK_TOKEN' });
      expect(service.health.parts.helpdesk).toMatchObject({
        ok: false,
        reason: expect.stringContaining('HELPDESK_TOKEN'),
      });
      expect(JSON.stringify(service.log)).not.toContain('a-secret-of-before');
    } finally {
      await rig.close();
    }
  });
});

describe('a helpdesk that refuses a mail', () => {
  it('ends in Failed with the words of the API in the log, and is delivered once it is moved back under a better configuration', async () => {
    const rig = await startRig('redis', { fields: [{ id: '7', name: 'Order', type: 'text', required: true }] });
    try {
      const service = await rig.start();
      await rig.deliver(mail({ subject: 'No order number' }));
      await rig.filed('Failed', 'No order number');
      expect(service.log).toContainEqual(
        expect.objectContaining({
          action: 'mail.failed',
          messageId: expect.any(String),
          reason: expect.stringMatching(/tickets_create\.php: the helpdesk refused: .*7/),
        }),
      );
      await service.stop();
      await rig.start({ CUSTOM_FIELDS: '{"7":"text:unknown"}' });
      await rig.move('Failed', 'INBOX');
      await rig.filed('Processed', 'No order number');
      expect(rig.helpdesk.tickets()).toMatchObject([{ custom_fields: { 7: 'unknown' } }]);
    } finally {
      await rig.close();
    }
  });
});

describe('the first start on a mailbox that holds mail', () => {
  it('leaves the old mail alone for good with IMAP_BACKLOG=skip, and works through it with import', async () => {
    const rig = await startRig('redis');
    try {
      await rig.deliver(mail({ subject: 'Old' }));
      const first = await rig.start();
      await rig.deliver(mail({ subject: 'New' }));
      await rig.filed('Processed', 'New');
      await first.stop();
      const second = await rig.start();
      expect(await rig.subjects('INBOX')).toEqual(['Old']);
      await second.stop();
      await rig.start({ IMAP_BACKLOG: 'import' });
      await rig.filed('Processed', 'Old');
      expect(rig.helpdesk.tickets().map(({ subject }) => subject)).toEqual(['New', 'Old']);
    } finally {
      await rig.close();
    }
  });

  it('warns at its start of a Redis that may lose the ledger, once for each way, and works all the same', async () => {
    const redis = await startRedis({ appendonly: false, policy: 'allkeys-lru' });
    const rig = await startRig(redis.url);
    try {
      const service = await rig.start();
      const warnings = await until('two warnings', () => {
        const said = service.log.filter(({ action }) => action === 'queue.warning');
        return said.length >= 2 && said;
      });
      expect(warnings).toMatchObject([
        { setting: 'QUEUE_URL', cure: expect.stringContaining('maxmemory-policy noeviction') },
        { setting: 'QUEUE_URL', cure: expect.stringContaining('appendonly yes') },
      ]);
    } finally {
      await rig.close();
      await redis.stop();
    }
  });

  it('does not guess which mail is old where its note was deleted', async () => {
    const rig = await startRig('redis');
    try {
      await (await rig.start()).stop();
      const imap = await rig.dovecot.client('support@acme.test');
      await imap.mailboxOpen('Mail2Ticket');
      await imap.messageDelete('1:*');
      await imap.logout();
      await rig.deliver(mail({ subject: 'Which is it?' }));
      const service = await rig.launch();
      const down = await until('it says so', () => service.log.find(({ action }) => action === 'mailbox.down'));
      expect(down).toMatchObject({ reason: expect.stringContaining('IMAP_BACKLOG=import') });
      expect(service.health.ready).toBe(false);
      expect(await rig.subjects('INBOX')).toEqual(['Which is it?']);
      expect(rig.helpdesk.tickets()).toEqual([]);
    } finally {
      await rig.close();
    }
  });
});
