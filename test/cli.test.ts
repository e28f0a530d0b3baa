import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { startCli } from './services/cli.js';
import { freePort } from './services/private-server.js';
import { mail, startRig } from './services/rig.js';
import { until } from './services/until.js';

// Away from the checkout, where a developer's own .env may stand.
const directory = mkdtempSync(join(tmpdir(), 'mail2ticket-cli-'));
afterAll(() => rmSync(directory, { recursive: true }));

const start = (args: readonly string[], environment: Record<string, string> = {}) =>
  startCli(args, environment, directory);

async function run(
  args: readonly string[],
  options: { input?: string | Buffer; environment?: Record<string, string> } = {},
) {
  const child = start(args, options.environment);
  child.stdin.end(options.input ?? '');
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { out, err, code: code as number };
}

describe('mail2ticket', () => {
  it('teaches its commands', async () => {
    const help = await run(['--help']);
    expect(help).toMatchObject({ code: 0, out: expect.stringMatching(/start[\s\S]*explain[\s\S]*Exit codes/) });
    expect(await run(['--version'])).toMatchObject({
      code: 0,
      out: `${JSON.parse(readFileSync('package.json', 'utf8')).version}\n`,
    });
  });

  it.each([[['frobnicate']], [['explain']], [['explain', 'a', 'b']], [['start', '--nonsense']]])(
    'refuses the call %j',
    async (args) => {
      expect(await run(args)).toMatchObject({ code: 2, out: '' });
    },
  );
});

it.each([
  [['mail', 'retry'], 'mail2ticket mail retry --help'],
  [['mail', 'nonsense'], 'mail2ticket mail --help'],
  [['start', '--role', 'x'], 'mail2ticket start --help'],
  [['nonsense'], 'mail2ticket --help'],
])('a wrong call, %j, ends with the help to ask for: %s', async (args, help) => {
  const { code, err } = await run(args);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`(${help} shows what there is)`) });
});

describe('mail2ticket explain', () => {
  it('prints one JSON object for a mail on standard input, without any configuration', async () => {
    const { out, code } = await run(['explain', '-', '--json'], {
      input: mail({ subject: 'Re: [#12] Printer', body: 'Thanks!\n\n> Is it out?\n' }),
    });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      decision: 'reply',
      ticketId: 12,
      request: { ticket_id: 12, user_email: 'ann@example.com', message: 'Thanks!' },
      mail: { subject: 'Re: [#12] Printer', text: 'Thanks!', quoted: expect.stringContaining('Is it out?') },
    });
  });

  it('prints text for people, for a file', async () => {
    const path = join(directory, 'mail.eml');
    writeFileSync(path, mail({ subject: 'Printer on fire' }));
    expect(await run(['explain', path])).toMatchObject({ code: 0, out: expect.stringContaining('Printer on fire') });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['noise', Buffer.from([0, 255, 10, 13, 0, 254])],
  ])('exits with 0 for %s as well', async (_, input) => {
    const { out, code } = await run(['explain', '-', '--json'], { input });
    expect({ code, decision: JSON.parse(out).decision }).toEqual({ code: 0, decision: 'create' });
  });

  it.each(['missing.eml', '.'])('exits with 2 for %s, which is no file that can be read', async (path) => {
    expect(await run(['explain', path])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/ENOENT|EISDIR/),
    });
  });

  it('honours the configuration that is there, and says what is wrong with it', async () => {
    const explained = await run(['explain', '-', '--json'], {
      input: mail({ subject: 'Re: [acme #7] x' }),
      environment: { SUBJECT_TAG: '[acme #{id}]' },
    });
    expect(JSON.parse(explained.out).ticketId).toBe(7);
    const refused = await run(['explain', '-'], { environment: { CATEGORY_ID: 'first' } });
    expect(refused).toMatchObject({ code: 2, err: expect.stringMatching(/CATEGORY_ID: "first"/) });
  });
});

describe('mail2ticket start', () => {
  it('exits with 2 and all that is wrong with the configuration', async () => {
    const { code, err } = await run(['start'], { environment: { HELPDESK_URL: 'nonsense' } });
    expect(code).toBe(2);
    for (const variable of ['HELPDESK_URL', 'HELPDESK_TOKEN', 'IMAP_HOST', 'IMAP_USER', 'IMAP_PASSWORD'])
      expect(err).toContain(variable);
  });

  it('says that there is no .env in this folder before it says what is not set, and which name may be misspelled', async () => {
    const { err } = await run(['start'], { environment: { HELPDESK_TOKN: 's3cret' } });
    const [first, second, third] = err.split('\n');
    expect(first).toContain(`.env is not in ${realpathSync(directory)}; `);
    expect(second).toMatch(/HELPDESK_TOKN is no setting.*perhaps HELPDESK_TOKEN/);
    expect(third).toContain('cannot be used');
    expect(err).not.toContain('s3cret');
  });

  it('makes one ticket of a mail although it is killed again and again, ends by itself on SIGTERM, and tells its health meanwhile', async () => {
    const rig = await startRig('redis');
    const environment = {
      ...rig.environment(),
      IMAP_BACKLOG: 'import',
      HTTP_PORT: String(await freePort()),
      HELPDESK_SETTLE_SECONDS: '1',
    };
    const output: string[] = [];
    const launch = () => {
      const child = start(['start'], environment);
      child.stdout.on('data', (data) => output.push(String(data)));
      child.stderr.on('data', (data) => output.push(String(data)));
      return child;
    };
    try {
      // The ticket is made and the answer lost, so that the process dies with the delivery open.
      rig.helpdesk.fault({ kind: 'hang', carriedOut: true, endpoint: 'tickets_create.php' });
      await rig.deliver(mail({ subject: 'Once' }));
      for (const moment of ['mail.queued', 'queue.opened']) {
        output.length = 0;
        const child = launch();
        await until(
          moment,
          () => output.join('').includes(moment) && (moment !== 'mail.queued' || rig.helpdesk.tickets().length > 0),
        );
        child.kill('SIGKILL');
        await once(child, 'close');
      }
      const child = launch();
      await rig.filed('Processed', 'Once').catch((error: Error) => {
        throw new Error(`${error.message}\n${output.join('')}`);
      });
      expect(rig.helpdesk.tickets()).toHaveLength(1);
      expect(output.join('')).toContain('"adopted":true');
      expect(await run(['health'], { environment })).toMatchObject({
        code: 0,
        out: expect.stringMatching(/✓ mailbox/),
      });
      const stopped = Date.now();
      child.kill('SIGTERM');
      const [code] = await once(child, 'close');
      expect(code).toBe(0);
      expect(Date.now() - stopped).toBeLessThan(10_000);
      expect(await run(['health'], { environment })).toMatchObject({ code: 1 });
    } finally {
      await rig.close();
    }
  });
});
