interface Under {
  /** Settled when the last of the tasks that had to be alone has ended. */
  readonly alone: Promise<unknown>;
  /** Settled when all have. */
  readonly all: Promise<unknown>;
}

/** Runs tasks with one key side by side, but for those that have to be alone: they wait for all before them, and all after them wait. */
export class Turns {
  readonly #under = new Map<string, Under>();

  run<T>(key: string, mustBeAlone: boolean, task: () => Promise<T>): Promise<T> {
    const before = this.#under.get(key) ?? { alone: Promise.resolve(), all: Promise.resolve() };
    const turn = (mustBeAlone ? before.all : before.alone).then(task);
    const end = turn.catch(() => {});
    const now = { alone: mustBeAlone ? end : before.alone, all: Promise.all([before.all, end]) };
    this.#under.set(key, now);
    now.all.then(() => {
      if (this.#under.get(key) === now) this.#under.delete(key);
    });
    return turn;
  }
}
