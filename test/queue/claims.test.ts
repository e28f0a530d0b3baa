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
    expect(await claims.of('mine', NOON).isTaken('12', false)).toBe(true);
    expect(await claims.of('other', NOON).isTaken('12', false)).toBe(false);
  });

  it('give a ticket that nobody holds to the first that asks', async () => {
    const claims = new Claims(ledgerOf());
    expect(await claims.of('first', NOON).isTaken('12', false)).toBe(false);
    expect(await claims.of('second', NOON).isTaken('12', false)).toBe(true);
  });

  it('count what this process has just made before it stands in the ledger', async () => {
    const claims = new Claims(ledgerOf());
    claims.settled('first', created('12'));
    expect(await claims.of('second', NOON).isTaken('12', false)).toBe(true);
  });

  it('keep tickets and replies apart', async () => {
    const claims = new Claims(ledgerOf());
    claims.settled('first', { kind: 'replied', ticketId: '3', replyId: '12', adopted: false });
    expect(await claims.of('second', NOON).isTaken('12', false)).toBe(false);
    expect(await claims.of('second', NOON).isReplyTaken('12')).toBe(true);
  });

  it('read the ledger back to some hours before the mail, and after that only what is new', async () => {
    const ledger = ledgerOf({ id: 'other', outcome: created('12'), at: NOON - 14 * 3_600_000 });
    const claims = new Claims(ledger);
    expect(await claims.of('mine', NOON).isTaken('12', false)).toBe(true);
    ledger.entries.push({ id: 'third', outcome: created('13'), at: Date.now() });
    expect(await claims.of('mine', NOON).isTaken('13', false)).toBe(true);
    expect(ledger.asked[0]).toBeLessThan(NOON - 14 * 3_600_000);
    expect(ledger.asked[1]).toBeGreaterThan(Date.now() - 120_000);
  });

  it('do not read the ledger for a mail of which there is no candidate', async () => {
    const ledger = ledgerOf({ id: 'other', outcome: created('12'), at: NOON });
    expect(await new Claims(ledger).of('mine', NOON).heldByOthers([])).toEqual(new Set());
    expect(ledger.asked).toEqual([]);
  });

  describe('of a mail with twins', () => {
    const replied = (replyId: string): Outcome => ({ kind: 'replied', ticketId: '3', replyId, adopted: false });
    const twin = (id: string, sameSubject = true) => ({ id, sameSubject });

    it('give what is alike and nobody holds to the twins first, each one of it, and then to the mail', async () => {
      const mine = new Claims(ledgerOf()).of('mine', NOON, [twin('a'), twin('b')]);
      const taken = [await mine.isReplyTaken('1'), await mine.isReplyTaken('2'), await mine.isReplyTaken('3')];
      expect(taken).toEqual([true, true, false]);
    });

    it('answer the same at the next attempt, where one was posted meanwhile', async () => {
      const claims = new Claims(ledgerOf());
      expect(await claims.of('mine', NOON, [twin('a')]).isReplyTaken('1')).toBe(true);
      expect(await claims.of('mine', NOON, [twin('a')]).isReplyTaken('1')).toBe(true);
      expect(await claims.of('mine', NOON, [twin('a')]).isReplyTaken('2')).toBe(false);
    });

    it('do not count a twin twice which holds something: by what this process knows, by the ledger, or by another mail', async () => {
      const claims = new Claims(ledgerOf({ id: 'b', outcome: replied('2'), at: NOON }));
      claims.settled('a', replied('1'));
      expect(await claims.of('mine', NOON, [twin('a'), twin('b')]).isReplyTaken('3')).toBe(false);
      expect(await claims.of('other', NOON, [twin('c')]).isReplyTaken('4')).toBe(true);
      expect(await claims.of('third', NOON, [twin('c')]).isReplyTaken('5')).toBe(false);
    });

    it('count a twin again whose reply another mail turns out to hold', async () => {
      const ledger = ledgerOf();
      const claims = new Claims(ledger);
      expect(await claims.of('mine', NOON, [twin('a')]).isReplyTaken('1')).toBe(true);
      ledger.entries.push({ id: 'other', outcome: replied('1'), at: Date.now() });
      expect(await claims.of('mine', NOON, [twin('a')]).isReplyTaken('2')).toBe(true);
      expect(await claims.of('mine', NOON, [twin('a')]).isReplyTaken('3')).toBe(false);
    });

    it('give no twin a ticket that is certainly the own one, nor one that has another subject than its own would', async () => {
      const claims = new Claims(ledgerOf());
      expect(await claims.of('mine', NOON, [twin('a')]).isTaken('1', false)).toBe(false);
      expect(await claims.of('mine', NOON, [twin('a')]).isTaken('2', true)).toBe(true);
      expect(await claims.of('another', NOON, [twin('b', false)]).isTaken('3', true)).toBe(false);
    });

    it('count a twin that holds a ticket among the replies no more', async () => {
      const mine = new Claims(ledgerOf()).of('mine', NOON, [twin('a')]);
      expect(await mine.isTaken('1', true)).toBe(true);
      expect(await mine.isReplyTaken('1')).toBe(false);
    });

    it('are its own where it is put back to work itself', async () => {
      const claims = new Claims(ledgerOf());
      expect(await claims.of('mine', NOON, [twin('a')]).isReplyTaken('1')).toBe(true);
      expect(await claims.of('a', NOON).isReplyTaken('1')).toBe(false);
    });
  });

  it('say of several tickets which of them other mails hold, and hold none by that', async () => {
    const claims = new Claims(ledgerOf({ id: 'other', outcome: created('12'), at: NOON }));
    expect(await claims.of('mine', NOON).heldByOthers(['12', '13'])).toEqual(new Set(['12']));
    expect(await claims.of('other', NOON).heldByOthers(['12', '13'])).toEqual(new Set());
    expect(await claims.of('another', NOON).isTaken('13', false)).toBe(false);
  });
});
