import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DeliveryPostponedError } from '../../src/errors.js';
import { MAX_MAILS_POSTPONED } from '../../src/limits.js';
import { type Backend, openBackend } from '../../src/queue/backend.js';
import { Postponed } from '../../src/queue/postponed.js';
import { openStore } from '../services/rig.js';

let store: Awaited<ReturnType<typeof openStore>>;
let backend: Backend;

beforeAll(async () => {
  store = await openStore('redis');
  backend = await openBackend(store.url, { log: pino({ level: 'silent' }) });
});

afterAll(async () => {
  await backend?.close();
  await store?.close();
});

it('lets a mail wait as long as there is room for one more, and then do without, so that waiting mails never take the room of others', async () => {
  const postponed = await Postponed.open(backend);
  const queue = await backend.queue<Record<string, never>, never>('postponed');
  const waits = new DeliveryPostponedError('the mail waits', 1000);
  const ask = (answer: Promise<string>) => postponed.orInstead(() => answer, 'instead');
  const fill = Array.from({ length: MAX_MAILS_POSTPONED - 1 }, (_, i) => `mail-${i}`);
  await queue.addBulk(fill.map((jobId) => ({ name: 'postponed', data: {}, opts: { jobId } })));
  await expect(ask(Promise.reject(waits))).rejects.toBe(waits);
  await postponed.add('last');
  expect(await ask(Promise.reject(waits))).toBe('instead');
  expect(await ask(Promise.resolve('answer'))).toBe('answer');
  await expect(ask(Promise.reject(new Error('another')))).rejects.toThrow('another');
  await postponed.delete('last');
  await expect(ask(Promise.reject(waits))).rejects.toBe(waits);
});
