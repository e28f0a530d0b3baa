import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/check/finding.js';
import { fixedPassword } from '../../src/credentials.js';
import { type MailboxProbe, probeMailbox } from '../../src/imap/probe.js';
import { createLogger } from '../../src/log/logger.js';
import { selfSigned } from '../services/certificate.js';
import { PASSWORD, startDovecot, type TestDovecot } from '../services/dovecot.js';
import { mail } from '../services/rig.js';

const user = 'support@acme.test';

type Changes = Partial<Omit<MailboxProbe, 'login'>> & { login?: Partial<MailboxProbe['login']> };

async function probe(dovecot: TestDovecot, { login, ...rest }: Changes = {}): Promise<Finding[]> {
  const findings: Finding[] = [];
  await probeMailbox(
    {
      login: {
        host: '127.0.0.1',
        port: dovecot.port,
        tls: 'none',
        user,
        credentials: fixedPassword(PASSWORD),
        ...login,
      },
      folder: 'INBOX',
      backlog: 'skip',
      pollMs: 60_000,
      log: createLogger('silent'),
      timeoutMs: 5000,
      ...rest,
    },
    (finding) => findings.push(finding),
    new AbortController().signal,
  );
  return findings;
}

const problems = (findings: readonly Finding[]) => findings.filter(({ level }) => level === 'problem');
const about = (findings: readonly Finding[], what: string) => findings.find((finding) => finding.about === what);

/** Every folder of the user with the number of its mails. */
async function folders(dovecot: TestDovecot): Promise<Record<string, number>> {
  const imap = await dovecot.client(user);
  const listed = await imap.list({ statusQuery: { messages: true } });
  await imap.logout();
  return Object.fromEntries(listed.map(({ path, status }) => [path, status?.messages ?? 0]));
}

describe('a mailbox', () => {
  let dovecot: TestDovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
    await dovecot.deliver(user, mail({ subject: 'Hello' }));
  });
  afterAll(() => dovecot.stop());

  it('where all may be done is fine, and looks afterwards as before', async () => {
    const findings = await probe(dovecot);
    expect(findings.map(({ about, level }) => [about, level])).toEqual(
      ['tls', 'log-in', 'idle', 'move', 'folder', 'keywords', 'first start', 'folders', 'clock'].map((what) => [
        what === 'first start' ? what : `imap ${what}`,
        'ok',
      ]),
    );
    expect(about(findings, 'first start')?.found).toContain('IMAP_BACKLOG=skip');
    expect(await folders(dovecot)).toEqual({ INBOX: 1 });
    expect(await dovecot.list(user, 'INBOX')).toMatchObject([{ subject: 'Hello', seen: false }]);
  });

  it('in which a check was cut off is told which folder it left', async () => {
    const imap = await dovecot.client(user);
    await imap.mailboxCreate('Mail2Ticket-Check-0a1b2c3d');
    expect(await probe(dovecot)).toContainEqual(
      expect.objectContaining({ level: 'warning', found: expect.stringContaining('Mail2Ticket-Check-0a1b2c3d') }),
    );
    await imap.mailboxDelete('Mail2Ticket-Check-0a1b2c3d');
    await imap.logout();
  });

  it('with a wrong password names the two settings, and what could not be looked at', async () => {
    const findings = await probe(dovecot, { login: { credentials: fixedPassword('hunter2') } });
    expect(findings.slice(1)).toMatchObject([
      { about: 'imap log-in', level: 'problem', cure: expect.stringContaining('IMAP_USER and IMAP_PASSWORD') },
      { about: 'imap folders', level: 'skipped' },
    ]);
    expect(JSON.stringify(findings)).not.toContain('hunter2');
  });

  it('on a host that does not exist names IMAP_HOST', async () => {
    expect(await probe(dovecot, { login: { host: 'mail.nowhere.invalid' } })).toMatchObject([
      { about: 'imap dns', level: 'problem', cure: expect.stringContaining('IMAP_HOST') },
      { level: 'skipped' },
    ]);
  });

  it.each([
    ['implicit', 'ERR_SSL_WRONG_VERSION_NUMBER'],
    ['starttls', 'ERR_SSL_NO_STARTTLS'],
  ] as const)('on a server without TLS, with IMAP_TLS=%s, names IMAP_PORT and IMAP_TLS', async (tls, code) => {
    expect(problems(await probe(dovecot, { login: { tls } }))).toMatchObject([
      {
        about: 'imap tls',
        found: expect.stringContaining(code),
        cure: expect.stringContaining('IMAP_PORT and IMAP_TLS'),
      },
    ]);
  });

  it('on a server that says nothing before TLS, with IMAP_TLS=starttls, is told that it may want TLS at once', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const found = await probe(dovecot, { login: { tls: 'starttls', port }, timeoutMs: 500 });
    silent.close();
    expect(problems(found)).toMatchObject([
      {
        about: 'imap tls',
        found: `127.0.0.1:${port}: takes the connection, but no answer within 0.5 s`,
        cure: 'perhaps TLS begins with the first byte there, as on port 993: set IMAP_TLS=implicit, or correct IMAP_PORT',
      },
    ]);
  });

  it('where nothing listens names host and port', async () => {
    expect(problems(await probe(dovecot, { login: { port: dovecot.tlsPort } }))).toMatchObject([
      { about: 'imap log-in', cure: expect.stringContaining('IMAP_HOST, IMAP_PORT and IMAP_TLS') },
    ]);
  });

  it('without the watched folder names those that are there', async () => {
    expect(problems(await probe(dovecot, { folder: 'Suport' }))).toMatchObject([
      { about: 'imap folder', cure: 'set IMAP_FOLDER to one of: INBOX' },
    ]);
  });

  it('without the watched folder is not told to watch one of ours', async () => {
    const imap = await dovecot.client(user);
    const ours = ['Mail2Ticket', 'Mail2Ticket/Failed', 'Mail2Ticket-Check-0a1b2c3d'];
    for (const path of [...ours, 'Sales']) await imap.mailboxCreate(path);
    const cure = about(await probe(dovecot, { folder: 'Support' }), 'imap folder')?.cure;
    for (const path of [...ours, 'Sales'].reverse()) await imap.mailboxDelete(path);
    await imap.logout();
    expect(cure).toMatch(/^set IMAP_FOLDER to one of: (INBOX, Sales|Sales, INBOX)$/);
  });

  it('that is watched already is told by its note, and by the want of it', async () => {
    const imap = await dovecot.client(user);
    for (const path of ['Mail2Ticket', 'Mail2Ticket/Processed']) await imap.mailboxCreate(path);
    const gone = await probe(dovecot);
    expect(problems(gone)).toMatchObject([
      { about: 'first start', cure: expect.stringContaining('IMAP_BACKLOG=import') },
    ]);
    expect(problems(await probe(dovecot, { backlog: 'import' }))).toEqual([]);
    const mark = 'X-Mail2Ticket-Mark: uidvalidity=1; uidnext=2; date=2026-11-24T08:00:00.000Z; folder=INBOX';
    await imap.append('Mail2Ticket', `Subject: note\r\n${mark}\r\n\r\n`);
    expect(about(await probe(dovecot), 'first start')).toMatchObject({ level: 'ok', found: 'was on 2026-11-24' });
    expect(await folders(dovecot)).toEqual({ INBOX: 1, Mail2Ticket: 1, 'Mail2Ticket/Processed': 0 });
    for (const path of ['Mail2Ticket/Processed', 'Mail2Ticket']) await imap.mailboxDelete(path);
    await imap.logout();
  });
});

