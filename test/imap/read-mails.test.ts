import type { ImapFlow } from 'imapflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMails } from '../../src/imap/read-mails.js';
import { MAX_FETCHED_BODY_BYTES, MAX_WHOLE_BYTES } from '../../src/limits.js';
import { parseMail } from '../../src/mail/parse.js';
import { startDovecot, type TestDovecot } from '../services/dovecot.js';

const USER = 'ann@acme.test';
const crlf = (text: string) => Buffer.from(text.replace(/\r?\n/g, '\r\n'), 'latin1');
const base64 = (bytes: number) => `${'A'.repeat(76)}\n`.repeat(Math.ceil(bytes / 57));

const head = 'From: Ann <ann@example.com>\nTo: support@acme.test\nSubject: Two files\nMIME-Version: 1.0\n';

/** Text, HTML with an image within, and files: the shape that mail programs give a mail with attachments. */
const withFiles = (bytes: number) => `${head}Content-Type: multipart/mixed; boundary="outer"

Prologue
--outer
Content-Type: multipart/alternative; boundary="inner"

--inner
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe, see the files.
--inner
Content-Type: multipart/related; boundary="page"

--page
Content-Type: text/html

<p>see the <b>files</b></p>
--page
Content-Type: image/png; name="logo.png"
Content-Transfer-Encoding: base64
Content-Disposition: inline

${base64(bytes / 2)}
--page--
--inner--
--outer
Content-Type: application/pdf; name="=?utf-8?Q?Pr=C3=BCfung.pdf?="
Content-Transfer-Encoding: base64
Content-Disposition: attachment

${base64(bytes)}
--outer
Content-Type: text/plain; name=log.txt
Content-Disposition: attachment

${'a line of a log\n'.repeat(100)}
--outer--
`;

