import { type Envelope, fingerprintOf, identityOf, identityWithFingerprint } from './identity.js';
import type { LedgerEntry } from './ledger-entry.js';

/** A mail as the ledger knows it, or would. */
export interface Identified {
  readonly id: string;
  readonly envelope: Envelope;
  readonly fingerprint: string;
  /** What the ledger said of its id; undefined where it is unknown. */
  readonly entry: LedgerEntry | undefined;
}

type LookUp = (ids: readonly string[]) => Promise<ReadonlyMap<string, LedgerEntry>>;

/** The identities of one batch of mails and what the ledger says of them, in their order. */
export async function identify(mailbox: string, envelopes: readonly Envelope[], lookUp: LookUp): Promise<Identified[]> {
  const plain = envelopes.map((envelope) => identityOf(mailbox, envelope));
  const entries = await lookUp(plain);
  const inBatch = new Map<string, string>();
  const identified = envelopes.map((envelope, i) => {
    const fingerprint = fingerprintOf(envelope);
    const id = plain[i] ?? '';
    // Scanners and printers give every mail the same Message-ID: the first holds the id, the others add their fingerprint.
    const holder = entries.get(id)?.fingerprint ?? inBatch.get(id) ?? fingerprint;
    inBatch.set(id, holder);
    return { id: holder === fingerprint ? id : identityWithFingerprint(mailbox, envelope), envelope, fingerprint };
  });
  // Most ids are the plain ones, of which the answer is there already.
  const others = await lookUp(identified.flatMap(({ id }, i) => (id === plain[i] ? [] : [id])));
  return identified.map((mail) => ({ ...mail, entry: entries.get(mail.id) ?? others.get(mail.id) }));
}
