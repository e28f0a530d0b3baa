import { expect, it } from 'vitest';
import { SurelyNew } from '../../src/imap/surely-new.js';
import { SURELY_NEW_MS } from '../../src/limits.js';

const NOW = Date.parse('2026-11-24T08:00:00Z');

function mail(given: { id?: string; uid?: number; ageMs?: number } = {}) {
  const { id = 'a', uid = 12, ageMs = 1000 } = given;
  const receivedAt = Number.isNaN(ageMs) ? '' : new Date(NOW - ageMs).toISOString();
  return { id, uid, envelope: { messageId: null, from: '', subject: '', date: '', sizeBytes: 0, receivedAt } };
}

function begun(): SurelyNew {
  const news = new SurelyNew();
  news.begin('7', 10);
  return news;
}

it.each([
  ['has just come', mail(), '7', true],
  ['stood there before', mail({ uid: 9 }), '7', false],
  ['stands in a folder that was renumbered', mail(), '8', false],
  ['came two minutes ago', mail({ ageMs: SURELY_NEW_MS }), '7', true],
  ['came longer ago', mail({ ageMs: SURELY_NEW_MS + 1 }), '7', false],
  ['comes from a clock that is before ours', mail({ ageMs: -SURELY_NEW_MS }), '7', true],
  ['says that it comes tomorrow', mail({ ageMs: -86_400_000 }), '7', false],
  ['has no date', mail({ ageMs: Number.NaN }), '7', false],
])('a mail that %s is surely new: %#', (_, standing, uidValidity, isNew) => {
  expect(begun().has(standing, uidValidity, NOW)).toBe(isNew);
});

it('a mail that was under way is not, over all connections, until it is filed or has left the folder', () => {
  const news = begun();
  for (const id of ['a', 'b', 'c']) news.queued(id);
  news.begin('7', 20);
  expect(['a', 'b', 'c', 'd'].map((id) => news.has(mail({ id }), '7', NOW))).toEqual([false, false, false, true]);
  news.filed('a');
  news.keepOnly((id) => id === 'c');
  expect(['a', 'b', 'c'].map((id) => news.has(mail({ id }), '7', NOW))).toEqual([true, true, false]);
});

it('none is where nobody has said where new mail begins', () => {
  expect(new SurelyNew().has(mail(), '7', NOW)).toBe(false);
});
