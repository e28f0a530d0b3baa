import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Finding, ok, problem } from '../../check/finding.js';
import { type Holder, holderOf } from '../directory-lock.js';
import { isFull, MIN_FREE_BYTES } from '../free-space.js';

/** Whether the embedded queue could be opened, told from outside: opening it would take it from a service that is starting. */
export function findingsOfEmbedded(directory: string): Finding[] {
  const path = resolve(directory);
  const nearest = nearestStanding(path);
  // Root has every right to a file, and still can make nothing in it.
  if (!statSync(nearest).isDirectory())
    return [problem('queue', `${nearest} is a file, not a directory`, 'let QUEUE_URL name a directory: embedded:DIR')];
  try {
    accessSync(nearest, constants.R_OK | constants.W_OK | constants.X_OK);
    const holder = holderOf(path);
    if (holder) return [ok('queue', `embedded, in ${path}: ${inUse(holder)}`)];
  } catch (error) {
    const found = `the directory ${path} cannot be read and written: ${error instanceof Error ? error.message : ''}`;
    return [problem('queue', found, 'give this user the right, or let QUEUE_URL name another: embedded:DIR')];
  }
  if (isFull(nearest)) {
    const found = `less than ${MIN_FREE_BYTES / 2 ** 20} MB are free on the disk of ${path}`;
    return [problem('queue', found, 'make room, or let QUEUE_URL name a directory on another disk')];
  }
  const state = existsSync(join(path, 'db')) ? 'is there' : 'will be made at the first start';
  return [ok('queue', `embedded, in ${path}: ${state}`)];
}

function inUse({ pid }: Holder): string {
  return pid === process.pid ? 'open' : `in use by the running service, process ${pid}`;
}

function nearestStanding(path: string): string {
  return existsSync(path) ? path : nearestStanding(dirname(path));
}
