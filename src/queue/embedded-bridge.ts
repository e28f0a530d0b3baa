import { type Duplex, duplexPair } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_EMBEDDED_REQUEST_BYTES } from '../limits.js';

/**
 * Lets many PostgreSQL clients share the one session that PGlite is. It speaks the wire protocol (PostgreSQL manual,
 * "Frontend/Backend Protocol") over streams inside the process: with no port and no socket file there is nothing that another
 * user of the machine could connect to.
 *
 * Three promises make the one session look like many:
 * - A client's messages run as a whole request, up to its Sync or Query. Run message by message, one client's Bind
 *   replaces another's, and rows reach the wrong client without an error.
 * - While a client is inside a transaction, only its requests run; if it goes away there, it is rolled back.
 * - NOTIFY reaches every client. The session that notifies is the session that listens, so PostgreSQL itself sends it only
 *   to the client whose request happens to run.
 *
 * What clients set (SET, application_name, LISTEN, prepared statements with a name) is common to all of them.
 */
export class EmbeddedBridge {
  readonly #database: WireDatabase;
  readonly #onBroken: (error: Error) => void;
  readonly #isFull: () => boolean;
  readonly #clients = new Set<Client>();
  /** Whole requests in the order of their arrival. */
  #requests: Request[] = [];
  /** The client inside a transaction: until it ends, nobody else's request may run. */
  #owner: Client | null = null;
  #running = false;

  /**
   * @param database PGlite; nothing else may use it meanwhile
   * @param onBroken told when the database throws instead of answering, which it does only when it is beyond repair
   * @param isFull whether the disk has no room for another request; asked before each that does not go on with a transaction
   */
  constructor(database: WireDatabase, onBroken: (error: Error) => void, isFull = () => false) {
    this.#database = database;
    this.#onBroken = onBroken;
    this.#isFull = isFull;
  }

