import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Milliseconds between two signs of life of a holder. */
const HEARTBEAT_MS = 5_000;

/** Milliseconds after which a holder whose process cannot be looked up counts as dead. */
const SILENCE_MS = 4 * HEARTBEAT_MS;

/** Each vain try means that another process was quicker, which nobody is so often; what stands under the name is then no lock. */
const MAX_TRIES = 100;

/** The process that holds a directory; the content of its lock file. */
export interface Holder {
  readonly pid: number;
  /** When the process began, in the kernel's own unit; '' where the system does not say. A pid alone comes back after a crash. */
  readonly started: string;
  /** Where the pid counts: host and pid namespace. In two containers the service is pid 1 of each. */
  readonly place: string;
}

/**
 * Takes a directory for this process alone. The lock of a process that was killed is no obstacle: its pid, or the silence of
 * its file where the pid belongs to another container, tells that it is gone.
 * @returns a function that gives the directory back, or who holds it
 * @throws the system's error where the directory cannot be written
 */
export function lockDirectory(directory: string): (() => void) | Holder {
  const path = join(directory, 'lock');
  const self: Holder = { pid: process.pid, started: startOf(process.pid), place: placeOfPids() };
  // Not the pid: in two containers that share the directory it is the same.
  const own = `${path}.${randomUUID()}`;
  writeFileSync(own, JSON.stringify(self), { mode: 0o600 });
  try {
    for (let tries = 1; ; tries++) {
      try {
        // link() fails where the name exists, and the file is complete the moment it is there.
        linkSync(own, path);
        break;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const found = read(path);
      if (found && lives(found.holder, found.silentMs)) return found.holder;
      if (found) remove(path, found.text);
      // A link that leads nowhere is there for link() and not there for open().
      if (tries === MAX_TRIES) throw new Error(`${path} is no file that could be a lock; remove it`);
    }
  } finally {
    rmSync(own, { force: true });
  }
  const heartbeat = setInterval(() => touch(path), HEARTBEAT_MS);
  heartbeat.unref();
  return () => {
    clearInterval(heartbeat);
    rmSync(path, { force: true });
  };
}

/** The holder's machine, as people know it. */
export function hostOf({ place }: Holder): string {
  return place.split(' ')[0] ?? '';
}

/** The living process that holds a directory; null where none does. Takes and changes nothing. */
export function holderOf(directory: string): Holder | null {
  const found = read(join(directory, 'lock'));
  return found && lives(found.holder, found.silentMs) ? found.holder : null;
}

function read(path: string): { holder: Holder; text: string; silentMs: number } | null {
  try {
    const text = readFileSync(path, 'utf8');
    const silentMs = Date.now() - statSync(path).mtimeMs;
    return { holder: parse(text), text, silentMs };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** A file that is not ours (somebody's `touch lock`, a disk that was full) has no holder that could live. */
function parse(text: string): Holder {
  try {
    const { pid, started, place } = JSON.parse(text);
    if (pid > 0 && typeof place === 'string') return { pid: Number(pid), started: String(started), place };
  } catch {
    // Not JSON.
  }
  return { pid: 0, started: '', place: placeOfPids() };
}

function lives(holder: Holder, silentMs: number): boolean {
  if (holder.place !== placeOfPids()) return silentMs < SILENCE_MS;
  // kill() takes 0 for our own process group.
  if (holder.pid === 0) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return startOf(holder.pid) === holder.started;
}

/**
 * Removes a dead lock, unless another process was quicker and the file is now its lock.
 * @throws the system's error where we may not, as in a directory like /tmp with another user's file
 */
function remove(path: string, text: string): void {
  const aside = `${path}.dead.${randomUUID()}`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, 'utf8') !== text) linkSync(aside, path);
  } catch (error) {
    // Somebody else removed it, or has taken it: the next round sees which.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EEXIST')))
      throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function touch(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // The directory was taken away under us; the database will say so.
  }
}

/** Field 22 of /proc/PID/stat (proc(5)): clock ticks from boot to the process's start. '' where there is no such file. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in field 2 stands in brackets and may hold anything, blanks and brackets too.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function placeOfPids(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
