import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface ImapRelay {
  readonly port: number;
  /** Every command that came, as `A3 UID FETCH 1:* (FLAGS)`. */
  readonly commands: readonly string[];
  close(): void;
}

/** Stands before an IMAP server and ends a connection at the command for which `cutsAt` holds: no real server can be made to do so. */
export async function startImapRelay(serverPort: number, cutsAt: (command: string) => boolean): Promise<ImapRelay> {
  const commands: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(serverPort, '127.0.0.1');
    for (const end of [near, far]) {
      open.add(end);
      end.on('error', () => {});
      end.on('close', () => [near, far].map((each) => each.destroy()));
    }
    far.pipe(near);
    near.on('data', (data) => {
      const lines = String(data).trimEnd().split('\r\n');
      commands.push(...lines);
      if (lines.some(cutsAt)) near.destroy();
      else far.write(data);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    commands,
    close() {
      server.close();
      for (const end of open) end.destroy();
    },
  };
}

/** Whether a command fetches the body of the mail with this UID. */
export function fetchesBodyOf(uid: number): (command: string) => boolean {
  return (command) => {
    const [, uids = ''] = /UID FETCH (\S+) .*BODY\.PEEK\[/.exec(command) ?? [];
    return uids.split(',').some((range) => {
      const [from = 0, to = from] = range.split(':').map(Number);
      return from <= uid && uid <= to;
    });
  };
}
