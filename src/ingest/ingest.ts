import { MAX_BATCH_BYTES, MAX_MAILS_PER_BATCH, SURELY_NEW_MS } from '../limits.js';
import { envelopeOfHeader } from '../mail/header-envelope.js';
import { type Identified, identify } from '../mail/identify.js';
import { bodyHashOf } from '../mail/identity.js';
import type { NewEntry } from '../mail/ledger-entry.js';
import type { Judge, Ledger } from './ports.js';
import type { RawMail } from './raw-mail.js';

export interface IngestOptions {
  /** The mailbox in whose name the mails are taken: see identity.ts. */
  readonly mailbox: string;
  readonly ledger: Ledger;
  readonly judge: Judge;
  /** Resolves when so many mails may be queued; what it rejects with ends the ingesting. */
  readonly room: (mails: number) => Promise<void>;
  /** Told after each batch. */
  readonly done: (batch: Batch) => void;
}

/** What became of one batch. */
export interface Batch {
  /** Bytes that were read. */
  readonly bytes: number;
  /** The mails that were queued. */
  readonly queued: readonly NewEntry[];
  /** Mails that had been ingested, had failed, and are tried again. */
  readonly again: number;
  /** Mails that the ledger knew, or that were there twice. */
  readonly known: number;
}

type Mail = Identified & { readonly raw: RawMail };

/**
 * Puts mails into the queue as the watcher does with those of its folder, some at a time: what the ledger knows is passed over, so
 * that it may be done again at any time, and after it was cut off anywhere.
 * @throws the errors of the ledger and of `room`
 */
export async function ingest(mails: AsyncIterable<RawMail>, options: IngestOptions): Promise<void> {
  let batch: RawMail[] = [];
  let bytes = 0;
  for await (const mail of mails) {
    batch.push(mail);
    bytes += mail.bytes.length;
    if (batch.length < MAX_MAILS_PER_BATCH && bytes < MAX_BATCH_BYTES) continue;
    await settle(batch, options);
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) await settle(batch, options);
}

async function settle(batch: readonly RawMail[], options: IngestOptions): Promise<void> {
  const { mailbox, ledger, room, done } = options;
  const now = Date.now();
  const envelopes = batch.map(({ bytes, sizeBytes }) => {
    const envelope = envelopeOfHeader(bytes, sizeBytes, now);
    return envelope.messageId === null ? { ...envelope, bodyHash: bodyHashOf(bodyOf(bytes)) } : envelope;
  });
  const identified = await identify(mailbox, envelopes, (ids) => ledger.lookUp(ids));
  const fresh = new Map<string, Mail>();
  const failed = new Map<string, Mail>();
  for (const [i, mail] of identified.entries()) {
    const raw = batch[i];
    if (!raw) continue;
    const { id, entry } = mail;
    if (!entry && !fresh.has(id)) fresh.set(id, { ...mail, raw });
    // Of a mail in the mailbox this is the operator's matter, who moves it out of Failed.
    else if (entry?.state.kind === 'failed' && entry.location === null && entry.filedIn === null)
      failed.set(id, { ...mail, raw });
  }
  if (fresh.size + failed.size > 0) await room(fresh.size + failed.size);
  const entriesOf = (mails: ReadonlyMap<string, Mail>) =>
    Promise.all([...mails.values()].map((mail) => entryOf(mail, now, options)));
  const queued = await entriesOf(fresh);
  await ledger.add(queued);
  for (const entry of await entriesOf(failed)) await ledger.addAgain({ ...entry, lookFirst: true });
  done({
    bytes: batch.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    queued,
    again: failed.size,
    known: batch.length - fresh.size - failed.size,
  });
}

function bodyOf(bytes: Uint8Array): Uint8Array {
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf('\r\n\r\n');
  return end === -1 ? new Uint8Array() : bytes.subarray(end + 4);
}

async function entryOf(
  { id, envelope, fingerprint, raw }: Mail,
  now: number,
  { mailbox, judge }: IngestOptions,
): Promise<NewEntry> {
  const judgement = await judge({ bytes: raw.bytes, leftOut: new Map() }, envelope);
  // Written so that a mail without a date is not new: a ledger that was lost may have known it.
  const isSurelyNew = now - Date.parse(envelope.receivedAt) <= SURELY_NEW_MS;
  return { id, mailbox, location: null, envelope, fingerprint, judgement, lookFirst: !isSurelyNew };
}
