import { setFlagsFromString } from 'node:v8';

/**
 * Fits V8 to a service that works in bursts on a small machine. To be called before the service is loaded. Node passes flags of V8 on
 * but does not document them; these two are read anew each time V8 decides, so they may be set while it runs, and an engine
 * that has dropped one goes by its own rules. What each gives is measured in docs/performance.md.
 */
export function fitEngine(): void {
  // V8 lets the heap double and more before it looks for what is dead: 20,000 mails took 530 MB, of which 45 were alive.
  setFlagsFromString('--heap-growing-percent=50');
  // V8 compiles a function anew for speed after 66 kB of bytecode, in threads that on two cores take the time from Redis and the
  // mail server: a third of the processor time of the first 1,000 mails. Eight times as many suffices to tell what is really hot.
  setFlagsFromString('--interrupt-budget=540000');
}
