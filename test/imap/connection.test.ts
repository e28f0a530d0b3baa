import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixedPassword } from '../../src/credentials.js';
import { connectImap, type ImapLogin } from '../../src/imap/connection.js';
import { PASSWORD, startDovecot, type TestDovecot } from '../services/dovecot.js';
import { freePort } from '../services/private-server.js';
import { until } from '../services/until.js';

const log = pino({ level: 'silent' });

/** A line to a server that can go silent in both directions without ending, as behind a firewall that forgot the connection. */
async function lineTo(port: number) {
  const ends: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    near.pipe(far).pipe(near);
    for (const end of [near, far]) ends.push(end.on('error', () => {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    goSilent() {
      for (const end of ends) end.unpipe().pause();
    },
    end() {
      for (const end of ends) end.destroy();
      server.close();
    },
  };
}

describe('connecting to an IMAP server', () => {
  let dovecot: TestDovecot;
  let login: ImapLogin;
  beforeAll(async () => {
    dovecot = await startDovecot();
    login = {
      host: dovecot.host,
      port: dovecot.port,
      tls: 'none',
      user: 'support@acme.test',
      credentials: fixedPassword(PASSWORD),
    };
  });
  afterAll(() => dovecot?.stop());

  it('logs in', async () => {
    const imap = await connectImap(login, log);
    expect(imap.authenticated).toBeTruthy();
    await imap.logout();
  });

  it('ends where the peer goes without a word, and stays while it only has nothing to say', async () => {
    const line = await lineTo(dovecot.port);
    const imap = await connectImap({ ...login, port: line.port }, log, { silenceMs: 1500, idleRenewalMs: 400 });
    let closed = false;
    imap.on('close', () => {
      closed = true;
    });
    await imap.mailboxOpen('INBOX');
    await sleep(4000);
    expect(closed).toBe(false);
    line.goSilent();
    await until('it is noticed', () => closed);
    line.end();
  });

  it('names IMAP_USER and IMAP_PASSWORD for a wrong password, and never shows it', async () => {
    const refused = connectImap({ ...login, credentials: fixedPassword('not-the-password') }, log);
    await expect(refused).rejects.toMatchObject({
      code: 'MAILBOX_REFUSED',
      setting: 'IMAP_PASSWORD',
      message: expect.stringContaining('IMAP_PASSWORD'),
    });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('not-the-password') });
  });

  it('names IMAP_HOST and IMAP_PORT where nobody listens', async () => {
    await expect(connectImap({ ...login, port: await freePort() }, log)).rejects.toMatchObject({
      code: 'MAILBOX_UNAVAILABLE',
      message: expect.stringMatching(/refuses the connection; see IMAP_HOST and IMAP_PORT/),
    });
  });

  it('names IMAP_TLS where the server speaks no TLS on this port', async () => {
    await expect(connectImap({ ...login, tls: 'implicit' }, log)).rejects.toMatchObject({
      code: 'MAILBOX_REFUSED',
      setting: 'IMAP_TLS',
    });
  });

  it.each(['NO [LIMIT] Connection limit exceeded', 'NO [ALERT] Too many simultaneous connections. (Failure)'])(
    'does not blame the password for %j',
    async (answer) => {
      const server = createServer((socket) => {
        socket.write('* OK [CAPABILITY IMAP4rev1] ready\r\n');
        socket.on('error', () => {});
        socket.on('data', (data) => {
          const [tag, command] = String(data).split(' ');
          socket.write(/^(LOGIN|AUTHENTICATE)/.test(command ?? '') ? `${tag} ${answer}\r\n` : `${tag} OK done\r\n`);
        });
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const error = await connectImap({ ...login, port }, log).catch((reason: unknown) => reason);
      server.close();
      expect(error).toMatchObject({ code: 'MAILBOX_REFUSED', setting: 'IMAP_USER' });
      expect(String(error)).toMatch(/for now: .*(limit|many).*other programs/i);
      expect(String(error)).not.toContain('IMAP_PASSWORD');
    },
  );

  it('says of what OpenSSL says the words alone, which are the same each time', async () => {
    const refused = await connectImap({ ...login, tls: 'implicit' }, log).catch((error) => error);
    expect(refused.message).toBe(
      `${login.host}:${login.port} does not speak TLS as IMAP_TLS=implicit wants it (wrong version number); see IMAP_TLS and IMAP_PORT`,
    );
  });

  it('sends no password where STARTTLS is wanted and not offered', async () => {
    const heard: string[] = [];
    const server = createServer((socket) => {
      socket.write('* OK [CAPABILITY IMAP4rev1] ready\r\n');
      socket.on('error', () => {});
      socket.on('data', (data) => {
        heard.push(String(data));
        const tag = String(data).split(' ')[0];
        socket.write(`* CAPABILITY IMAP4rev1\r\n${tag} OK done\r\n`);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(connectImap({ ...login, port, tls: 'starttls' }, log)).rejects.toMatchObject({ setting: 'IMAP_TLS' });
    expect(heard.join('')).not.toMatch(/LOGIN|AUTHENTICATE/);
    server.close();
  });
});
