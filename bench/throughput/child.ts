import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryOf, processorSecondsOf } from './proc.js';

/** What a process used at one moment. */
export interface Sample {
  /** Ms since 1970. */
  readonly at: number;
  /** Resident memory, bytes. */
  readonly rss: number;
  /** Processor time so far, of all its threads. */
  readonly processorSeconds: number;
}

/** A program under measurement, as a process of its own. It does not outlive this one. */
export interface Child {
  readonly pid: number;
  /** Before its process was made, ms since 1970. */
  readonly startedAt: number;
  /** One each SAMPLE_MS from its start. */
  readonly samples: readonly Sample[];
  /** What it wrote on both outputs so far. */
  output(): string;
  running(): boolean;
  /** Memory (bytes) at its highest, and processor time until now. */
  usage(): { peakRss: number; processorSeconds: number };
  /** Sends SIGTERM and resolves when it has ended. */
  stop(): Promise<void>;
}

const SAMPLE_MS = 200;

/**
 * Runs a script by plain node in a folder of its own, so that no .env is read. Its outputs go to a file: a pipe would make us a part
 * of what is measured.
 * @param profile a directory for a CPU profile, which is written when the process ends
 */
export function startChild(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  at: { readonly directory: string; readonly name: string; readonly profile?: string | undefined },
): Child {
  const log = `${at.directory}/${at.name}.log`;
  const output = openSync(log, 'a');
  const flags = at.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${at.profile}`];
  const startedAt = Date.now();
  const child = spawn(process.execPath, [...flags, script, ...args], {
    cwd: at.directory,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const pid = child.pid ?? 0;
  const killWithUs = () => child.kill('SIGKILL');
  process.on('exit', killWithUs);
  const running = () => child.exitCode === null && child.signalCode === null;
  const samples: Sample[] = [];
  const sample = () => {
    if (!running()) return;
    samples.push({ at: Date.now(), rss: memoryOf(pid).now, processorSeconds: processorSecondsOf(pid) });
  };
  const sampling = setInterval(sample, SAMPLE_MS);
  child.on('exit', () => {
    clearInterval(sampling);
    process.off('exit', killWithUs);
  });
  return {
    pid,
    startedAt,
    samples,
    output: () => readFileSync(log, 'utf8'),
    running,
    usage: () => ({ peakRss: memoryOf(pid).peak, processorSeconds: processorSecondsOf(pid) }),
    async stop() {
      if (!running()) return;
      child.kill('SIGTERM');
      await Promise.race([once(child, 'exit'), sleep(STOP_MS, undefined, { ref: false })]);
      if (running()) throw new Error(`${at.name} does not end`);
    },
  };
}

/** The service itself takes at most ten seconds. */
const STOP_MS = 20_000;
