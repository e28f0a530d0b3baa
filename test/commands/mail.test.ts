import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../services/cli.js';
import { freePort } from '../services/private-server.js';
import { mail, type Rig, type RunningService, startRig } from '../services/rig.js';

const required = {
  kind: 'status',
  status: 400,
  body: '{"success":false,"message":"Order number is required"}',
} as const;
const page = { DASHBOARD_USER: 'operator', DASHBOARD_PASSWORD: 'correct horse battery' };

describe.each(['redis', 'embedded'] as const)('the mail command on %s', (kind) => {
  let rig: Rig;
  let service: RunningService;
  let served: Record<string, string>;

  beforeAll(async () => {
    rig = await startRig(kind);
    served = { ...page, HTTP_PORT: String(await freePort()) };
    service = await rig.start(served);
    await rig.deliver(mail({ subject: 'The printer is on fire' }));
    await rig.deliver(mail({ subject: 'Away', headers: ['Auto-Submitted: auto-replied'] }));
    await rig.filed('Processed', 'The printer is on fire');
    await rig.filed('Ignored', 'Away');
    rig.helpdesk.fault({ ...required, endpoint: 'tickets_create.php' });
    await rig.deliver(mail({ subject: 'Broken \u001b[31mred' }));
    await rig.filed('Failed', 'Broken \u001b[31mred');
  });
  afterAll(() => rig?.close());

  const run = (args: string[], settings: Record<string, string> = served) =>
    runCli(['mail', ...args], rig.environment(settings));
  const list = async (...args: string[]) => JSON.parse((await run(['list', '--json', ...args])).out);

  it('lists the latest mails with what became of them, without obeying what a stranger wrote', async () => {
    const { out, code } = await run(['list']);
    expect(out).toMatch(/FAILED.*Broken.*Order number/);
    expect(out).toMatch(/ticket #1 .*ann@example\.com.*The printer is on fire/);
    expect(out).toMatch(/ignored.*Away.*auto reply/);
    expect(out).not.toContain('\u001b');
    expect(code).toBe(0);
  });

  if (kind === 'embedded') {
    it('says how the service can be asked that has the embedded queue', async () => {
      const { err, code } = await run(['list'], {});
      expect({ err, code }).toEqual({ err: expect.stringMatching(/in use by process.*set HTTP_PORT/), code: 1 });
    });
  } else {
    it('lists by state, search and number, and ends with 1 where there is none', async () => {
      expect((await list('--state', 'failed')).mails).toMatchObject([{ state: 'failed' }]);
      expect((await list('--search', 'PRINTER')).mails).toMatchObject([{ ticketId: '1' }]);
      expect(await list('--limit', '2')).toMatchObject({ mails: [{}, {}], more: true, total: 3 });
      expect(await run(['list', '--search', 'nobody'])).toMatchObject({ out: 'No mail matches.\n', code: 1 });
    });

    it('shows one mail by the beginning of its id', async () => {
      const [{ id }] = (await list('--state', 'failed')).mails;
      const { out, code } = await run(['show', id.slice(0, 10)]);
      expect(out).toMatch(/^FAILED: Broken/);
      expect(out).toMatch(/once\s+tickets_create\.php: .*Order number is required/);
      expect(out).toMatch(/✓ new ticket\s+no rule before it matched/);
      expect(out).toMatch(/lies in\s+Mail2Ticket\/Failed/);
      expect(out).not.toContain('\u001b');
      expect(code).toBe(0);
    });

    it('shows one mail by its Message-ID, with its brackets or without', async () => {
      const [{ id, messageId }] = (await list('--state', 'created')).mails;
      for (const asked of [messageId, messageId.slice(1, -1)])
        expect(JSON.parse((await run(['show', '--json', asked])).out)).toMatchObject({ id, messageId });
    });

    it.each([
      ['ffffffff', 'the ledger does not know it'],
      ['<nobody@example.com>', 'the ledger does not know it'],
      ['ffff', 'it is no id; accepted: six or more of its 64 hexadecimal digits from the first on'],
    ])('says of %s why it cannot be shown: %s', async (id, why) => {
      for (const settings of [served, {}])
        expect(await run(['show', id], settings)).toMatchObject({ out: `${id}: ${why}\n`, code: 1 });
    });

    it('says why a mail cannot be tried again', async () => {
      const [{ id }] = (await list('--state', 'created')).mails;
      expect(await run(['retry', id])).toMatchObject({ out: `${id.slice(0, 10)}: it has not failed\n`, code: 1 });
    });

    it('has a failed mail tried again', async () => {
      const [{ id }] = (await list('--state', 'failed')).mails;
      const { out, code } = await run(['retry', id.slice(0, 10)]);
      expect({ out, code }).toEqual({ out: expect.stringMatching(/^1 mail moved back/), code: 0 });
      await rig.filed('Processed', 'Broken \u001b[31mred');
    });

    it('says that the password is not the one of the service', async () => {
      const { err, code } = await run(['list'], { ...served, DASHBOARD_PASSWORD: 'of another service' });
      expect({ err, code }).toEqual({ err: expect.stringContaining('does not take DASHBOARD_USER'), code: 1 });
    });

    it('reads the queue itself where the service serves no page', async () => {
      expect((await run(['list'], {})).out).toMatch(/ticket #1 /);
    });
  }

  it('does the same while the service does not run, and the mail waits for its start', async () => {
    rig.helpdesk.fault({ ...required, endpoint: 'tickets_create.php' });
    await rig.deliver(mail({ subject: 'Once more' }));
    await rig.filed('Failed', 'Once more');
    await service.stop();
    expect((await list('--state', 'failed')).mails[0]).toMatchObject({ subject: 'Once more' });
    expect(await run(['retry', '--all'])).toMatchObject({
      out: expect.stringMatching(/^\d mails? moved back/),
      code: 0,
    });
    expect(await rig.subjects('INBOX')).toContain('Once more');
    service = await rig.start(served);
    await rig.filed('Processed', 'Once more');
    expect(await run(['retry', '--all'])).toMatchObject({ out: 'No mail has failed.\n', code: 0 });
  });
});

it.each([
  [['mail', 'retry']],
  [['mail', 'retry', 'abcdef', '--all']],
  [['mail', 'list', '--state', 'lost']],
  [['mail', 'list', '--limit', '0']],
])('ends with 2 where it is called wrongly: %j', async (args) => {
  expect((await runCli(args)).code).toBe(2);
});
