import { startTcpRelay } from './tcp-relay.js';

export interface ImapRelay {
  readonly port: number;
  /** Every command that came, as `A3 UID FETCH 1:* (FLAGS)`. */
  readonly commands: readonly string[];
  close(): void;
}

/** Stands before an IMAP server and ends a connection at the command for which `cutsAt` holds: no real server can be made to do so. */
export async function startImapRelay(serverPort: number, cutsAt: (command: string) => boolean): Promise<ImapRelay> {
  const commands: string[] = [];
  const relay = await startTcpRelay(serverPort, (near, far) => {
    far.pipe(near);
    near.on('data', (data) => {
      const lines = String(data).trimEnd().split('\r\n');
      commands.push(...lines);
      if (lines.some(cutsAt)) near.destroy();
      else far.write(data);
    });
  });
  return { ...relay, commands };
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
