import { UnrecoverableError } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MailQuery } from '../../src/mail/mail-record.js';
import type { Outcome } from '../../src/mail/outcome.js';
import type { Backend } from '../../src/queue/backend.js';
import { type MailJob, QUEUE_NAME } from '../../src/queue/job.js';
import type { JobLedger, MailQueue } from '../../src/queue/ledger.js';
import { MailLog } from '../../src/queue/mail-log.js';
import type { Store } from '../services/rig.js';
import { until } from '../services/until.js';
import { newEntry } from './entries.js';
import { type OpenLedger, openLedger } from './open-ledger.js';

const HOUR_MS = 3_600_000;

const everything: MailQuery = { state: null, search: '', limit: 50, offset: 0 };

describe.each<Store>(['redis', 'embedded'])('the mail log on %s', (kind) => {
  let opened: OpenLedger;
  let backend: Backend;
  let queue: MailQueue;
  let ledger: JobLedger;
  let mails: MailLog;

  beforeAll(async () => {
    opened = await openLedger(kind);
    ({ backend, queue, ledger } = opened);
  });
  afterAll(() => opened?.close());

  beforeEach(async () => {
    await queue.obliterate({ force: true });
    mails = new MailLog(queue);
  });

  afterEach(() => mails.close());

  const add = (name: string, subject = `about ${name}`, from = `${name}@example.com`) => {
    const entry = newEntry(idOf(name));
    return ledger.add([{ ...entry, envelope: { ...entry.envelope, from, subject, messageId: `<${name}@mail.test>` } }]);
  };

  /** Works off what is in the queue: what has the subject `bad` fails for good, the others get tickets 1, 2 and so on. */
  async function settleAll(): Promise<void> {
    let ticket = 0;
    const worker = await backend.worker<MailJob, Outcome>(
      QUEUE_NAME,
      async (job) => {
        if (job.data.envelope.subject === 'bad') throw new UnrecoverableError('Custom field 7 is required');
        if (job.data.envelope.subject === 'away') return { kind: 'ignored', reason: 'auto reply' };
        ticket += 1;
        return { kind: 'created', ticketId: String(ticket), adopted: false };
      },
      {},
    );
    await until('the queue is empty', async () => (await ledger.countUnderWay()) === 0);
    await worker.close();
  }

  /** Asks until the log has read all of the ledger and knows of what has changed within the last second. */
  const listed = (query: Partial<MailQuery>, count: number) =>
    until(`${count} mails`, async () => {
      const list = await mails.list({ ...everything, ...query }, 5000);
      return list.mails.length === count && list.searched === list.total && list;
    });

  it('lists the latest mails with what became of each, newest first', async () => {
    await add('ann');
    await settleAll();
    await add('bob', 'bad');
    await settleAll();
    await add('eve', 'away');
    await settleAll();
    await add('joe');
    const { mails: list, more } = await listed({}, 4);
    expect(list.map(({ from, state, ticketId, reason }) => [from, state, ticketId, reason])).toEqual([
      ['joe@example.com', 'under-way', null, ''],
      ['eve@example.com', 'ignored', null, 'auto reply'],
      ['bob@example.com', 'failed', null, 'Custom field 7 is required'],
      ['ann@example.com', 'created', '1', 'a new request'],
    ]);
    expect(more).toBe(false);
    expect((await listed({ state: 'failed' }, 1)).mails[0]?.from).toBe('bob@example.com');
    const second = await mails.list({ ...everything, limit: 1, offset: 1 }, 5000);
    expect([second.mails[0]?.from, second.more]).toEqual(['eve@example.com', true]);
    expect(await mails.counts()).toEqual({ underWay: 1, failed: 1 });
  });

  it('finds mails by a part of their sender, subject or Message-ID, and by their ticket', async () => {
    await add('ann', 'The printer');
    await settleAll();
    await add('bob', 'My PRINTER too');
    await settleAll();
    const found = async (search: string) =>
      (await mails.list({ ...everything, search }, 5000)).mails.map(({ from }) => from.split('@')[0]);
    expect(await found('printer')).toEqual(['bob', 'ann']);
    expect(await found('ANN@example')).toEqual(['ann']);
    expect(await found('<bob@mail.test>')).toEqual(['bob']);
    expect(await found('#1')).toHaveLength(2);
    expect(await found('nobody')).toEqual([]);
  });

  it('learns of what changes while it is asked, of a retry too', async () => {
    await add('bob', 'bad');
    await settleAll();
    await listed({ state: 'failed' }, 1);
    await ledger.addAgain(newEntry(idOf('bob')));
    await settleAll();
    expect((await listed({ state: 'created' }, 1)).mails[0]?.id).toBe(idOf('bob'));
    expect((await listed({}, 1)).total).toBe(1);
    await (await queue.getJob(idOf('bob')))?.remove();
    expect((await listed({}, 0)).total).toBe(0);
  });

  it('reads a ledger of more than one page to its end', async () => {
    const entries = Array.from({ length: 450 }, (_, i) => newEntry(idOf(`mail ${i}`)));
    await ledger.add(entries);
    await settleAll();
    const { mails: list } = await listed({ limit: 1000 }, 450);
    expect(new Set(list.map(({ id }) => id)).size).toBe(450);
  });

  it('counts what was settled in each hour of a day', async () => {
    for (const name of ['ann', 'joe']) await add(name);
    await add('bob', 'bad');
    await settleAll();
    const { hours, isComplete } = await mails.day(5000);
    expect([hours.length, isComplete]).toEqual([24, true]);
    const sum = (state: 'created' | 'failed' | 'ignored') => hours.reduce((all, hour) => all + hour[state], 0);
    expect([sum('created'), sum('failed'), sum('ignored')]).toEqual([2, 1, 0]);
    expect(hours.every(({ from }, i) => i === 0 || from - (hours[i - 1]?.from ?? 0) === HOUR_MS)).toBe(true);
  });

  it('tells all of one mail, by its id or the beginning of it, before and after it was filed', async () => {
    const entry = newEntry(idOf('ann'));
    const trace = [{ rule: 'subject tag', matched: false, evidence: 'no [#{id}] in the subject' }];
    await ledger.add([{ ...entry, judgement: { ...entry.judgement, trace } }]);
    const told = { requester: 'ann@example.com', automatic: 'none', trace, mailbox: entry.mailbox };
    expect(await mails.find(idOf('ann'))).toMatchObject({ ...told, state: 'under-way', settledAt: null });
    await settleAll();
    await ledger.markFiled([idOf('ann')], 'Processed');
    expect(await mails.find(idOf('ann').slice(0, 8).toUpperCase())).toMatchObject({
      ...told,
      state: 'created',
      filedIn: 'Processed',
      receivedAt: Date.parse('2026-11-24T08:00:00.000Z'),
    });
  });

  it('tells a mail that it does not know from the beginning of several, and from what is no id', async () => {
    const [one, other] = ['abcdef'.padEnd(64, '0'), 'abcdef'.padEnd(64, '1')] as const;
    await ledger.add([newEntry(one), newEntry(other)]);
    expect(await mails.find('abcdef0')).toMatchObject({ id: one });
    expect(await mails.find('abcdef')).toBe('ambiguous');
    expect(await mails.find('ffffffff')).toBe('unknown');
    expect(await mails.find('f'.repeat(64))).toBe('unknown');
    expect(await mails.find('abcde')).toBe('no id');
    expect(await mails.find('no id at all')).toBe('no id');
  });

  it('still tells of mails that a version before has filed, which kept no reasons', async () => {
    await add('ann');
    await settleAll();
    const job = await queue.getJob(idOf('ann'));
    await job?.updateData({ ...job.data, judgement: null });
    expect(await mails.find(idOf('ann'))).toMatchObject({
      state: 'created',
      ticketId: '1',
      requester: null,
      trace: [],
    });
  });
});

/** A ledger id as real ones look. */
function idOf(name: string): string {
  return Buffer.from(name).toString('hex').padEnd(64, '0');
}
