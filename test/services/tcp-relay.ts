import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * Stands before a server of this machine. Where one end goes, the other goes too.
 * @param wire called for each connection: `near` is the client's end, `far` the server's
 */
export async function startTcpRelay(
  serverPort: number,
  wire: (near: Socket, far: Socket) => void,
): Promise<{ readonly port: number; close(): void }> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(serverPort, '127.0.0.1');
    for (const end of [near, far]) {
      open.add(end);
      end.on('error', () => {});
      end.on('close', () => [near, far].map((each) => each.destroy()));
    }
    wire(near, far);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const end of open) end.destroy();
    },
  };
}
