import type { ImapRelay } from './imap-relay.js';
import { startTcpRelay } from './tcp-relay.js';

/** What makes a server odd. All texts are in latin1, without the last line end; a response holds its literals. */
export interface Quirks {
  /** Gives other responses in place of one; [] for none. `during` is the text of the command under way, without its tag. */
  response?(text: string, during: string): readonly string[] | undefined;
  /** Answers a command in place of the server; `$` stands for the tag. */
  command?(text: string): readonly string[] | undefined;
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

/** Stands before a real IMAP server and makes an odd one of it; its `commands` are without their tags. Only literals that need no answer in between (LITERAL+) are taken apart. */
export async function startQuirkyRelay(serverPort: number, quirks: Quirks): Promise<ImapRelay> {
  const commands: string[] = [];
  const relay = await startTcpRelay(serverPort, (near, far) => {
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
  });
  return { ...relay, commands };
}
