/** One part of the service, as a probe sees it. */
export interface PartHealth {
  readonly ok: boolean;
  /** Why not, for people; '' where it is ok. */
  readonly reason: string;
  /** Since when it has been so, as an ISO string. */
  readonly since: string;
}

export type PartReport = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** What works and what does not, part by part. A part that has not reported yet is not ok. */
export class Health<Part extends string> {
  readonly #parts = new Map<Part, PartHealth>();

  constructor(
    parts: readonly Part[],
    private readonly now: () => Date = () => new Date(),
  ) {
    for (const part of parts) this.#parts.set(part, { ok: false, reason: 'starting', since: this.now().toISOString() });
  }

  report(part: Part, state: PartReport): void {
    const before = this.#parts.get(part);
    const reason = state.ok ? '' : state.reason;
    if (before?.ok === state.ok && before.reason === reason) return;
    const since = before?.ok === state.ok ? before.since : this.now().toISOString();
    this.#parts.set(part, { ok: state.ok, reason, since });
  }

  get ready(): boolean {
    return [...this.#parts.values()].every((part) => part.ok);
  }

  get parts(): Readonly<Record<string, PartHealth>> {
    return Object.fromEntries(this.#parts);
  }
}
