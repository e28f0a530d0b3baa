import { MAX_BROKEN_READINGS, MAX_KEPT_BODY_HASHES } from '../limits.js';
import { type Numbered, placeOf, Quarantine } from './quarantine.js';

/** What earlier connections have found out about mails that stand where they stood. Kept by who makes more than one connection. */
export class FetchHistory {
  /** Mails of which ENVELOPE has more than is taken: once is enough, since it is imapflow that says so. */
  readonly envelopes = new Quarantine(1);
  /** Mails whose body ends connections: more than once, since a connection may end for any reason. */
  readonly bodies = new Quarantine(MAX_BROKEN_READINGS);
  readonly #bodyHashes = new Map<string, string>();
  readonly #sizes = new Map<string, number>();

  /** How often a connection was ended by what it asked for: where it has grown, the next one will fare better. */
  get ends(): number {
    return this.envelopes.ends + this.bodies.ends;
  }

  /** How many mails were found to end each connection. */
  get found(): number {
    return this.envelopes.found + this.bodies.found;
  }

  bodyHash(of: Numbered, uid: number): string | undefined {
    return this.#bodyHashes.get(placeOf(of, uid));
  }

  /** RFC822.SIZE as it was first told: some servers think better of it (WildDuck, DavMail), and a mail without Message-ID is known by it. */
  sizeOf(of: Numbered, uid: number, told: number): number {
    const place = placeOf(of, uid);
    const first = this.#sizes.get(place) ?? told;
    keep(this.#sizes, place, first);
    return first;
  }

  /** A mail never changes (RFC 3501 section 2.3.1.1), so its body need not be fetched at each look. */
  keepBodyHash(of: Numbered, uid: number, hash: string): void {
    keep(this.#bodyHashes, placeOf(of, uid), hash);
  }
}

function keep<T>(map: Map<string, T>, place: string, value: T): void {
  const [oldest] = map.keys();
  if (oldest !== undefined && map.size >= MAX_KEPT_BODY_HASHES) map.delete(oldest);
  map.set(place, value);
}
