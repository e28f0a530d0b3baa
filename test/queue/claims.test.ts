import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/mail/outcome.js';
import { Claims } from '../../src/queue/claims.js';

const created = (ticketId: string): Outcome => ({ kind: 'created', ticketId, adopted: false });
const NOON = Date.parse('2026-11-24T12:00:00Z');

/** A ledger of settled entries, and the times it was asked from. */
function ledgerOf(...entries: { id: string; outcome: Outcome; at: number }[]) {
  const asked: number[] = [];
  return {
    entries,
    asked,
    async *settledSince(since: number) {
      asked.push(since);
      for (const entry of entries.filter(({ at }) => at >= since)) yield entry;
    },
  };
}

describe('claims', () => {
  it("say that a ticket is taken which another mail's entry holds, and that one's own is not", async () => {
    const claims = new Claims(ledgerOf({ id: 'other', outcome: created('12'), at: NOON }));
    expect(await claims.of('mine', NOON).isTaken('12')).toBe(true);
    expect(await claims.of('other', NOON).isTaken('12')).toBe(false);
  });

  it('give a ticket that nobody holds to the first that asks', async () => {
    const claims = new Claims(ledgerOf());
    expect(await claims.of('first', NOON).isTaken('12')).toBe(false);
    expect(await claims.of('second', NOON).isTaken('12')).toBe(true);
  });

  it('count what this process has just made before it stands in the ledger', async () => {
    const claims = new Claims(ledgerOf());
    claims.settled('first', created('12'));
    expect(await claims.of('second', NOON).isTaken('12')).toBe(true);
  });

  it('keep tickets and replies apart', async () => {
    const claims = new Claims(ledgerOf());
    claims.settled('first', { kind: 'replied', ticketId: '3', replyId: '12', adopted: false });
    expect(await claims.of('second', NOON).isTaken('12')).toBe(false);
    expect(await claims.of('second', NOON).isReplyTaken('12')).toBe(true);
  });

  it('read the ledger back to some hours before the mail, and after that only what is new', async () => {
    const ledger = ledgerOf({ id: 'other', outcome: created('12'), at: NOON - 14 * 3_600_000 });
    const claims = new Claims(ledger);
    expect(await claims.of('mine', NOON).isTaken('12')).toBe(true);
    ledger.entries.push({ id: 'third', outcome: created('13'), at: Date.now() });
    expect(await claims.of('mine', NOON).isTaken('13')).toBe(true);
    expect(ledger.asked[0]).toBeLessThan(NOON - 14 * 3_600_000);
    expect(ledger.asked[1]).toBeGreaterThan(Date.now() - 120_000);
  });

  it('do not read the ledger for a mail of which there is no candidate', async () => {
    const ledger = ledgerOf({ id: 'other', outcome: created('12'), at: NOON });
    expect(await new Claims(ledger).of('mine', NOON).heldByOthers([])).toEqual(new Set());
    expect(ledger.asked).toEqual([]);
  });

  it('say of several tickets which of them other mails hold, and hold none by that', async () => {
    const claims = new Claims(ledgerOf({ id: 'other', outcome: created('12'), at: NOON }));
    expect(await claims.of('mine', NOON).heldByOthers(['12', '13'])).toEqual(new Set(['12']));
    expect(await claims.of('other', NOON).heldByOthers(['12', '13'])).toEqual(new Set());
    expect(await claims.of('another', NOON).isTaken('13')).toBe(false);
  });
});