describe('a lacking right', () => {
  async function withAcl(...acl: string[]): Promise<Finding[]> {
    const dovecot = await startDovecot({ acl });
    try {
      const imap = await dovecot.client(user);
      await imap.mailboxCreate('Mail2Ticket/Processed').catch(() => {});
      await imap.logout();
      return problems(await probe(dovecot, { backlog: 'import' }));
    } finally {
      await dovecot.stop();
    }
  }

  it('to delete from the watched folder is told by its flags', async () => {
    expect(await withAcl('INBOX owner lrswi')).toMatchObject([
      {
        about: 'imap folder',
        found: expect.stringContaining('no mail can be moved out'),
        cure: expect.stringContaining('IMAP_USER'),
      },
    ]);
  });

  it('to make folders is told by trying', async () => {
    expect(await withAcl('* owner lrwstipe')).toMatchObject([
      {
        about: 'imap folders',
        found: expect.stringContaining('make the folder'),
        cure: expect.stringContaining('IMAP_USER'),
      },
    ]);
  });

  it('to put mail into one of our folders is told by trying', async () => {
    const findings = await withAcl('Mail2Ticket/Processed owner lrwstpekxa');
    expect(findings).toMatchObject([
      { about: 'imap folders', found: expect.stringContaining('put a mail into Mail2Ticket/Processed') },
    ]);
  });
});

describe('a certificate that has signed itself', () => {
  it.each(['implicit', 'starttls'] as const)('is told with the way to trust it, with IMAP_TLS=%s', async (tls) => {
    const dovecot = await startDovecot({ certificate: selfSigned('DNS:localhost', 90) });
    const port = tls === 'implicit' ? dovecot.tlsPort : dovecot.port;
    const findings = await probe(dovecot, { login: { host: 'localhost', port, tls } });
    expect(problems(findings)).toMatchObject([
      {
        about: 'imap tls',
        found: expect.stringMatching(/DEPTH_ZERO_SELF_SIGNED_CERT.*DNS:localhost/),
        cure: expect.stringMatching(/NODE_EXTRA_CA_CERTS in the environment .*\.env is read too late/),
      },
    ]);
    await dovecot.stop();
  });
});
