import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.js';
import { startHourlyAudit } from '../../src/imap/hourly-audit.js';
import { openBackend } from '../../src/queue/backend.js';
import { type MailJob, QUEUE_NAME } from '../../src/queue/job.js';
import { JobLedger } from '../../src/queue/ledger.js';
import { credentialSources, watchedMailbox } from '../../src/service/credential-sources.js';
import { runCli } from '../services/cli.js';
import { mail, openStore, type Rig, startRig } from '../services/rig.js';
import { until } from '../services/until.js';

const user = 'support@acme.test';
const anHourAgo = new Date(Date.now() - 3_600_000);

let rig: Rig;

beforeAll(async () => {
  rig = await startRig('redis');
  const service = await rig.start();
  await rig.deliver(mail({ subject: 'Settled' }));
  await rig.deliver(mail({ subject: 'Away', headers: ['Auto-Submitted: auto-replied'] }));
  await rig.filed('Processed', 'Settled');
  await rig.filed('Ignored', 'Away');
  await service.stop();
});
afterAll(() => rig?.close());

const audit = async () => {
  const { out, err, code } = await runCli(['audit', '--json'], rig.environment());
  return { code, err, report: JSON.parse(out).mailboxes[0] };
};

it('finds nothing where every mail is settled and filed', async () => {
  const { code, report } = await audit();
  expect(report).toMatchObject({
    counts: { unknown: 0, 'under way': 0, 'not filed': 0, contradicted: 0 },
    settled: { mails: 2, forgotten: 0 },
    oldestUndecidedSeconds: null,
    findings: [],
  });
  expect(code).toBe(0);
});

it('names a new mail that is not queued yet, and is content for a quarter of an hour', async () => {
  await rig.deliver(mail({ subject: 'Just now' }));
  const { code, report } = await audit();
  expect(report.findings).toMatchObject([{ kind: 'unknown', folder: 'INBOX', subject: 'Just now', ledger: 'nothing' }]);
  expect(code).toBe(0);
});

it('ends with 1 where a mail is without a decision for longer, in words for people and without obeying what a stranger wrote', async () => {
  const imap = await rig.dovecot.client(user);
  await imap.append('INBOX', mail({ subject: 'Forgotten \u001b[31m' }).replaceAll('\n', '\r\n'), [], anHourAgo);
  await imap.logout();
  const { out, code } = await runCli(['audit'], rig.environment());
  expect(out).toMatch(/unknown\W+2\W[\s\S]*unknown\W+60 min.*Forgotten/);
  expect(out).toMatch(/NOT IN ORDER: .* 60 min/);
  expect(out).not.toContain('\u001b');
  expect(code).toBe(1);
});

it('names mails that are under way, settled but not filed, or in a folder where they do not belong', async () => {
  // No answer, so that they stay under way; the third is for the probe at the start.
  rig.helpdesk.fault({ kind: 'hang', times: 3 });
  const service = await rig.start();
  await until('both are under way', () => service.log.filter(({ action }) => action === 'mail.queued').length === 2);
  await rig.move('Ignored', 'Failed');
  const { code, report } = await audit();
  await service.stop();
  expect(report.counts).toEqual({ unknown: 0, 'under way': 2, 'not filed': 0, contradicted: 1 });
  expect(report.findings.at(-1)).toMatchObject({
    kind: 'contradicted',
    folder: 'Mail2Ticket/Failed',
    subject: 'Away',
    ledger: expect.stringMatching(/^ignored: /),
  });
  expect(code).toBe(1);

  await rig.move('Processed', 'INBOX');
  expect((await audit()).report).toMatchObject({
    counts: { 'not filed': 1 },
    findings: expect.arrayContaining([expect.objectContaining({ kind: 'not filed', ledger: 'created #1' })]),
  });
});

it('writes the same figures into the log of the service from time to time, as a warning where a mail waits for too long', async () => {
  const log: Record<string, unknown>[] = [];
  const logger = pino({ base: null }, { write: (line: string) => void log.push(JSON.parse(line)) });
  const { mailboxes, queue } = loadConfig(rig.environment());
  const [{ imap } = {} as never] = mailboxes;
  const backend = await openBackend(queue.url, { log: logger });
  const ledger = new JobLedger(await backend.queue<MailJob, never>(QUEUE_NAME), queue);
  const mailbox = watchedMailbox(imap, credentialSources(logger));
  const stop = startHourlyAudit({ ...mailbox, ledger, log: logger }, 100);
  const line = await until('it is logged', () => log.find(({ action }) => action === 'audit.done'));
  expect(line).toMatchObject({ level: 40, underWay: 2, notFiled: 1, contradicted: 1, settledLooked: 1 });
  await rig.dovecot.kill('SIGTERM');
  await until('that it fails is logged', () => log.find(({ action }) => action === 'audit.failed'));
  await rig.dovecot.restart();
  await stop();
  await backend.close();
});

it('says of a mailbox that was never watched what is missing, and makes nothing in it', async () => {
  const { err, code } = await runCli(['audit'], { ...rig.environment(), IMAP_USER: 'fresh@acme.test' });
  expect({ err, code }).toEqual({ code: 1, err: expect.stringContaining('mail2ticket start writes it') });
  const imap = await rig.dovecot.client('fresh@acme.test');
  expect((await imap.list()).map(({ path }) => path)).toEqual(['INBOX']);
  await imap.logout();
});

it('says of an embedded queue that the service has it, and where the figures stand then', async () => {
  const embedded = await openStore('embedded');
  const backend = await openBackend(embedded.url, { log: pino({ level: 'silent' }) });
  const { err, code } = await runCli(['audit'], { ...rig.environment(), QUEUE_URL: embedded.url });
  await backend.close();
  await embedded.close();
  expect({ err, code }).toEqual({ code: 1, err: expect.stringMatching(/in use by process.*audit\.done/) });
});
