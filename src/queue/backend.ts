import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConnectionClosedError,
  type IQueueBackend,
  type JobProgress,
  type Processor,
  Queue,
  QueueEvents,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import type { Log } from '../log/log-actions.js';
import { LATE, within } from '../within.js';
import { safeError, safeJson } from './json-safe.js';
import { type Lifetime, openStore, type Store, type StoreBackend } from './store.js';
import { firstAnswer, isUnavailable, reasonOf, unavailable, whenAvailable } from './unavailable.js';

/** BullMQ's classes with the store left open. `D` is a job's data, `R` its return value. */
export type BackendQueue<D, R> = Queue<D, R, string, D, R, string, StoreBackend, Lifetime>;
export type BackendWorker<D, R> = Worker<D, R, string, IQueueBackend, JobProgress, Lifetime>;
export type BackendQueueEvents<R> = QueueEvents<R, IQueueBackend, Lifetime>;
export type BackendWorkerOptions = Omit<WorkerOptions, 'connection' | 'prefix' | 'autorun'>;

/** Milliseconds that a store may take to answer for the first time before the caller is told. */
const FIRST_ANSWER_MS = 10_000;

/** Milliseconds after which an object that has not closed makes us look whether the store is still there. */
const LEAVE_MS = 1_000;

/** Milliseconds between two looks whether the store is there, and that it may take to answer. */
const PROBE_MS = 3_000;

/** Milliseconds between a worker's tries to reach a store that is away; BullMQ's own are 15 s. */
const RETRY_MS = 1_000;

export interface BackendOptions {
  readonly log: Pick<Log, 'warn'>;
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
    const closing = new AbortController();
    const queue = new Queue<D, R, string, D, R, string, StoreBackend, Lifetime>(
      name,
      this.#options(closing),
      this.#connections((error) => unavailable(this.#store.where, error)),
    );
    return this.#connected(`queue ${name}`, queue, closing, this.#open.others);
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
    const closing = new AbortController();
    const worker = new Worker<D, R, string, IQueueBackend, JobProgress, Lifetime>(
      name,
      storable(processor),
      { runRetryDelay: RETRY_MS, ...options, ...this.#options(closing), autorun: false },
      // A worker waits for its store, but takes only the errors of a closed or refused connection for a store that is away. Of a
      // PostgreSQL that is starting up it would think that the job had failed, whose result it was about to store.
      this.#connections((error) => new ConnectionClosedError(reasonOf(error))),
    );
    await this.#connected(`worker ${name}`, worker, closing, this.#open.workers);
    // Only now, so that the caller's listeners hear of the first job.
    worker.run().catch((error) => this.#report(`worker ${name}`, error));
    return worker;
  }

  /**
   * What happens to the jobs of a queue from now on, by whichever process. Not every event of an outage arrives: what must not
   * be missed has to be looked up too.
   */
  async queueEvents<R>(name: string): Promise<BackendQueueEvents<R>> {
    const closing = new AbortController();
    const events = new QueueEvents<R, IQueueBackend, Lifetime>(
      name,
      { ...this.#options(closing), autorun: false },
      this.#store.connect,
    );
    await this.#connected(`events ${name}`, events, closing, this.#open.others);
    events.run().catch((error) => this.#report(`events ${name}`, error));
    return events;
  }

  /**
   * Tells every few seconds whether the store answers, until the backend is closed: a service without mail would not notice that
   * it is away, and be asked for its health all the same.
   */
  watch(report: (state: { readonly ok: true } | { readonly ok: false; readonly reason: string }) => void): void {
    const closing = new AbortController();
    const { signal } = closing;
    const tell = (state: Parameters<typeof report>[0]) => signal.aborted || report(state);
    const probe = async () => {
      while (await sleep(PROBE_MS, true, { signal, ref: false }).catch(() => false)) {
        await this.#store.ping(PROBE_MS).then(
          () => tell({ ok: true }),
          (error) => tell({ ok: false, reason: unavailable(this.#store.where, error).message }),
        );
      }
    };
    probe();
    this.#open.others.push({ close: async () => closing.abort() });
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

  #options(closing: AbortController) {
    return { connection: { closing: closing.signal }, prefix: this.#store.prefix };
  }

  async #connected<T extends Connectable>(
    source: string,
    object: T,
    closing: AbortController,
    open: Closable[],
  ): Promise<T> {
    object.on('error', (error) => this.#report(source, error));
    const close = object.close.bind(object);
    let left: Promise<void> | undefined;
    object.close = (...args) => {
      closing.abort();
      // Once: whoever closed it before has found out already whether the store is away.
      left ??= this.#leave(close(...args));
      return left;
    };
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

  /** BullMQ takes its leave of a store that is away by waiting until it is back. While the store is there, a worker may take its time. */
  async #leave(closed: Promise<void>): Promise<void> {
    const quietly = closed.catch((error) => {
      if (!isUnavailable(error)) throw error;
    });
    for (;;) {
      if ((await within(LEAVE_MS, quietly)) !== LATE) return;
      const away = await this.#store.ping(LEAVE_MS).then(
        () => false,
        () => true,
      );
      if (!away) continue;
      quietly.catch(() => {});
      return;
    }
  }

  /** The store's connections, of which an error that says that the store is away comes as `translate` has it. */
  #connections(translate: (error: unknown) => Error): Store['connect'] {
    return (name, opts, role) =>
      new Proxy(this.#store.connect(name, opts, role), {
        get: (target, property) => {
          const member: unknown = Reflect.get(target, property, target);
          if (typeof member !== 'function') return member;
          return (...args: unknown[]) => {
            const answer: unknown = member.apply(target, args);
            return answer instanceof Promise ? whenAvailable(answer, translate) : answer;
          };
        },
      });
  }
}

/**
 * Opens the store that QUEUE_URL names: `redis://…`, `rediss://…`, `postgres://…` or `embedded:DIRECTORY`.
 * @throws QueueUnavailableError where it cannot be reached by the deadline, or refuses us; whether to try again is the caller's matter
 * @throws ConfigError where QUEUE_URL is of another kind
 */
export async function openBackend(queueUrl: string, options: BackendOptions): Promise<Backend> {
  const report = (source: string, error: unknown) => {
    const reason = reasonOf(error);
    options.log.warn({ action: 'queue.error', source, reason }, `queue: ${reason}`);
  };
  const store = await openStore(queueUrl, options.deadlineMs ?? FIRST_ANSWER_MS, (error) =>
    report('embedded database', error),
  );
  return new Backend(store, report);
}

interface Closable {
  close(force?: boolean): Promise<void>;
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
