/**
 * What anybody would write first: the whole source of every mail, mailparser, one POST each, sixteen at once. Nothing is durable,
 * nothing is filed, no mail is judged, a failure is not noticed. The measure for what the safe pipeline costs.
 *
 *     IMAP_HOST=… IMAP_PORT=… IMAP_USER=… IMAP_PASSWORD=… HELPDESK_URL=… HELPDESK_TOKEN=… node naive.js
 *
 * When all is posted it waits for SIGTERM, so that its memory and time can be read, and then logs out.
 */
import { once } from 'node:events';
import { ImapFlow } from 'imapflow';
import { simpleParser } from 'mailparser';
import { Pool } from 'undici';

const AT_ONCE = 16;

const {
  IMAP_HOST = '',
  IMAP_PORT,
  IMAP_USER = '',
  IMAP_PASSWORD = '',
  HELPDESK_URL = '',
  HELPDESK_TOKEN,
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
const running = new Set<Promise<void>>();
for await (const { source } of client.fetch('1:*', { source: true })) {
  if (!source) continue;
  const post = postTicket(source).finally(() => running.delete(post));
  running.add(post);
  if (running.size >= AT_ONCE) await Promise.race(running);
}
await Promise.all(running);
await told;
await client.logout();
await pool.close();

async function postTicket(source: Buffer): Promise<void> {
  const { subject = '', text = '', from } = await simpleParser(source);
  const [sender] = from?.value ?? [];
  const form = new URLSearchParams({
    subject,
    message: text.slice(0, 60_000),
    user_email: sender?.address ?? '',
    name: sender?.name ?? '',
  });
  const { body } = await pool.request({
    path: `${pathname}tickets_create.php`,
    method: 'POST',
    headers: { authorization: `Bearer ${HELPDESK_TOKEN}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
  await body.dump();
}
