import { once } from 'node:events';
import { chownSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ImapFlow, type ImapFlowOptions } from 'imapflow';
import { freePort, type PrivateServer, startServer } from './private-server.js';

/** Any user may log in with this password; the mailbox is made at the first log-in. */
export const PASSWORD = 'correct-horse-battery-staple';

export interface TestDovecot extends PrivateServer {
  readonly host: string;
  readonly port: number;
  /** Where TLS is spoken from the first byte; nothing listens there without a certificate. */
  readonly tlsPort: number;
  /** Where each user's Maildir stands, under the user's name; it is made at the first log-in. */
  readonly mailDirectory: string;
  /** The server's log so far: each line begins with the time in seconds since 1970, to the microsecond. */
  log(): string;
  /** The settings of a service that watches this user's mailbox. */
  settings(user: string): Record<string, string>;
  /** A client of the test's own, logged in. */
  client(user: string, options?: Pick<ImapFlowOptions, 'qresync'>): Promise<ImapFlow>;
  /** Puts a raw mail into a folder, as a delivery does: with line ends as IMAP has them and INTERNALDATE now. */
  deliver(user: string, raw: string | Buffer, folder?: string): Promise<void>;
  /** Subjects of the mails in a folder and whether they are seen, in the order of their UIDs; [] where there is no such folder. */
  list(user: string, folder: string): Promise<{ subject: string; seen: boolean; uid: number }[]>;
}

export interface DovecotOptions {
  /** PEM files: with them it speaks TLS, from the first byte on `tlsPort` and by STARTTLS on `port`. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Lines of a global ACL file, as `INBOX owner lr`: a user has these rights there and no others. */
  readonly acl?: readonly string[];
  /** Where it asks whether an access token is good; with it XOAUTH2 and OAUTHBEARER are offered beside the password. */
  readonly introspectionUrl?: string;
}

/** Root may not run Dovecot's mail processes, and nobody else may change users: so all of it runs as one user that is not root. */
function runAs(): { name: string; uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { name: 'nobody', uid: 65_534, gid: 65_534 } : { name: userInfo().username };
}

/**
 * A private Dovecot on a free port of the loopback, with its mail in a directory that goes with it.
 * @throws Error where dovecot is not installed, and says how to
 */
export async function startDovecot(options: DovecotOptions = {}): Promise<TestDovecot> {
  const [port, tlsPort] = [await freePort(), await freePort()];
  const directory = await mkdtemp(join(tmpdir(), 'mail2ticket-dovecot-'));
  const user = runAs();
  for (const name of ['', 'run', 'state', 'mail']) {
    const path = join(directory, name);
    await mkdir(path, { recursive: true, mode: 0o700 });
    if (user.uid !== undefined) chownSync(path, user.uid, user.gid ?? user.uid);
  }
  const config = join(directory, 'dovecot.conf');
  await writeFile(config, configuration(directory, user.name, port, tlsPort, options), { mode: 0o644 });
  if (options.introspectionUrl) {
    const lines = ['introspection_mode = post', `introspection_url = ${options.introspectionUrl}`];
    const attributes = ['username_attribute = username', 'active_attribute = active', 'active_value = true'];
    await writeFile(join(directory, 'oauth2.conf'), `${[...lines, ...attributes].join('\n')}\n`, { mode: 0o644 });
  }
  if (options.acl) await writeFile(join(directory, 'acl'), `${options.acl.join('\n')}\n`, { mode: 0o644 });
  const server = await startServer({
    program: 'dovecot',
    args: ['-F', '-c', config],
    install: 'apt-get install dovecot-imapd (Debian), brew install dovecot (macOS)',
    ...(user.uid !== undefined && { uid: user.uid }),
    ...(user.gid !== undefined && { gid: user.gid }),
    ready: () => greets(port),
  });
  const client: TestDovecot['client'] = async (name, options) => {
    const imap = new ImapFlow({
      ...options,
      host: '127.0.0.1',
      port,
      secure: false,
      doSTARTTLS: false,
      auth: { user: name, pass: PASSWORD },
      logger: false,
      disableAutoIdle: true,
    });
    imap.on('error', () => {});
    await imap.connect();
    return imap;
  };
  return {
    ...server,
    host: '127.0.0.1',
    port,
    tlsPort,
    mailDirectory: join(directory, 'mail'),
    log: () => readFileSync(join(directory, 'dovecot.log'), 'utf8'),
    settings: (name) => ({
      IMAP_HOST: '127.0.0.1',
      IMAP_PORT: String(port),
      IMAP_TLS: 'none',
      IMAP_USER: name,
      IMAP_PASSWORD: PASSWORD,
    }),
    client,
    async deliver(name, raw, folder = 'INBOX') {
      const imap = await client(name);
      const text = Buffer.isBuffer(raw) ? raw : Buffer.from(raw.replace(/\r?\n/g, '\r\n'));
      if (!(await imap.append(folder, text))) throw new Error(`not appended to ${folder}`);
      await imap.logout();
    },
    async list(name, folder) {
      const imap = await client(name);
      try {
        const opened = await imap.mailboxOpen(folder, { readOnly: true }).catch(() => null);
        if (!opened || opened.exists === 0) return [];
        const messages = await imap.fetchAll('1:*', { uid: true, envelope: true, flags: true });
        return messages.map(({ uid, envelope, flags }) => ({
          uid,
          subject: envelope?.subject ?? '',
          seen: flags?.has('\\Seen') ?? false,
        }));
      } finally {
        await imap.logout();
      }
    },
    async stop() {
      // SIGTERM: only the master knows its children.
      await server.kill('SIGTERM');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function greets(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    const [greeting] = await once(socket, 'data');
    return String(greeting).startsWith('* OK');
  } finally {
    socket.destroy();
  }
}

function configuration(
  directory: string,
  user: string,
  port: number,
  tlsPort: number,
  { certificate, acl, introspectionUrl }: DovecotOptions,
): string {
  return `
base_dir = ${directory}/run
state_dir = ${directory}/state
log_path = ${directory}/dovecot.log
log_timestamp = "%s.%{usecs} "
protocols = imap
listen = 127.0.0.1
${certificate ? `ssl = yes\nssl_cert = <${certificate.cert}\nssl_key = <${certificate.key}` : 'ssl = no'}
${acl ? `mail_plugins = acl\nplugin {\n  acl = vfile:${directory}/acl\n}` : ''}
disable_plaintext_auth = no
default_internal_user = ${user}
default_internal_group =
default_login_user = ${user}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:${directory}/mail/%u
mail_max_userip_connections = 100
${
  introspectionUrl
    ? `auth_mechanisms = plain xoauth2 oauthbearer\nauth_failure_delay = 0\npassdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${directory}/oauth2.conf
}`
    : ''
}
passdb {
  driver = static
  mechanisms = plain
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = uid=${user} gid=${user === 'nobody' ? 'nogroup' : (process.getgid?.() ?? user)} home=${directory}/mail/%u
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${certificate ? tlsPort : 0}
    ssl = yes
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`;
}
