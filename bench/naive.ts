/**
 * What anybody would write first: the whole source of every mail, mailparser, one POST each, sixteen at once. Nothing is durable,
 * nothing is filed, no mail is judged, a failure is not noticed. The measure for what the safe pipeline costs.
 *
 *     IMAP_HOST=… IMAP_PORT=… IMAP_USER=… IMAP_PASSWORD=… HELPDESK_URL=… HELPDESK_TOKEN=… node naive.js
 *
 * With QUEUE_URL=redis://… each mail goes through a queue of BullMQ in between, as the cheapest way has it: a hundred added at a time. So
 * much of what the safe pipeline costs is the queue alone.
 *
 * When all is posted it waits for SIGTERM, so that its memory and time can be read, and then logs out.
 */
import { once } from 'node:events';
import { ImapFlow } from 'imapflow';
import { simpleParser } from 'mailparser';
import { Pool } from 'undici';

const AT_ONCE = 16;
const BATCH = 100;

type Form = Record<'subject' | 'message' | 'user_email' | 'name', string>;

const {
  IMAP_HOST = '',
  IMAP_PORT,
  IMAP_USER = '',
  IMAP_PASSWORD = '',
  HELPDESK_URL = '',
  HELPDESK_TOKEN,
  QUEUE_URL,
} = process.env;
const { origin, pathname } = new URL(HELPDESK_URL);
const pool = new Pool(origin, { connections: AT_ONCE });
const client = new ImapFlow({
  host: IMAP_HOST,
  port: Number(IMAP_PORT),
  secure: false,
  doSTARTTLS: false,
  auth: { user: IMAP_USER, pass: IMAP_PASSWORD },
  logger: false,
});
const told = once(process, 'SIGTERM');
await client.connect();
await client.mailboxOpen('INBOX', { readOnly: true });
const mails = client.fetch('1:*', { source: true });
await (QUEUE_URL ? postThroughQueue(QUEUE_URL) : postAtOnce());
await told;
await client.logout();
await pool.close();

async function postAtOnce(): Promise<void> {
  const running = new Set<Promise<void>>();
  for await (const { source } of mails) {
    if (!source) continue;
    const posted = formOf(source)
      .then(post)
      .finally(() => running.delete(posted));
    running.add(posted);
    if (running.size >= AT_ONCE) await Promise.race(running);
  }
  await Promise.all(running);
}

async function postThroughQueue(url: string): Promise<void> {
  const { Queue, Worker } = await import('bullmq');
  const { hostname: host, port } = new URL(url);
  const connection = { host, port: Number(port), maxRetriesPerRequest: null };
  const queue = new Queue<Form>('naive', { connection });
  const worker = new Worker<Form>('naive', ({ data }) => post(data), { connection, concurrency: AT_ONCE });
  void told.then(() => Promise.all([worker.close(), queue.close()]));
  const batch: { name: string; data: Form; opts: { jobId: string } }[] = [];
  for await (const { source, uid } of mails) {
    if (!source) continue;
    batch.push({ name: 'mail', data: await formOf(source), opts: { jobId: `mail-${uid}` } });
    if (batch.length === BATCH) await queue.addBulk(batch.splice(0));
  }
  await queue.addBulk(batch);
}

async function formOf(source: Buffer): Promise<Form> {
  const { subject = '', text = '', from } = await simpleParser(source);
  const [sender] = from?.value ?? [];
  return { subject, message: text.slice(0, 60_000), user_email: sender?.address ?? '', name: sender?.name ?? '' };
}

async function post(form: Form): Promise<void> {
  const { body } = await pool.request({
    path: `${pathname}tickets_create.php`,
    method: 'POST',
    headers: { authorization: `Bearer ${HELPDESK_TOKEN}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
  await body.dump();
}