  /** A new connection, for the `stream` option of a `pg.Client` or `pg.Pool`. */
  connect(): Duplex {
    // Not half-open: like a socket, a side that reads the end ends itself.
    const [near, far] = duplexPair({ allowHalfOpen: false });
    const client: Client = { stream: far, input: new RequestReader(), greeted: false };
    this.#clients.add(client);
    far.on('data', (chunk: Buffer) => this.#receive(client, chunk));
    far.on('error', () => {});
    far.on('close', () => this.#leave(client));
    // A half does not notice by itself that the other was destroyed: a dead client would keep its transaction for good.
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    return likeSocket(near);
  }

  /** Ends all connections; a transaction that is open is rolled back. Resolves when nothing runs any more. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.stream.destroy();
    while (this.#clients.size > 0 || this.#running) await sleep(1);
  }

  #receive(client: Client, chunk: Buffer): void {
    try {
      for (const message of client.input.push(chunk)) {
        if (message.kind === 'request') this.#requests.push({ client, bytes: message.bytes });
        else if (message.kind === 'no-encryption') send(client, Buffer.from('N'));
        else if (message.kind === 'terminate') client.stream.end();
        else {
          client.greeted = true;
          send(client, greeting);
        }
      }
    } catch (error) {
      client.stream.pause();
      client.stream.end(fatal('08P01', error instanceof Error ? error.message : String(error)));
    }
    void this.#run();
  }

  #leave(client: Client): void {
    this.#clients.delete(client);
    this.#requests = this.#requests.filter((request) => request.client !== client);
    if (this.#owner === client) this.#requests.unshift({ client, bytes: rollback });
    void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let request = this.#next(); request; request = this.#next()) {
      await this.#answer(request);
      // The database computes on this thread: let sockets and timers of the program have their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#running = false;
  }

  #next(): Request | undefined {
    const index = this.#owner ? this.#requests.findIndex((request) => request.client === this.#owner) : 0;
    return index < 0 ? undefined : this.#requests.splice(index, 1)[0];
  }

  async #answer({ client, bytes }: Request): Promise<void> {
    if (!this.#owner && this.#isFull()) {
      client.stream.end(fatal('53100', 'the disk is full'));
      return;
    }
    const chunks: Buffer[] = [];
    try {
      // What is handed out is a view of the database's memory, overwritten by the next chunk: copy.
      await this.#database.execProtocolRawStream(bytes, { onRawData: (chunk) => chunks.push(Buffer.from(chunk)) });
    } catch (error) {
      if (this.#owner === client) this.#owner = null;
      client.stream.end(fatal('XX000', 'the embedded database failed'));
      this.#onBroken(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    const reply = Buffer.concat(chunks);
    send(client, reply);
    const { status, notifications } = readReply(reply);
    this.#owner = status === 'I' ? null : client;
    // It left while its request ran, so that #leave could not know of the transaction.
    if (this.#owner && !this.#clients.has(client)) this.#requests.unshift({ client, bytes: rollback });
    if (notifications.length === 0) return;
    for (const other of this.#clients) {
      if (other !== client && other.greeted) send(other, notifications);
    }
  }
}

/** The one method of PGlite that is used. */
export interface WireDatabase {
  execProtocolRawStream(message: Uint8Array, options: { onRawData: (data: Uint8Array) => void }): Promise<void>;
}

interface Client {
  readonly stream: Duplex;
  readonly input: RequestReader;
  /** Whether it was told that the session stands: before that no notification may reach it. */
  greeted: boolean;
}

interface Request {
  readonly client: Client;
  readonly bytes: Buffer;
}

type FromClient =
  | { readonly kind: 'startup' | 'no-encryption' | 'terminate' }
  | { readonly kind: 'request'; readonly bytes: Buffer };

function send(client: Client, bytes: Buffer): void {
  if (client.stream.writable) client.stream.write(bytes);
}

/** Cuts a client's bytes into whole requests. */
export class RequestReader {
  #rest: Buffer[] = [];
  #restBytes = 0;
  #request: Buffer[] = [];
  #requestBytes = 0;
  #started = false;

  /**
   * @returns what became complete with this chunk
   * @throws Error where a request is over MAX_EMBEDDED_REQUEST_BYTES, or holds a message that the bridge cannot keep apart
   */
  *push(chunk: Buffer): Generator<FromClient> {
    this.#rest.push(chunk);
    this.#restBytes += chunk.length;
    for (;;) {
      const header = this.#started ? 5 : 4;
      if (this.#restBytes < header) return;
      const declared = this.#peek(header).readUInt32BE(header - 4);
      const length = declared + header - 4;
      if (declared < 4) throw new Error(`a message of ${declared} bytes is shorter than its own length field`);
      if (this.#requestBytes + length > MAX_EMBEDDED_REQUEST_BYTES) {
        throw new Error(
          `a request of ${this.#requestBytes + length} bytes is over MAX_EMBEDDED_REQUEST_BYTES (${MAX_EMBEDDED_REQUEST_BYTES})`,
        );
      }
      if (this.#restBytes < length) return;
      const message = this.#take(length);
      yield* this.#started ? this.#message(message) : this.#first(message);
    }
  }

  *#first(message: Buffer): Generator<FromClient> {
    const code = message.length >= 8 ? message.readUInt32BE(4) : 0;
    if (code === SSL_REQUEST || code === GSS_REQUEST) {
      yield { kind: 'no-encryption' };
    } else if (code >> 16 === 3) {
      this.#started = true;
      yield { kind: 'startup' };
    } else {
      throw new Error('only protocol version 3 is spoken here');
    }
  }

  *#message(message: Buffer): Generator<FromClient> {
    const type = String.fromCharCode(message[0] ?? 0);
    if (type === 'X') {
      yield { kind: 'terminate' };
      return;
    }
    // Flush asks for answers in the middle of a request, COPY and function calls have their own order of messages.
    if (!'QPBDECS'.includes(type))
      throw new Error(`message ${JSON.stringify(type)} is not supported by the embedded database`);
    this.#request.push(message);
    this.#requestBytes += message.length;
    if (type !== 'S' && type !== 'Q') return;
    const bytes = Buffer.concat(this.#request);
    this.#request = [];
    this.#requestBytes = 0;
    yield { kind: 'request', bytes };
  }

  #peek(length: number): Buffer {
    const [first] = this.#rest;
    if (first && first.length >= length) return first;
    this.#rest = [Buffer.concat(this.#rest)];
    return this.#rest[0] ?? Buffer.alloc(0);
  }

  #take(length: number): Buffer {
    const all = this.#peek(length);
    this.#rest[0] = all.subarray(length);
    this.#restBytes -= length;
    return all.subarray(0, length);
  }
}

/** Reads the transaction status of the last ReadyForQuery off a reply, and all its NotificationResponse frames. */
function readReply(reply: Buffer): { status: string; notifications: Buffer } {
  let status = 'I';
  const notifications: Buffer[] = [];
  for (let at = 0; at + 5 <= reply.length; ) {
    const end = at + 1 + reply.readUInt32BE(at + 1);
    const type = reply[at];
    if (type === 0x41) notifications.push(reply.subarray(at, end));
    if (type === 0x5a) status = String.fromCharCode(reply[at + 5] ?? 0x49);
    at = end;
  }
  return { status, notifications: Buffer.concat(notifications) };
}

/** What `pg` asks of a socket besides being a stream. */
function likeSocket(stream: Duplex): Duplex {
  const nothing = () => stream;
  return Object.assign(stream, {
    connect: () => process.nextTick(() => stream.emit('connect')),
    setNoDelay: nothing,
    setKeepAlive: nothing,
    ref: nothing,
    unref: nothing,
  });
}

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;

function frame(type: string, ...parts: (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)));
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function fatal(code: string, message: string): Buffer {
  return frame('E', 'SFATAL', 'VFATAL', `C${code}`, `M${message}`, Buffer.from([0]));
}

const rollback = frame('Q', 'ROLLBACK');

/** No password is asked: only this process holds the stream. */
const greeting = Buffer.concat([
  frame('R', Buffer.alloc(4)),
  frame('S', 'client_encoding', 'UTF8'),
  frame('S', 'standard_conforming_strings', 'on'),
  frame('Z', Buffer.from('I')),
]);
