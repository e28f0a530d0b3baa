import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCli } from './services/cli.js';
import { mail, type Rig, startRig } from './services/rig.js';
import { until } from './services/until.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig('redis');
});
afterAll(() => rig?.close());

it('a watcher and three workers share the work as processes of their own, and one that is killed loses and doubles nothing', async () => {
  const environment = { ...rig.environment(), IMAP_BACKLOG: 'import', HELPDESK_SETTLE_SECONDS: '1', FLOOD_LIMIT: '0' };
  const launch = (role: string) => {
    const child = startCli(['start', '--role', role], environment);
    const lines: string[] = [];
    child.stdout.on('data', (data) => lines.push(String(data)));
    child.stderr.resume();
    return { child, settled: () => lines.join('').split('"action":"mail.created"').length - 1 };
  };
  const processes = [launch('watcher'), launch('worker'), launch('worker'), launch('worker')];
  const [, first, second, third] = processes;
  try {
    await until(
      'all of them are up',
      async () => (await rig.dovecot.list('support@acme.test', 'Mail2Ticket')).length > 0,
    );
    // A slow helpdesk, so that no worker can take all of it.
    rig.helpdesk.fault({ kind: 'slow', forMs: 300, times: 1000 });
    const subjects = Array.from({ length: 60 }, (_, i) => `Shared ${i}`);
    for (const subject of subjects) await rig.deliver(mail({ subject }));
    await until('the first is at work', () => (first?.settled() ?? 0) > 0);
    first?.child.kill('SIGKILL');
    await until('all are filed', async () => (await rig.subjects('Processed')).length === subjects.length, 90_000);
    const made = rig.helpdesk.tickets().map(({ subject }) => subject);
    expect(made.sort()).toEqual(subjects.sort());
    expect([second?.settled(), third?.settled()].every((count) => (count ?? 0) > 0)).toBe(true);
  } finally {
    for (const { child } of processes) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGTERM');
      await once(child, 'close');
    }
  }
}, 150_000);
