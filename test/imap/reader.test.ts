import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MailReader } from '../../src/imap/reader.js';
import { look } from '../../src/imap/standing.js';
import { MAX_BROKEN_READINGS } from '../../src/limits.js';
import { judge } from '../../src/mail/decide.js';
import { mailOfEnvelope } from '../../src/mail/envelope-mail.js';
import { defaultPolicy } from '../../src/mail/policy.js';
import { type Backend, openBackend } from '../../src/queue/backend.js';
import { JobReadings, READINGS_QUEUE_NAME } from '../../src/queue/readings.js';
import { startDovecot, type TestDovecot } from '../services/dovecot.js';
import { startRedis, type TestRedis } from '../services/redis.js';
import { mail } from '../services/rig.js';
import { until } from '../services/until.js';

const USER = 'support@acme.test';
const MAILBOX = 'imap://support@acme.test/INBOX';
const log = pino({ level: 'silent' });

describe('reading the mails of a folder', () => {
  let dovecot: TestDovecot;
  let redis: TestRedis;
  let backend: Backend;
  beforeAll(async () => {
    [dovecot, redis] = await Promise.all([startDovecot(), startRedis()]);
    backend = await openBackend(redis.url, { log });
  });
  afterAll(async () => {
    await backend?.close();
    await redis?.stop();
    await dovecot?.stop();
  });

  /** What one life of a process makes of the folder, where reading a mail with `killer` in it ends that life. */
  async function oneLife(killer: string): Promise<{ committed: string[][]; died: boolean }> {
    const client = await dovecot.client(USER);
    await client.mailboxOpen('INBOX');
    const committed: string[][] = [];
    const reader = new MailReader({
      client,
      mailbox: MAILBOX,
      folder: 'INBOX',
      uidValidity: '1',
      readings: new JobReadings(await backend.queue(READINGS_QUEUE_NAME)),
      judge: async (source, envelope) => {
        if (source && Buffer.from(source.bytes).includes(killer)) throw new Error('the process is killed');
        return judge(mailOfEnvelope(envelope, source ? 'read' : 'not read'), defaultPolicy);
      },
      log,
    });
    const ledger = { lookUp: async () => new Map() };
    const standing = await look(
      { client, mailbox: MAILBOX, folder: 'INBOX', uidValidity: '1', mark: null, ledger },
      [1, 2, 3],
    );
    const died = await reader
      .readAll(
        standing,
        () => ({ real: false, lookFirst: false }),
        async (entries) => {
          committed.push(
            entries.map(({ envelope, judgement }) => `${envelope.subject}: ${judgement.trace[0]?.evidence}`),
          );
        },
      )
      .then(
        () => false,
        () => true,
      );
    if (!died) await reader.allRead();
    await client.logout();
    return { committed, died };
  }

  it('stops killing the process with the same mail: the others pass it, and it is judged by its envelope in the end', async () => {
    for (const subject of ['Before', 'Poison', 'After']) {
      await dovecot.deliver(USER, mail({ subject, body: subject === 'Poison' ? 'deadly words\n' : 'words\n' }));
    }
    const first = await oneLife('deadly');
    expect(first).toEqual({ committed: [], died: true });
    for (let life = 1; life < MAX_BROKEN_READINGS; life++) {
      const { committed, died } = await oneLife('deadly');
      expect({ committed, died }).toEqual({ committed: [['Before: only the envelope was read: read']], died: true });
    }
    expect(await oneLife('deadly')).toEqual({
      committed: [
        ['Before: only the envelope was read: read'],
        ['Poison: only the envelope was read: not read'],
        ['After: only the envelope was read: read'],
      ],
      died: false,
    });
  });

  it('forgets what broke before once all mail has been read', async () => {
    const queue = await backend.queue(READINGS_QUEUE_NAME);
    await until('all readings have ended', async () => (await queue.getJobCountByTypes('waiting')) === 0);
    expect((await oneLife('nothing')).committed).toHaveLength(1);
  });

  it('keeps the readings of two mailboxes apart', async () => {
    const readings = new JobReadings(await backend.queue(READINGS_QUEUE_NAME));
    await readings.begin('imap://a', ['1', '2']);
    await readings.begin('imap://a', ['1']);
    const end = await readings.begin('imap://b', ['1']);
    expect(await readings.broken('imap://a')).toEqual(
      new Map([
        ['1', 2],
        ['2', 1],
      ]),
    );
    await readings.forget('imap://a');
    expect(await readings.broken('imap://a')).toEqual(new Map());
    expect(await readings.broken('imap://b')).toEqual(new Map([['1', 1]]));
    end();
  });
});
