import { describe, expect, it } from 'vitest';
import { DeliveryPostponedError } from '../../src/errors.js';
import { digestOf } from '../../src/mail/digest.js';
import { Flood } from '../../src/queue/flood.js';
import type { SettledMail } from '../../src/queue/ledger.js';
import { newEntry } from './entries.js';

const NOON = Date.parse('2026-11-24T12:00:00Z');
const MINUTE_MS = 60_000;

function made(id: string, address: string, at: number): SettledMail {
  const ticket = { subject: 'Hello', message: 'World', user_email: address };
  const { judgement } = newEntry(id, { decision: { kind: 'create', ticket } });
  return { id, outcome: { kind: 'created', ticketId: id, adopted: false }, digest: digestOf(judgement), at };
}

/** A ledger of what was settled, the newest first, and how often it was asked. */
function ledgerOf(...entries: SettledMail[]) {
  const ledger = {
    entries,
    asked: 0,
    async *settledSince(since: number) {
      ledger.asked += 1;
      yield* ledger.entries.filter(({ at }) => at >= since).sort((a, b) => b.at - a.at);
    },
  };
  return ledger;
}

describe('the limit of new tickets for each sender', () => {
  const wait = async (admitted: Promise<void>) => {
    const error = await admitted.then(
      () => null,
      (thrown) => thrown,
    );
    if (error !== null && !(error instanceof DeliveryPostponedError)) throw error;
    return error;
  };

  it('lets as many through as it says, of many that ask at once too, and nobody pays for another', async () => {
    const flood = new Flood(ledgerOf(), 3, () => NOON);
    const asked = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((id) => wait(flood.admit(id, 'ann@example.com', false))),
    );
    expect(asked.map((error) => error?.message)).toEqual([
      undefined,
      undefined,
      undefined,
      ...Array(2).fill('ann@example.com has had 3 new tickets within an hour, and FLOOD_LIMIT is 3'),
    ]);
    expect(await wait(flood.admit('f', 'bob@example.com', false))).toBe(null);
  });

  it('lets a mail again that it has let once, since an attempt may fail', async () => {
    const flood = new Flood(ledgerOf(), 1, () => NOON);
    expect(await wait(flood.admit('a', 'ann@example.com', false))).toBe(null);
    expect(await wait(flood.admit('a', 'ann@example.com', false))).toBe(null);
    expect(await wait(flood.admit('b', 'ann@example.com', false))).not.toBe(null);
  });

  it('says how long to wait: until the hour of the oldest is over, five minutes at most', async () => {
    let now = NOON;
    const flood = new Flood(ledgerOf(), 2, () => now);
    await flood.admit('a', 'ann@example.com', false);
    now += 30 * MINUTE_MS;
    await flood.admit('b', 'ann@example.com', false);
    expect((await wait(flood.admit('c', 'ann@example.com', false)))?.forMs).toBe(5 * MINUTE_MS);
    now = NOON + 58 * MINUTE_MS;
    expect((await wait(flood.admit('c', 'ann@example.com', false)))?.forMs).toBe(2 * MINUTE_MS);
    now = NOON + 60 * MINUTE_MS;
    expect(await wait(flood.admit('c', 'ann@example.com', false))).toBe(null);
    expect(await wait(flood.admit('d', 'ann@example.com', false))).not.toBe(null);
  });

  it('knows from the ledger what was made before a restart, within the hour', async () => {
    const ledger = ledgerOf(
      made('1', 'Ann@example.com', NOON - 59 * MINUTE_MS),
      made('2', 'ann@example.com', NOON - MINUTE_MS),
      made('3', 'ann@example.com', NOON - 61 * MINUTE_MS),
      { ...made('4', 'ann@example.com', NOON), outcome: { kind: 'replied', ticketId: '1', adopted: false } },
      { ...made('5', 'ann@example.com', NOON), digest: null },
    );
    const flood = new Flood(ledger, 3, () => NOON);
    expect(await wait(flood.admit('a', 'ann@example.com', false))).toBe(null);
    expect(await wait(flood.admit('b', 'ann@example.com', false))).not.toBe(null);
  });

  it('asks the ledger once at the start, and again for a sender near the limit only, once a minute', async () => {
    let now = NOON;
    const ledger = ledgerOf();
    const flood = new Flood(ledger, 20, () => now);
    const admit = (...ids: string[]) => Promise.all(ids.map((id) => wait(flood.admit(id, 'ann@example.com', false))));
    await admit('a', 'b', 'c');
    now += 2 * MINUTE_MS;
    await admit('d', 'e');
    expect(ledger.asked).toBe(1);
    for (let i = 0; i < 14; i++) ledger.entries.push(made(`elsewhere ${i}`, 'ann@example.com', now));
    const [f, g] = await admit('f', 'g');
    expect(ledger.asked).toBe(2);
    expect(f).toBe(null);
    expect(g).not.toBe(null);
    await admit('h');
    expect(ledger.asked).toBe(2);
  });

  it('counts what is verified apart, so that who forges an address uses up nothing of its owner', async () => {
    const forged = made('1', 'ann@example.com', NOON - MINUTE_MS);
    const { digest } = forged;
    const real = { ...made('2', 'ann@example.com', NOON), digest: digest && { ...digest, verified: true as const } };
    const flood = new Flood(ledgerOf(forged, real), 2, () => NOON);
    expect(await wait(flood.admit('a', 'ann@example.com', false))).toBe(null);
    expect(await wait(flood.admit('b', 'Ann+x@example.com', false))).not.toBe(null);
    expect(await wait(flood.admit('c', 'Ann@example.com', true))).toBe(null);
    expect(await wait(flood.admit('d', 'ann@example.com', true))).not.toBe(null);
  });

  it('is none with 0', async () => {
    const ledger = ledgerOf();
    const flood = new Flood(ledger, 0, () => NOON);
    for (let i = 0; i < 100; i++) await flood.admit(String(i), 'ann@example.com', false);
    expect(ledger.asked).toBe(0);
  });
});
