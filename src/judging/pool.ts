import { availableParallelism } from 'node:os';
import { Tinypool } from 'tinypool';
import { MAX_JUDGE_HEAP_MB, MAX_JUDGE_MS, MAX_JUDGED_TOGETHER, MAX_JUDGED_TOGETHER_BYTES } from '../limits.js';
import type { Log } from '../log/log-actions.js';
import type { Judgement } from '../mail/decision.js';
import type { Envelope } from '../mail/identity.js';
import { defaultPolicy, type MailPolicy } from '../mail/policy.js';
import type { MailSource } from '../mail/source.js';
import type { JudgeAnswer, JudgeTask } from './thread.js';

/** Two keep up with any mail server. One core is left to the watcher and the worker, which a second thread would only hold up. */
const THREADS = Math.max(1, Math.min(2, availableParallelism() - 1));

/** Megabytes of a thread's young generation: with V8's own 48 a thread grows by that much before it first looks for what is dead. */
const YOUNG_GENERATION_MB = 8;

/** How long a thread beyond the first is kept without work, in ms: starting one takes some hundred. */
const IDLE_MS = 30_000;

const THREAD = import.meta.url.endsWith('.ts') ? './thread-from-source.mjs' : './thread.js';

/** Of the same text for every attempt: see mailOfEnvelope. */
const WHY = {
  time: 'reading it takes too long',
  memory: 'reading it takes too much memory',
  fault: 'it cannot be taken apart',
  broken: 'every try to read it broke off',
};

/** A mail that waits for a thread, or is in one. */
interface Asked {
  readonly task: JudgeTask;
  readonly answered: (answer: JudgeAnswer) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Parses and judges mails in threads of their own, each with a bound of time and memory, so that no mail can hold up or end the
 * process. A mail that breaks a bound is judged by its envelope instead.
 */
export class JudgePool {
  readonly #threads: Tinypool;
  #running = 0;
  readonly #waiting: Asked[] = [];
  readonly #closing = new AbortController();

  /**
   * @param policies of each mailbox, by its name
   * @param limits for tests; MAX_JUDGE_MS and MAX_JUDGE_HEAP_MB where they are not given
   */
  constructor(
    private readonly log: Log,
    private readonly policies: ReadonlyMap<string, MailPolicy>,
    private readonly limits: { readonly ms: number; readonly heapMb: number } = {
      ms: MAX_JUDGE_MS,
      heapMb: MAX_JUDGE_HEAP_MB,
    },
  ) {
    this.#threads = new Tinypool({
      filename: new URL(THREAD, import.meta.url).href,
      runtime: 'worker_threads',
      isolateWorkers: false,
      minThreads: 1,
      maxThreads: THREADS,
      idleTimeout: IDLE_MS,
      resourceLimits: { maxOldGenerationSizeMb: limits.heapMb, maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      workerData: policies,
    });
    // A thread that dies between two mails; without a listener it would take the process along. It is replaced when the next mail comes.
    this.#threads.on('error', (error: Error) =>
      log.warn({ action: 'judging.lost', reason: error.message }, 'a thread ended'),
    );
  }

  /** Rejects where no thread can be started: a fault of the installation that must not turn every mail into its envelope. */
  async ready(): Promise<void> {
    const answer = await this.#run({
      source: { bytes: new Uint8Array(), leftOut: new Map() },
      mailbox: '',
      real: false,
    });
    if ('fault' in answer) throw new Error(`mail cannot be judged: ${answer.fault}`);
  }

  /**
   * @param mailbox whose policy counts; the default one where it is not among the policies
   * @param source null where the mail has broken its readings before
   * @throws Error where the pool is closed meanwhile; the mail stays where it is
   */
  async judge(
    mailbox: string,
    source: MailSource | null,
    envelope: Envelope,
    { real, ingested = false }: { real: boolean; ingested?: boolean },
  ): Promise<Judgement> {
    const policy = this.policies.get(mailbox) ?? defaultPolicy;
    const byEnvelope = (why: string) => judgeByEnvelope(policy, envelope, why, { ingested, real });
    if (source === null) return byEnvelope(WHY.broken);
    const answer = await this.#run({ source, mailbox, real }).catch((error: unknown) => {
      this.#closing.signal.throwIfAborted();
      if (isTimeout(error)) return { why: WHY.time };
      if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') return { why: WHY.memory };
      throw error;
    });
    if ('judgement' in answer) return answer.judgement;
    const why = 'why' in answer ? answer.why : WHY.fault;
    const { messageId, from } = envelope;
    const fault = 'fault' in answer ? answer.fault : undefined;
    this.log.error({ action: 'judging.failed', messageId, from, reason: why, fault }, 'mail is judged by its envelope');
    return byEnvelope(why);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the pool is closed'));
    await this.#threads.destroy();
  }

  #run(task: JudgeTask): Promise<JudgeAnswer> {
    return new Promise((answered, failed) => {
      this.#waiting.push({ task, answered, failed });
      this.#next();
    });
  }

  /**
   * What waits goes to a free thread together: asking for one at a time would leave the thread idle whenever the main one is busy.
   * So no more go than there are threads, and the time of a mail begins when a thread begins with it.
   */
  #next(): void {
    while (this.#running < THREADS && this.#waiting.length > 0) {
      this.#running += 1;
      void this.#judgeTogether(this.#group()).finally(() => {
        this.#running -= 1;
        this.#next();
      });
    }
  }

  #group(): Asked[] {
    let bytes = 0;
    const end = this.#waiting.findIndex(({ task }, i) => {
      bytes += task.source.bytes.length;
      return i > 0 && (i === MAX_JUDGED_TOGETHER || bytes > MAX_JUDGED_TOGETHER_BYTES);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #judgeTogether(asked: readonly Asked[]): Promise<void> {
    // Not AbortSignal.any: of a signal that lives as long as the process, Node 20 never lets go what was derived from it.
    const cut = new AbortController();
    const abort = () => cut.abort();
    const timer = setTimeout(abort, this.limits.ms);
    this.#closing.signal.addEventListener('abort', abort);
    try {
      this.#closing.signal.throwIfAborted();
      const answers: readonly JudgeAnswer[] = await this.#threads.run(
        asked.map(({ task }) => task),
        { signal: cut.signal },
      );
      for (const [i, { answered, failed }] of asked.entries()) {
        const answer = answers[i];
        if (answer) answered(answer);
        else failed(new Error('a thread has left out a mail'));
      }
    } catch (error) {
      // One of them has broken a bound. Apart from each other, only that one pays for it.
      if (asked.length > 1) for (const one of asked) await this.#judgeTogether([one]);
      else asked[0]?.failed(error);
    } finally {
      clearTimeout(timer);
      this.#closing.signal.removeEventListener('abort', abort);
    }
  }
}

async function judgeByEnvelope(
  policy: MailPolicy,
  envelope: Envelope,
  why: string,
  { ingested, real }: { ingested: boolean; real: boolean },
): Promise<Judgement> {
  // Loaded when it comes to that: all other mail is judged by the threads, which have loaded it.
  const [{ judge }, { mailOfEnvelope }] = await Promise.all([
    import('../mail/decide.js'),
    import('../mail/envelope-mail.js'),
  ]);
  const judgement = judge(mailOfEnvelope(envelope, why, ingested), policy, { real });
  if (judgement.automatic.effect !== 'none') return judgement;
  // Whether a program wrote it stands in the header.
  return {
    ...judgement,
    automatic: { kind: 'none', effect: 'no-acknowledgement', evidence: 'its header was not read' },
  };
}

/** Tinypool's word for a task whose signal fired; the signal of closing is asked before. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
