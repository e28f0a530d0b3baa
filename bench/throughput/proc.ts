import { readFileSync } from 'node:fs';

/** `sysconf(_SC_CLK_TCK)` is 100 on every Linux that runs Node. */
const TICKS_PER_SECOND = 100;

/** Resident memory of a process in bytes, now and at its highest (proc(5): VmRSS, VmHWM); zeros where it has ended. */
export function memoryOf(pid: number): { now: number; peak: number } {
  const status = read(`/proc/${pid}/status`);
  const bytes = (name: string) => 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
}

/** Processor time of all threads of a process (proc(5): utime and stime); 0 where it has ended. */
export function processorSecondsOf(pid: number): number {
  // The name of the program may hold spaces and parentheses.
  const fields = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
}

/** Processor time of the whole machine so far, and how much of it was not idle. */
export function machineSeconds(): { busy: number; all: number } {
  const ticks = (/^cpu +(.*)$/m.exec(read('/proc/stat'))?.[1] ?? '').split(' ').map(Number);
  // Guest time is in user time already.
  const all = ticks.slice(0, 8).reduce((sum, tick) => sum + tick, 0);
  const [idle = 0, waiting = 0] = ticks.slice(3, 5);
  return { busy: (all - idle - waiting) / TICKS_PER_SECOND, all: all / TICKS_PER_SECOND };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
