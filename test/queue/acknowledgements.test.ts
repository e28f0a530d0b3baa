import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MailNotSentError } from '../../src/errors.js';
import type { LogFields } from '../../src/log/log-actions.js';
import type { Acknowledgement } from '../../src/mail/acknowledgement.js';
import { AcknowledgementQueue } from '../../src/queue/acknowledgements.js';
import { type Backend, type BackendQueue, openBackend } from '../../src/queue/backend.js';
import { openStore, type Store } from '../services/rig.js';
import { until } from '../services/until.js';

const silent = pino({ level: 'silent' });
const MINUTE_MS = 60_000;

describe.each<Store>(['redis', 'embedded'])('the queue of acknowledgements on %s', (kind) => {
  let store: Awaited<ReturnType<typeof openStore>>;
  let backend: Backend;
  let jobs: BackendQueue<Acknowledgement, unknown>;
  let queue: AcknowledgementQueue | null;
  let sent: Acknowledgement[];
  let lines: LogFields[];
  let endings: string[];

  beforeAll(async () => {
    store = await openStore(kind);
    backend = await openBackend(store.url, { log: silent });
    jobs = await backend.queue('acknowledgement');
  });

  afterAll(async () => {
    await backend?.close();
    await store?.close();
  });

  beforeEach(async () => {
    await jobs.obliterate({ force: true });
    sent = [];
    lines = [];
    endings = [];
    queue = null;
  });

  afterEach(() => queue?.stop());

  const write = (fields: LogFields) => void lines.push(fields);
  const said = (action: string) => lines.filter((line) => line.action === action);

  /** Starts to send; `failing` is thrown for the mails of these ids. */
  async function start(failing: Readonly<Record<string, Error>> = {}): Promise<AcknowledgementQueue> {
    queue = await AcknowledgementQueue.start(backend, {
      send: async (one) => {
        sent.push(one);
        const error = failing[one.mail];
        if (error) throw error;
      },
      abandon: () => {},
      ledgerDays: 30,
      log: { debug: write, info: write, warn: write, error: write },
      ended: (how) => void endings.push(how),
    });
    return queue;
  }

  const one = (mail: string, to = 'ann@example.com'): Acknowledgement => ({
    mail,
    mailbox: 'imap://support@acme.test',
    to,
    ticketId: '12',
    answers: null,
  });
  const done = (mail: string) =>
    until(`${mail} done`, async () => {
      const job = await jobs.getJob(mail);
      return job?.finishedOn ? job : null;
    });
  /** As another process sends it, and then is gone. */
  const sentElsewhere = async (...mails: string[]) => {
    const worker = await backend.worker('acknowledgement', async () => ({ kind: 'sent' }), { concurrency: 1 });
    for (const mail of mails) await jobs.add('acknowledgement', one(mail), { jobId: mail });
    for (const mail of mails) await done(mail);
    await worker.close();
  };

  it('sends what it has taken on, once for each mail', async () => {
    const running = await start();
    await running.add(one('a'));
    await running.add(one('a'));
    expect((await done('a')).returnvalue).toEqual({ kind: 'sent' });
    await running.add(one('a'));
    await running.add(one('b', 'bob@example.com'));
    await done('b');
    expect(sent.map(({ mail }) => mail)).toEqual(['a', 'b']);
    expect(said('mail.acknowledged')).toMatchObject([{ mail: 'a', to: 'ann@example.com' }, { mail: 'b' }]);
  });

  it('sends one within ten minutes to an address, whatever its plus, and says why it keeps the others back', async () => {
    const running = await start();
    await running.add(one('a', 'Ann@example.com'));
    await running.add(one('b', 'ann+ticket-7@example.com'));
    await running.add(one('c', 'bob@example.com'));
    await done('a');
    await done('b');
    await done('c');
    expect(sent.map(({ mail }) => mail)).toEqual(['a', 'c']);
    expect(endings).toEqual(['sent', 'withheld', 'sent']);
    expect(said('mail.unacknowledged')).toMatchObject([
      { mail: 'b', reason: expect.stringContaining('within the last minutes') },
    ]);
  });

  it('holds to its limits after a restart, when another process has sent', async () => {
    await sentElsewhere('a');
    const running = await start();
    await running.add(one('b'));
    expect((await done('b')).returnvalue).toMatchObject({ kind: 'kept back' });
    expect(sent).toEqual([]);
  });

  it('tries again later where the server cannot be reached, and gives up where it refuses', async () => {
    const running = await start({
      down: new MailNotSentError('connection refused', { permanent: false, perhapsSent: false }),
      refused: new MailNotSentError('550 no such user', { permanent: true, perhapsSent: false }),
    });
    await running.add(one('down'));
    await running.add(one('refused', 'nobody@example.com'));
    expect(await done('refused')).toMatchObject({ failedReason: '550 no such user' });
    const job = await until('it waits', async () => {
      const waiting = await jobs.getJob('down');
      return (await waiting?.isDelayed()) ? waiting : null;
    });
    expect(job.delay).toBeGreaterThanOrEqual(MINUTE_MS / 2);
    expect(job.delay).toBeLessThanOrEqual(MINUTE_MS);
    expect(said('mail.acknowledgement.retry')).toMatchObject([{ mail: 'down', reason: 'connection refused' }]);
    expect(said('mail.acknowledgement.failed')).toMatchObject([{ mail: 'refused' }]);
    expect(endings).toEqual(['failed']);
  });

  it('gives up after a day', async () => {
    await jobs.add('acknowledgement', one('old'), {
      jobId: 'old',
      timestamp: Date.now() - 25 * 60 * MINUTE_MS,
      attempts: 100,
      backoff: { type: 'custom' },
    });
    await start({ old: new MailNotSentError('connection refused', { permanent: false, perhapsSent: false }) });
    expect(await done('old')).toMatchObject({ failedReason: 'connection refused' });
  });

  it('hands over a mail three times at most that may have arrived each time', async () => {
    const running = await start({ a: new MailNotSentError('line broke', { permanent: false, perhapsSent: true }) });
    await running.add(one('a'));
    for (let tries = 1; tries < 3; tries++) {
      const waiting = await until('it waits', async () => {
        const job = await jobs.getJob('a');
        return sent.length === tries && (await job?.isDelayed()) ? job : null;
      });
      await waiting.promote();
    }
    expect(await done('a')).toMatchObject({ failedReason: 'line broke; it may have arrived' });
    expect(sent).toHaveLength(3);
  });
});
