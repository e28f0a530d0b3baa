/** Why the watcher has to get up. */
export interface WakeReasons {
  /** The server told of new mail. */
  readonly newMail: boolean;
  /** Ledger ids whose jobs have finished. */
  readonly finished: readonly string[];
}

/** Gathers reasons to get up while the watcher works, and hands them over when it lies down to wait. */
export class Wake {
  #newMail = false;
  #finished: string[] = [];
  #urgent = false;
  #notify: (() => void) | null = null;

  newMail(): void {
    this.#newMail = true;
    this.#notify?.();
  }

  finished(id: string): void {
    this.#finished.push(id);
    this.#notify?.();
  }

  /** The finished mails, where there are so many or more; else none, and they stay. */
  takeFinished(atLeast: number): readonly string[] {
    return this.#finished.length < atLeast ? [] : this.#finished.splice(0);
  }

  /** Ends any wait, now and from now on: the connection or the service is at its end. */
  now(): void {
    this.#urgent = true;
    this.#notify?.();
  }

  /**
   * Resolves as soon as there is a reason, or after `timeoutMs` without one. Finished mails alone are gathered for `gatherMs`, so
   * that a burst of them is moved in one command; new mail never waits for that.
   */
  async next(timeoutMs: number, gatherMs: number): Promise<WakeReasons> {
    await this.#until(() => this.#urgent || this.#newMail || this.#finished.length > 0, timeoutMs);
    if (this.#finished.length > 0) await this.#until(() => this.#urgent || this.#newMail, gatherMs);
    const reasons = { newMail: this.#newMail, finished: this.#finished };
    this.#newMail = false;
    this.#finished = [];
    return reasons;
  }

  /** Resolves when the condition comes true, or after the time. */
  #until(condition: () => boolean, timeoutMs: number): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#notify = null;
        resolve();
      };
      const timer = setTimeout(end, timeoutMs);
      this.#notify = () => condition() && end();
    });
  }
}
