/** A folder in which UIDs mean something. */
export interface Numbered {
  readonly folder: string;
  readonly uidValidity: string;
}

/** Mails to be asked for together. */
export interface Group {
  readonly uids: readonly number[];
  /** Of a single mail: it ends every connection that asks for it. */
  readonly quarantined: boolean;
}

/**
 * The mails that end the connection which asks for some part of them, and would end each one after it. After a connection that has
 * ended so, those that it asked for are asked for one by one, until each has been read or has ended as many alone as it takes. To be
 * kept over the connections.
 */
export class Quarantine {
  /** How many connections a mail has ended alone, by its place; 0 of one that was among others. */
  readonly #suspects = new Map<string, number>();
  #ends = 0;
  #found = 0;

  /** @param limit connections that a mail must have ended alone */
  constructor(private readonly limit: number) {}

  /**
   * The mails in the groups in which they are to be asked for, the least suspect first: where a server ends every connection for a while,
   * each mail gets its share of the blame, and none enough of it for long.
   */
  groups(of: Numbered, uids: readonly number[]): Group[] {
    const together: number[] = [];
    const alone: { uid: number; ended: number }[] = [];
    for (const uid of uids) {
      const ended = this.#suspects.get(placeOf(of, uid));
      if (ended === undefined) together.push(uid);
      else alone.push({ uid, ended });
    }
    alone.sort((a, b) => a.ended - b.ended);
    return [
      ...(together.length > 0 ? [{ uids: together, quarantined: false }] : []),
      ...alone.map(({ uid, ended }) => ({ uids: [uid], quarantined: ended >= this.limit })),
    ];
  }

  /** These were asked for together, and that went well. */
  read(of: Numbered, { uids, quarantined }: Group): void {
    if (quarantined || this.#suspects.size === 0) return;
    for (const uid of uids) this.#suspects.delete(placeOf(of, uid));
  }

  /** Connections that have ended so. */
  get ends(): number {
    return this.#ends;
  }

  /** Mails in quarantine, those that have gone since included. */
  get found(): number {
    return this.#found;
  }

  /** These were asked for together, and that has ended the connection. */
  ended(of: Numbered, { uids }: Group): void {
    this.#ends += 1;
    for (const uid of uids) {
      const place = placeOf(of, uid);
      const ended = uids.length === 1 ? (this.#suspects.get(place) ?? 0) + 1 : 0;
      this.#suspects.set(place, ended);
      if (ended === this.limit) this.#found += 1;
    }
  }
}

/** Not UIDVALIDITY alone: it may be the same in two folders (RFC 3501 section 2.3.1.1 asks for it within one). */
export function placeOf({ folder, uidValidity }: Numbered, uid: number): string {
  return `${uid} ${uidValidity} ${folder}`;
}
