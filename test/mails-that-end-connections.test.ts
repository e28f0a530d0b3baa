import { afterAll, beforeAll, expect, it } from 'vitest';
import { fetchesBodyOf, startImapRelay } from './services/imap-relay.js';
import { crowd, mail, type Rig, startRig } from './services/rig.js';
import { until } from './services/until.js';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig('redis');
});

afterAll(() => rig?.close());

async function standing(user: string, folder: string): Promise<number | null> {
  const imap = await rig.dovecot.client(user);
  const status = await imap.status(folder, { messages: true });
  await imap.logout();
  return status ? (status.messages ?? null) : null;
}

it('makes a ticket of a mail whose From has more addresses than can be read, and lets it hold up no other', async () => {
  const user = 'support@acme.test';
  const service = await rig.start();
  await rig.deliver(mail({ subject: 'From a crowd', from: crowd }));
  await rig.deliver(mail({ subject: 'Printer on fire' }));
  await until('both are filed', async () => (await standing(user, 'Mail2Ticket/Processed')) === 2);
  expect(await standing(user, 'INBOX')).toBe(0);
  expect(rig.helpdesk.tickets()).toHaveLength(2);
  await service.stop();
}, 90_000);

it('makes a ticket of a mail without Message-ID whose body ends each connection that asks for it, and lets it hold up no other', async () => {
  const user = 'alarms@acme.test';
  const relay = await startImapRelay(rig.dovecot.port, fetchesBodyOf(2));
  for (const subject of ['Alarm 1', 'Alarm 2', 'Alarm 3']) {
    await rig.dovecot.deliver(user, `From: device@acme.test\nSubject: ${subject}\n\nThe door is open.\n`);
  }
  const service = await rig.start({ IMAP_USER: user, IMAP_PORT: String(relay.port), IMAP_BACKLOG: 'import' });
  await until('all are filed', async () => (await standing(user, 'Mail2Ticket/Processed')) === 3, 80_000);
  const alarms = rig.helpdesk.tickets().filter(({ subject }) => subject.startsWith('Alarm'));
  expect(alarms.map(({ subject }) => subject).sort()).toEqual(['Alarm 1', 'Alarm 2', 'Alarm 3']);
  expect(service.log.find(({ action }) => action === 'mail.unreadable')).toMatchObject({ uid: 2 });
  await service.stop();
  relay.close();
}, 90_000);
