/**
 * How quick the mail log is with a ledger of many settled mails, and what it costs.
 *
 *     tsx --expose-gc bench/mail-log.ts [redis|embedded] [COUNT]
 *
 * Without arguments: 100,000 mails on a Redis of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { judge } from '../src/mail/decide.js';
import { identityOf } from '../src/mail/identity.js';
import type { Outcome } from '../src/mail/outcome.js';
import { parseMail } from '../src/mail/parse.js';
import { defaultPolicy } from '../src/mail/policy.js';
import { openBackend } from '../src/queue/backend.js';
import { type MailJob, QUEUE_NAME } from '../src/queue/job.js';
import { JobLedger } from '../src/queue/ledger.js';
import { MailLog } from '../src/queue/mail-log.js';
import { startRedis } from '../test/services/redis.js';

const kind = process.argv[2] ?? 'redis';
const count = Number(process.argv[3] ?? 100_000);

const log = { info() {}, warn() {}, error() {} };
const directory = mkdtempSync(join(tmpdir(), 'mail2ticket-bench-'));
const redis = kind === 'redis' ? await startRedis() : null;
const backend = await openBackend(redis?.url ?? `embedded:${directory}`, { log });
try {
  const queue = await backend.queue<MailJob, Outcome>(QUEUE_NAME);
  const ledger = new JobLedger(queue, { ledgerDays: 30 });
  await time(`${count} mails queued, settled and filed`, fill);
  if (redis) {
    const client = new Redis(redis.url);
    const memory = /used_memory:(\d+)/.exec(await client.info('memory'))?.[1];
    console.log(`${Math.round(Number(memory) / count)} bytes of Redis for each mail`);
    await client.quit();
  }

  const mails = new MailLog(queue);
  const heap = heapBytes();
  const everything = { state: null, search: '', limit: 50, offset: 0 } as const;
  await time('the first list', () => mails.list(everything));
  await time('the hours of the day', () => mails.day());
  await time('a search before all is read', async () => {
    const { searched, total } = await mails.list({ ...everything, search: 'person7@' });
    console.log(`  (searched ${searched} of ${total})`);
  });
  const blocked = watchLoop();
  await time('all read', async () => {
    for (;;) {
      const { searched, total } = await mails.list({ ...everything, search: 'x' }, 5000);
      if (searched === total) return;
    }
  });
  console.log(`  longest block of the event loop meanwhile: ${blocked()} ms`);
  console.log(`  ${Math.round((heapBytes() - heap) / count)} bytes of heap for each mail`);
  await time('a list then', () => mails.list(everything));
  await time('a search then', () => mails.list({ ...everything, search: 'person7@' }));
  await time('a search that finds nothing', () => mails.list({ ...everything, search: 'nobody at all' }));
  await time('the hours of the day then', () => mails.day());
  await time('one mail by the beginning of its id', () => mails.find('abcdef'));
  mails.close();

  async function fill(): Promise<void> {
    const settled = new Set<string>();
    const worker = await backend.worker<MailJob, Outcome>(
      QUEUE_NAME,
      async () => ({ kind: 'created', ticketId: String(settled.size), adopted: false }),
      { concurrency: 50 },
    );
    worker.on('completed', (job) => settled.add(job.id ?? ''));
    for (let start = 0; start < count; start += 500) {
      const ids: string[] = [];
      const entries = [];
      for (let i = start; i < Math.min(count, start + 500); i += 1) {
        const raw = `From: Person ${i} <person${i}@example.com>\nTo: support@acme.test\nSubject: My order ${i} has not arrived\nMessage-ID: <${i}.abc@mail.example.com>\n\nHello\n`;
        const envelope = {
          messageId: `<${i}.abc@mail.example.com>`,
          from: `person${i}@example.com`,
          subject: `My order ${i} has not arrived`,
          date: '2026-11-24T08:00:00.000Z',
          sizeBytes: 2000,
          receivedAt: '2026-11-24T08:00:00.000Z',
        };
        const mailbox = 'imap://support@mail.acme.test/INBOX';
        const id = identityOf(mailbox, envelope);
        ids.push(id);
        entries.push({
          id,
          mailbox,
          location: { folder: 'INBOX', uidValidity: '1', uid: i },
          envelope,
          fingerprint: id,
          judgement: judge(await parseMail(Buffer.from(raw)), defaultPolicy),
          lookFirst: false,
        });
      }
      await ledger.add(entries);
      while (ids.some((id) => !settled.has(id))) await sleep(5);
      await ledger.markFiled(ids, 'Processed');
    }
    await worker.close();
  }
} finally {
  await backend.close();
  await redis?.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function time(what: string, work: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await work();
  console.log(`${what}: ${(performance.now() - began).toFixed(0)} ms`);
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function watchLoop(): () => number {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last - 10);
    last = performance.now();
  }, 10);
  return () => {
    clearInterval(timer);
    return Math.round(longest);
  };
}
