import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mail, type Rig, type RunningService, startRig } from './services/rig.js';
import { until } from './services/until.js';

const BILLING = 'billing@acme.test';

describe('two mailboxes', () => {
  let rig: Rig;
  let service: RunningService;

  beforeAll(async () => {
    rig = await startRig('redis');
    service = await rig.launch({ MAILBOXES: 'support,billing', IMAP_BILLING_USER: BILLING, BILLING_CATEGORY_ID: '2' });
    await until('both are watched', () => service.health.ready);
  });
  afterAll(() => rig?.close());

  it('each make a ticket of a mail that came to both, with the settings of each', async () => {
    const both = mail({ subject: 'To both' });
    await rig.dovecot.deliver(BILLING, both);
    await rig.deliver(both);
    await until('both are filed', async () => {
      const lists = [await rig.subjects('Processed'), await rig.dovecot.list(BILLING, 'Mail2Ticket/Processed')];
      return lists.every((list) => list.length === 1);
    });
    const categories = rig.helpdesk.tickets().map(({ category_id }) => category_id);
    expect(categories.sort()).toEqual(['2', null]);
  });

  it('have a part of readiness each', () => {
    expect(Object.keys(service.health.parts)).toEqual(['queue', 'mailbox support', 'mailbox billing', 'helpdesk']);
  });
});

describe('a mailbox that cannot be opened', () => {
  it('leaves the other to its work, and readiness names it', async () => {
    const rig = await startRig('redis');
    try {
      const service = await rig.launch({
        MAILBOXES: 'support,billing',
        IMAP_BILLING_USER: BILLING,
        IMAP_BILLING_PASSWORD: 'not-the-password',
        IMAP_BACKLOG: 'import',
      });
      await rig.deliver(mail({ subject: 'Worked on' }));
      await rig.filed('Processed', 'Worked on');
      const { parts } = service.health;
      expect(parts['mailbox support']).toMatchObject({ ok: true });
      await until('it is told', () => service.health.parts['mailbox billing']?.reason.includes('IMAP_PASSWORD'));
      expect(service.health.ready).toBe(false);
      expect(JSON.stringify(service.log)).not.toContain('not-the-password');
    } finally {
      await rig.close();
    }
  });
});

describe('two folders of one account', () => {
  it('have their own mark and their own folders for what is settled', async () => {
    const rig = await startRig('redis');
    try {
      const imap = await rig.dovecot.client('support@acme.test');
      await imap.mailboxCreate('Billing');
      await imap.logout();
      await (await rig.start()).stop();
      await rig.dovecot.deliver('support@acme.test', mail({ subject: 'Old' }), 'Billing');
      await rig.launch({ MAILBOXES: 'support,billing', IMAP_BILLING_FOLDER: 'Billing' });
      await until('both have their folders', async () => {
        const notes = await rig.dovecot.list('support@acme.test', 'Mail2Ticket/Billing');
        return notes.length > 0;
      });
      await rig.dovecot.deliver('support@acme.test', mail({ subject: 'New' }), 'Billing');
      await until('the new one is filed', async () => {
        const filed = await rig.dovecot.list('support@acme.test', 'Mail2Ticket/Billing/Processed');
        return filed.map(({ subject }) => subject).includes('New');
      });
      const left = await rig.dovecot.list('support@acme.test', 'Billing');
      expect(left.map(({ subject }) => subject)).toEqual(['Old']);
    } finally {
      await rig.close();
    }
  });
});
