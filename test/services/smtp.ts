import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A mail as it came in, and as a client library reads it. */
export interface ReceivedMail {
  /** '' for the null sender. */
  readonly mailFrom: string;
  /** Whether it came over TLS. */
  readonly secure: boolean;
  readonly rcptTo: readonly string[];
  readonly raw: string;
  readonly parsed: ParsedMail;
}

export interface TestSmtp {
  readonly port: number;
  readonly received: readonly ReceivedMail[];
  stop(): Promise<void>;
}

/**
 * A real SMTP server on the loopback that keeps what it takes.
 * @param onMail called before a mail is taken; what it throws refuses the mail with its `responseCode`, `destroy` cuts the line
 */
export async function startSmtp(
  onMail: (mail: ReceivedMail, destroy: () => void) => void | Promise<void> = () => {},
  {
    port = 0,
    startTls = false,
    isGood,
  }: {
    port?: number;
    startTls?: boolean;
    /** With it XOAUTH2 is offered, and this asked whether an access token is good. */
    isGood?: (accessToken: string) => boolean;
  } = {},
): Promise<TestSmtp> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    // Where it is offered, with the certificate that comes with smtp-server, which nobody vouches for.
    disabledCommands: startTls ? [] : ['STARTTLS'],
    allowInsecureAuth: true,
    ...(isGood && { authMethods: ['XOAUTH2'] }),
    onAuth: ({ username = '', accessToken = '' }, _session, callback) => {
      const refused = username === 'nobody' || (isGood && !isGood(accessToken));
      callback(refused ? new Error('who?') : null, { user: username });
    },
    onData(stream, session, callback) {
      const take = async () => {
        const bytes = await buffer(stream);
        const mail: ReceivedMail = {
          secure: session.secure,
          mailFrom: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
          rcptTo: session.envelope.rcptTo.map(({ address }) => address),
          raw: bytes.toString('latin1'),
          parsed: await simpleParser(bytes),
        };
        const connections = (server as unknown as { connections: Set<{ _socket: { destroy(): void } }> }).connections;
        await onMail(mail, () => {
          for (const connection of connections) connection._socket.destroy();
        });
        received.push(mail);
      };
      take().then(() => callback(), callback);
    },
  });
  server.on('error', () => {});
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The addresses of an address field that mailparser has read. */
export function addressesIn(field: AddressObject | AddressObject[] | undefined): (string | undefined)[] {
  return [field ?? []].flat().flatMap(({ value }) => value.map(({ address }) => address));
}
