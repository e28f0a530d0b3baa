import { afterEach, expect, it } from 'vitest';
import { type RedisGroup, startCluster, startSentinels } from './services/redis-groups.js';
import { mail, type Rig, startRig } from './services/rig.js';
import { until } from './services/until.js';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function started(group: RedisGroup): Promise<Rig> {
  ends.push(() => group.stop());
  const rig = await startRig(group.url);
  ends.push(() => rig.close());
  await rig.start({ HELPDESK_SETTLE_SECONDS: '1', IMAP_POLL_SECONDS: '5' });
  return rig;
}

async function deliver(rig: Rig, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) await rig.deliver(mail({ subject: `Mail ${i}` }));
}

async function eachOnce(rig: Rig, mails: number): Promise<void> {
  const expected = Array.from({ length: mails }, (_, i) => `Mail ${i}`).sort();
  await until('all are filed', async () => (await rig.subjects('Processed')).length === mails, 90_000);
  expect(
    rig.helpdesk
      .tickets()
      .map(({ subject }) => subject)
      .sort(),
  ).toEqual(expected);
}

it('a primary that dies is followed by its replica, and each mail becomes one ticket', async () => {
  const group = await startSentinels();
  const rig = await started(group);
  await deliver(rig, 0, 10);
  await (await group.primary()).kill('SIGKILL');
  await deliver(rig, 10, 20);
  await eachOnce(rig, 20);
}, 150_000);

it('a cluster whose node with our keys restarts goes on where it was, and each mail becomes one ticket', async () => {
  const group = await startCluster();
  const rig = await started(group);
  await deliver(rig, 0, 10);
  const node = await group.primary();
  await node.kill('SIGKILL');
  await deliver(rig, 10, 20);
  await node.restart();
  await eachOnce(rig, 20);
}, 150_000);
