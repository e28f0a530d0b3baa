import { afterAll, beforeAll, expect, it } from 'vitest';
import { mail, openStore, type Rig, startRig } from './services/rig.js';
import { until } from './services/until.js';

let store: Awaited<ReturnType<typeof openStore>>;
let rig: Rig;

beforeAll(async () => {
  store = await openStore('redis');
  rig = await startRig(store.url);
});

afterAll(async () => {
  await rig?.close();
  await store?.close();
});

it('makes a ticket of a mail whose From has more addresses than can be read, and lets it hold up no other', async () => {
  await rig.start();
  const from = Array.from({ length: 100_000 }, (_, i) => `u${i}@example${i}.com`).join(',\n ');
  await rig.deliver(mail({ subject: 'From a crowd', from }));
  await rig.deliver(mail({ subject: 'Printer on fire' }));
  const standing = async (folder: string) => {
    const imap = await rig.dovecot.client('support@acme.test');
    const status = await imap.status(folder, { messages: true });
    await imap.logout();
    return status ? status.messages : null;
  };
  await until('both are filed', async () => (await standing('Mail2Ticket/Processed')) === 2);
  expect(await standing('INBOX')).toBe(0);
  expect(rig.helpdesk.tickets()).toHaveLength(2);
}, 90_000);
