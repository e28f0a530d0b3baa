import { onTestFinished } from 'vitest';

/** Disposes of what a test opened when the test ends, however it ends: `await using`, for tools that cannot parse that yet. */
export function untilTheEnd<T extends AsyncDisposable>(opened: T): T {
  onTestFinished(() => opened[Symbol.asyncDispose]());
  return opened;
}
