import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What makes a server odd. All texts are in latin1, without the last line end; a response holds its literals. */
export interface Quirks {
  /** Gives other responses in place of one; [] for none. `during` is the text of the command under way, without its tag. */
  response?(text: string, during: string): readonly string[] | undefined;
  /** Answers a command in place of the server; `$` stands for the tag. */
  command?(text: string): readonly string[] | undefined;
}

export interface QuirkyRelay {
  readonly port: number;
  /** Each command, as `UID FETCH 1:* (FLAGS)`. */
  readonly commands: readonly string[];
  close(): void;
}

/** Cuts a stream into logical lines: a line that ends in a literal's announcement goes on with the literal. */
class Lines {
  #rest = '';
  *take(data: Buffer): Generator<string> {
    this.#rest += data.toString('latin1');
    for (;;) {
      let from = 0;
      let end = -1;
      for (;;) {
        const at = this.#rest.indexOf('\r\n', from);
        if (at < 0) break;
        const literal = /\{(\d+)\+?\}$/.exec(this.#rest.slice(Math.max(from, at - 30), at));
        if (!literal) {
          end = at;
          break;
        }
        from = at + 2 + Number(literal[1]);
        if (from > this.#rest.length) break;
      }
      if (end < 0) return;
      const line = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + 2);
      yield line;
    }
  }
}

/** Stands before a real IMAP server and makes an odd one of it. Only literals that need no answer in between (LITERAL+) are taken apart. */
export async function startQuirkyRelay(serverPort: number, quirks: Quirks): Promise<QuirkyRelay> {
  const commands: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(serverPort, '127.0.0.1');
    for (const end of [near, far]) {
      open.add(end);
      end.on('error', () => {});
      end.on('close', () => [near, far].map((each) => each.destroy()));
    }
    let during = '';
    const up = new Lines();
    const down = new Lines();
    near.on('data', (data) => {
      const text = data.toString('latin1');
      // A literal that waits for the server's word.
      for (const line of /\{\d+\}\r\n$/.test(text) ? [text.slice(0, -2)] : up.take(data)) {
        const [, tag = '', command = ''] = /^(\S+) (.*)$/s.exec(line) ?? [];
        if (command) {
          commands.push(command);
          during = command;
        }
        const answer = command ? quirks.command?.(command) : undefined;
        if (!answer) far.write(Buffer.from(`${line}\r\n`, 'latin1'));
        for (const each of answer ?? []) near.write(Buffer.from(`${each.replace(/^\$/, () => tag)}\r\n`, 'latin1'));
      }
    });
    far.on('data', (data) => {
      for (const line of down.take(data)) {
        for (const each of quirks.response?.(line, during) ?? [line]) near.write(Buffer.from(`${each}\r\n`, 'latin1'));
      }
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