describe('fetching mails', () => {
  let dovecot: TestDovecot;
  let imap: ImapFlow;
  beforeAll(async () => {
    dovecot = await startDovecot();
    imap = await dovecot.client(USER);
  });
  afterAll(async () => {
    await imap?.logout();
    await dovecot?.stop();
  });

  /** Puts the mails into a folder of their own and fetches them. */
  async function fetched(folder: string, ...raws: Buffer[]) {
    await imap.mailboxCreate(folder);
    for (const raw of raws) await imap.append(folder, raw);
    await imap.mailboxOpen(folder);
    const messages = await imap.fetchAll('1:*', { uid: true, size: true });
    imap.stats(true);
    const read = [];
    for await (const { uid, source } of readMails(
      imap,
      messages.map(({ uid, size }) => ({ uid, sizeBytes: size ?? 0 })),
    )) {
      read.push({ uid, source, mail: await parseMail(source.bytes, source.leftOut) });
    }
    return { read, receivedBytes: imap.stats().received };
  }

  it('fetches a small mail whole, byte for byte', async () => {
    const raw = crlf(withFiles(1000));
    const { read } = await fetched('small', raw);
    expect(read.map(({ source }) => Buffer.from(source.bytes).equals(raw))).toEqual([true]);
  });

  it('fetches a larger mail whole too where a signature over all of it is to be checked', async () => {
    const raw = crlf(withFiles(300_000));
    await imap.mailboxCreate('signed');
    await imap.append('signed', raw);
    await imap.mailboxOpen('signed');
    const read = [];
    for await (const { source } of readMails(imap, [{ uid: 1, sizeBytes: raw.length }], raw.length)) read.push(source);
    expect(read.map(({ bytes }) => Buffer.from(bytes).equals(raw))).toEqual([true]);
  });

  it.each([
    ['small', 1000],
    ['large', 300_000],
  ])('reads a %s mail once, whatever the server tells unasked of its flags meanwhile', async (size, bytes) => {
    const user = `marked-${size}@acme.test`;
    const raw = crlf(withFiles(bytes));
    await dovecot.deliver(user, raw);
    // With it Dovecot names the UID in what it tells unasked, as Gmail does always.
    const client = await dovecot.client(user, { qresync: true });
    const other = await dovecot.client(user);
    for (const each of [client, other]) await each.mailboxOpen('INBOX');
    const fetch = client.fetch.bind(client);
    let marks = 0;
    client.fetch = async function* (...asked: Parameters<typeof fetch>) {
      marks += 1;
      await other.messageFlagsAdd('1', [`mark${marks}`], { uid: true });
      yield* fetch(...asked);
    };
    const read = [];
    for await (const { source } of readMails(client, [{ uid: 1, sizeBytes: raw.length }])) {
      read.push((await parseMail(source.bytes, source.leftOut)).text);
    }
    expect(read).toEqual(['Grüße, see the files.']);
    for (const each of [client, other]) await each.logout();
  });

  it('reads the same of a large mail as if it had been fetched whole, without the bytes of its files', async () => {
    const raw = crlf(withFiles(300_000));
    const whole = await parseMail(raw);
    const { read, receivedBytes } = await fetched('large', raw);
    const [{ mail } = { mail: whole }] = read;
    expect(read).toHaveLength(1);
    expect({ ...mail, attachments: [] }).toEqual({ ...whole, attachments: [] });
    expect(mail.text).toBe('Grüße, see the files.');
    expect(
      mail.attachments.map(({ filename, contentType, disposition }) => [filename, contentType, disposition]),
    ).toEqual([
      ['logo.png', 'image/png', 'inline'],
      ['Prüfung.pdf', 'application/pdf', 'attachment'],
      ['log.txt', 'text/plain', 'attachment'],
    ]);
    for (const [i, { bytes }] of mail.attachments.entries()) {
      const exact = whole.attachments[i]?.bytes ?? 0;
      expect(Math.abs(bytes - exact)).toBeLessThan(exact / 20);
    }
    expect(receivedBytes).toBeLessThan(8000);
  });

  it('costs a few kilobytes for a mail of 40 MB', async () => {
    const { read, receivedBytes } = await fetched('huge', crlf(withFiles(27_000_000)));
    expect(read[0]?.mail.text).toBe('Grüße, see the files.');
    expect(receivedBytes).toBeLessThan(8000);
  });

  it('fetches no more of a text without end than its bound', async () => {
    const raw = crlf(`${head}\n${'all work and no play\n'.repeat(500_000)}`);
    const { read, receivedBytes } = await fetched('endless', raw);
    expect(read[0]?.mail.text).toMatch(/^all work/);
    expect(receivedBytes).toBeLessThan(MAX_FETCHED_BODY_BYTES + 300_000);
  });

  it('finds the words of a mail whose parts the server cannot find, for want of their boundary', async () => {
    const broken = withFiles(100_000).replace('boundary="outer"', 'boundary="other"');
    const { read } = await fetched('boundary', crlf(broken));
    expect(read[0]?.mail.text).toContain('Grüße');
  });

  it('fetches small and large mails of one range, each once and unseen', async () => {
    const raws = [
      withFiles(100),
      withFiles(200_000),
      withFiles(100),
      withFiles(210_000),
      `${head}\n${'word '.repeat(30_000)}`,
    ];
    expect(raws.filter((raw) => raw.length > MAX_WHOLE_BYTES)).toHaveLength(3);
    const { read } = await fetched('mixed', ...raws.map(crlf));
    expect(read.map(({ uid }) => uid).sort()).toEqual([1, 2, 3, 4, 5]);
    expect((await dovecot.list(USER, 'mixed')).map(({ seen }) => seen)).toEqual(Array(5).fill(false));
  });

  it.each([
    [
      'of ten thousand parts',
      () => `Content-Type: multipart/mixed; boundary=b\n\n${'--b\nContent-Type: image/png\n\nwords\n'.repeat(10_000)}`,
    ],
    [
      'of multiparts within multiparts',
      () =>
        Array.from({ length: 5000 }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`).join(''),
    ],
    ['of a hundred thousand header fields', () => `${'X-A: b\n'.repeat(100_000)}\nwords\n`],
    ['of a line of 50 MB', () => `\n${'word '.repeat(10_000_000)}`],
    [
      'of 100 MB of zeros in base64',
      () => `Content-Transfer-Encoding: base64\n\n${`${'A'.repeat(76)}\n`.repeat(1_370_000)}`,
    ],
  ])('fetches a mail %s within the bounds', async (name, body) => {
    const { read, receivedBytes } = await fetched(name.replace(/ /g, '-'), crlf(`${head}${body()}`));
    expect(read.map(({ mail }) => mail.subject)).toEqual(['Two files']);
    expect(receivedBytes).toBeLessThan(5_000_000);
  });
});
