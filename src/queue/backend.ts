import {
  type IQueueBackend,
  type JobProgress,
  type Processor,
  Queue,
  QueueEvents,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import { type QueueLog, quietErrorLog } from './error-log.js';
import { safeError, safeJson } from './json-safe.js';
import { NAMESPACE, openStore, type Store } from './store.js';
import { firstAnswer, whenAvailable } from './unavailable.js';

export type { QueueLog } from './error-log.js';

/** BullMQ's classes with the store left open. `D` is a job's data, `R` its return value. */
export type BackendQueue<D, R> = Queue<D, R, string, D, R, string, IQueueBackend, object>;
export type BackendWorker<D, R> = Worker<D, R, string, IQueueBackend, JobProgress, object>;
export type BackendQueueEvents<R> = QueueEvents<R, IQueueBackend, object>;
export type BackendWorkerOptions = Omit<WorkerOptions, 'connection' | 'prefix' | 'autorun'>;

/** Milliseconds that a store may take to answer for the first time before the caller is told. */
const FIRST_ANSWER_MS = 10_000;

export interface BackendOptions {
  readonly log: QueueLog;
  /** Milliseconds that the store may be unreachable before the caller is told; 10,000 where it is not given. */
  readonly deadlineMs?: number;
}

/**
 * Where BullMQ keeps its jobs. Makes BullMQ's objects; what they do is theirs. Each comes connected, has a listener for its
 * errors, reconnects by itself, and is closed by `close()` at the latest.
 *
 * Every factory throws QueueUnavailableError where the store does not answer within ten seconds.
 */
export class Backend {
  readonly #store: Store;
  readonly #report: (source: string, error: unknown) => void;
  readonly #open: { workers: Closable[]; others: Closable[] } = { workers: [], others: [] };
  #closing: Promise<void> | undefined;

  constructor(store: Store, report: (source: string, error: unknown) => void) {
    this.#store = store;
    this.#report = report;
  }

  /**
   * For adding and looking up jobs. While the store is away, every call of it and of the jobs it hands out rejects with
   * QueueUnavailableError: mostly at once, within ten seconds where nothing says that the store is away, thirty at PostgreSQL.
   * The call may have been carried out all the same.
   */
  async queue<D, R>(name: string): Promise<BackendQueue<D, R>> {
    const queue = new Queue<D, R, string, D, R, string, IQueueBackend, object>(name, this.#options(), this.#prompt);
    return this.#connected(`queue ${name}`, queue, this.#open.others);
  }

  /**
   * Begins to work on jobs; while the store is away, it waits. What the processor returns or throws is made storable (see
   * json-safe.ts); data that is added must be made so by who adds it.
   */
  async worker<D, R>(
    name: string,
    processor: Processor<D, R, string>,
    options: BackendWorkerOptions,
  ): Promise<BackendWorker<D, R>> {
    const worker = new Worker<D, R, string, IQueueBackend, JobProgress, object>(
      name,
      storable(processor),
      { ...options, ...this.#options(), autorun: false },
      this.#store.connect,
    );
    await this.#connected(`worker ${name}`, worker, this.#open.workers);
    // Only now, so that the caller's listeners hear of the first job.
    worker.run().catch((error) => this.#report(`worker ${name}`, error));
    return worker;
  }

  /**
   * What happens to the jobs of a queue from now on, by whichever process. Not every event of an outage arrives: what must not
   * be missed has to be looked up too.
   */
  async queueEvents<R>(name: string): Promise<BackendQueueEvents<R>> {
    const events = new QueueEvents<R, IQueueBackend, object>(
      name,
      { ...this.#options(), autorun: false },
      this.#store.connect,
    );
    await this.#connected(`events ${name}`, events, this.#open.others);
    events.run().catch((error) => this.#report(`events ${name}`, error));
    return events;
  }

  /** For logs and people. `where` is `host:port` or a directory, never a credential. */
  describe(): { readonly kind: Store['kind']; readonly where: string } {
    return { kind: this.#store.kind, where: this.#store.where };
  }

  /**
   * Closes what was made here: first the workers, each after the jobs it has begun, then the rest, then the store.
   * @throws the first error, when everything was tried
   */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    const ends: PromiseSettledResult<void>[] = [];
    for (const objects of [this.#open.workers, this.#open.others, [this.#store]]) {
      ends.push(...(await Promise.allSettled(objects.map((object) => object.close()))));
    }
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  }

  #options() {
    return { connection: {}, prefix: NAMESPACE };
  }

  async #connected<T extends Connectable>(source: string, object: T, open: Closable[]): Promise<T> {
    object.on('error', (error) => this.#report(source, error));
    try {
      await firstAnswer(this.#store.where, FIRST_ANSWER_MS, object.waitUntilReady());
    } catch (error) {
      // BullMQ keeps the failure for good; another one has to be made.
      object.close().catch(() => {});
      throw error;
    }
    open.push(object);
    return object;
  }

  /** The store's connections for a queue, with its errors turned into ours. */
  readonly #prompt: Store['connect'] = (name, opts, role) => {
    const connections = this.#store.connect(name, opts, role);
    return new Proxy(connections, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          const answer: unknown = member.apply(target, args);
          return answer instanceof Promise ? whenAvailable(answer, this.#store.where) : answer;
        };
      },
    });
  };
}

/**
 * Opens the store that QUEUE_URL names: `redis://…`, `rediss://…`, `postgres://…` or `embedded:DIRECTORY`.
 * @throws QueueUnavailableError where it cannot be reached by the deadline, or refuses us; whether to try again is the caller's matter
 * @throws ConfigError where QUEUE_URL is of another kind
 */
export async function openBackend(queueUrl: string, options: BackendOptions): Promise<Backend> {
  const report = quietErrorLog(options.log);
  const store = await openStore(queueUrl, options.deadlineMs ?? FIRST_ANSWER_MS, (error) =>
    report('embedded database', error),
  );
  return new Backend(store, report);
}

interface Closable {
  close(): Promise<void>;
}

interface Connectable extends Closable {
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
}

function storable<D, R>(processor: Processor<D, R, string>): Processor<D, R, string> {
  return async (job, token, signal) => {
    try {
      return safeJson(await processor(job, token, signal));
    } catch (error) {
      throw safeError(error);
    }
  };
}
