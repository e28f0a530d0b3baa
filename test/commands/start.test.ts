import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startCli } from '../services/cli.js';
import { startRedis } from '../services/redis.js';
import { mail, startRig } from '../services/rig.js';
import { until } from '../services/until.js';

it.each([
  ['idle', false, 'SIGKILL'],
  ['at work', true, 'SIGKILL'],
  ['looking at mail, and Redis only does not answer', false, 'SIGSTOP'],
] as const)(
  'ends by itself within ten seconds and with exit code 0 on SIGTERM while Redis is away: %s',
  async (_, atWork, signal) => {
    const redis = await startRedis();
    const rig = await startRig(redis.url);
    const child = startCli(['start'], rig.environment());
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    try {
      await until('it watches', () => output.includes('mailbox.watched'));
      if (atWork) {
        rig.helpdesk.fault({ kind: 'hang', carriedOut: true, endpoint: 'tickets_create.php' });
        await rig.deliver(mail({ subject: 'Under way' }));
        await until('the ticket is made', () => rig.helpdesk.tickets().length > 0);
      }
      await redis.kill(signal);
      if (signal === 'SIGKILL') await until('it notices', () => output.includes('ECONNREFUSED'));
      else {
        await rig.deliver(mail({ subject: 'New' }));
        // It asks the ledger about the new mail by then.
        await sleep(500);
      }
      const asked = Date.now();
      child.kill('SIGTERM');
      const exit = await Promise.race([once(child, 'exit'), sleep(12_000, ['late'])]);
      expect(exit[0], output.split('\n').slice(-12).join('\n')).toBe(0);
      expect(Date.now() - asked).toBeLessThan(10_000);
    } finally {
      child.kill('SIGKILL');
      await rig.close();
      await redis.stop();
    }
  },
  60_000,
);
