import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import hoodiecrow from 'hoodiecrow-imap';
import { SMTPServer } from 'smtp-server';

/** A mailbox in memory: what comes in by SMTP stands in its INBOX, which is read by IMAP. */
export interface MailServer {
  readonly host: string;
  readonly imapPort: number;
  readonly smtpPort: number;
  readonly user: string;
  readonly password: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Largest mail that the SMTP door takes; it is all kept in memory. */
const MAX_MAIL_BYTES = 25 * 1024 * 1024;

/**
 * @param wanted ports to listen on; where one is taken, a free one is used
 */
export async function startMailServer(
  user: string,
  password: string,
  wanted: { imap: number; smtp: number },
): Promise<MailServer> {
  const imap = hoodiecrow({
    plugins: [
      'ID',
      'SASL-IR',
      'AUTH-PLAIN',
      'NAMESPACE',
      'IDLE',
      'ENABLE',
      'CONDSTORE',
      'UNSELECT',
      'LITERALPLUS',
      'UIDPLUS',
      'MOVE',
    ],
    users: { [user]: { password } },
    // UIDs start from 1 at every run; a UIDVALIDITY of its own says that they are other mails.
    storage: { INBOX: { uidvalidity: Math.floor(Date.now() / 1000) }, '': { separator: '/', type: 'personal' } },
  });
  const sockets = new Set<Socket>();
  imap.server.on('connection', (socket) => {
    // Without it every answer waits 40 ms for the acknowledgement of the one before.
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const imapPort = await freePort(wanted.imap);
  await new Promise<void>((resolve) => imap.listen(imapPort, HOST, resolve));

  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: MAX_MAIL_BYTES,
    logger: false,
    onData(stream, session, callback) {
      buffer(stream)
        .then((bytes) => {
          const sender = session.envelope.mailFrom ? session.envelope.mailFrom.address : '';
          const trace = `Return-Path: <${sender}>\r\nReceived: from ${session.clientHostname} by localhost; ${new Date().toUTCString()}\r\n`;
          imap.appendMessage('INBOX', [], false, trace + bytes.toString('latin1'));
          callback();
        })
        .catch(callback);
    },
  });
  const smtpPort = await freePort(wanted.smtp);
  smtp.listen(smtpPort, HOST);
  await once(smtp.server, 'listening');

  return {
    host: HOST,
    imapPort,
    smtpPort,
    user,
    password,
    async close() {
      await new Promise<void>((resolve) => smtp.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => imap.close(() => resolve()));
    },
  };
}

/** The wanted port, or where somebody has it, one that is free. */
export async function freePort(wanted: number): Promise<number> {
  const listen = async (port: number): Promise<Server> => {
    const server = createServer().listen(port, HOST);
    await once(server, 'listening');
    return server;
  };
  const server = await listen(wanted).catch(() => listen(0));
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
