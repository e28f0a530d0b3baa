/** imapflow's codes for an answer that holds more than it takes; with each the connection is over. */
const TOO_LARGE = ['TooManyTokens', 'ResponseTooLarge', 'LineTooLarge', 'LiteralTooLarge'];

/**
 * The mails of a folder whose ENVELOPE is too large to be read. A From of 100,000 addresses ends the connection that asks for it, and
 * would end each one after it: so the mails of such a batch are asked for one by one next time, and then that one without its envelope.
 * To be kept over the connections.
 */
export class LargeEnvelopes {
  /** Mails of a batch that ended a connection, and those that did so alone, as UIDVALIDITY and UID. */
  readonly #suspects = new Set<string>();
  readonly #found = new Set<string>();

  /** The mails in the groups in which they are to be asked for, and what of them. */
  groups(uidValidity: string, uids: readonly number[]): { uids: readonly number[]; envelope: boolean }[] {
    const together: number[] = [];
    const alone: { uids: readonly number[]; envelope: boolean }[] = [];
    for (const uid of uids) {
      const key = `${uidValidity} ${uid}`;
      if (this.#found.has(key) || this.#suspects.has(key)) alone.push({ uids: [uid], envelope: !this.#found.has(key) });
      else together.push(uid);
    }
    return together.length === 0 ? alone : [{ uids: together, envelope: true }, ...alone];
  }

  /** These were asked for together, and that went well. */
  read(uidValidity: string, uids: readonly number[]): void {
    for (const uid of uids) this.#suspects.delete(`${uidValidity} ${uid}`);
  }

  /** These were asked for together, and that failed. */
  failed(uidValidity: string, uids: readonly number[], error: unknown): void {
    if (!(error instanceof Error && 'code' in error && TOO_LARGE.includes(String(error.code)))) return;
    const kept = uids.length === 1 ? this.#found : this.#suspects;
    for (const uid of uids) kept.add(`${uidValidity} ${uid}`);
  }
}
