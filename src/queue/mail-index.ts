import { MAX_INDEXED_CHARACTERS, MAX_MAILS_INDEXED } from '../limits.js';
import type { HourCount, MailQuery, MailRecord, MailState } from '../mail/mail-record.js';

/** What finds a mail, and no more: a month of them is held in memory. */
interface Row {
  readonly id: string;
  readonly at: number;
  readonly state: MailState;
  readonly ticketId: string | null;
  /** Sender, subject and Message-ID in lower case, one a line. */
  readonly text: string;
}

const HOUR_MS = 3_600_000;

/** The latest mails of the ledger by time, since BullMQ has neither a search nor a list over all its states. At most MAX_MAILS_INDEXED; the oldest go. */
export class MailIndex {
  readonly #rows = new Map<string, Row>();
  /** Oldest first; null where it has to be sorted anew. */
  #sorted: Row[] | null = null;

  get size(): number {
    return this.#rows.size;
  }

  /** The state in which a mail was seen last; null of a mail that is not known. */
  stateOf(id: string): MailState | null {
    return this.#rows.get(id)?.state ?? null;
  }

  put({ id, at, state, ticketId, from, subject, messageId }: MailRecord): void {
    const text = [from, subject, messageId ?? ''].map((part) => part.slice(0, MAX_INDEXED_CHARACTERS)).join('\n');
    this.#rows.set(id, { id, at, state, ticketId, text: text.toLowerCase() });
    this.#sorted = null;
  }

  delete(id: string): void {
    if (this.#rows.delete(id)) this.#sorted = null;
  }

  /** Ids of the mails that match, newest first: at most `limit` and one more, which tells that there are more. */
  select({ state, search, limit, offset }: MailQuery): string[] {
    const wanted = search.trim().toLowerCase();
    const ticketId = /^#?(\d+)$/.exec(wanted)?.[1];
    const rows = this.#inOrder();
    const ids: string[] = [];
    let toPass = offset;
    for (let i = rows.length - 1; i >= 0 && ids.length <= limit; i -= 1) {
      const row = rows[i];
      if (!row || (state !== null && row.state !== state)) continue;
      if (wanted !== '' && row.ticketId !== ticketId && !row.text.includes(wanted)) continue;
      if (toPass > 0) toPass -= 1;
      else ids.push(row.id);
    }
    return ids;
  }

  /** What was settled in the hour that runs and in the 23 before it, oldest first. */
  hours(now: number): HourCount[] {
    const last = Math.floor(now / HOUR_MS);
    const counts = Array.from({ length: 24 }, (_, i) => ({
      from: (last - 23 + i) * HOUR_MS,
      created: 0,
      replied: 0,
      ignored: 0,
      failed: 0,
    }));
    const rows = this.#inOrder();
    for (let i = rows.length - 1; i >= 0; i -= 1) {
      const { at, state } = rows[i] as Row;
      const count = counts[Math.floor(at / HOUR_MS) - last + 23];
      if (count && state !== 'under-way') count[state] += 1;
      // The clock of another machine may be ahead of ours; what is older than a day ends the search.
      if (at < (counts[0]?.from ?? 0)) break;
    }
    return counts;
  }

  /** Sorting is nearly linear here: what is new stands at the end already. */
  #inOrder(): Row[] {
    if (this.#sorted) return this.#sorted;
    const rows = [...this.#rows.values()].sort((a, b) => a.at - b.at);
    for (const { id } of rows.splice(0, Math.max(0, rows.length - MAX_MAILS_INDEXED))) this.#rows.delete(id);
    this.#sorted = rows;
    return rows;
  }
}
