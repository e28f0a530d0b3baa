import { describe, expect, it } from 'vitest';
import { type FiledMail, FiledMails } from '../../src/imap/filed-mails.js';
import { MAX_CANDIDATES, MAX_TWIN_GAP_MS, MAX_TWINS_REMEMBERED } from '../../src/limits.js';
import { likenessOf } from '../../src/mail/twins.js';
import { newEntry } from '../queue/entries.js';

const mine = { ...newEntry('mine'), location: { folder: 'INBOX', uidValidity: '1', uid: 1 } };
const receivedAt = Date.parse(mine.envelope.receivedAt);

function filed(id: string, given: Partial<FiledMail> = {}): FiledMail {
  const likeness = likenessOf(mine.judgement.decision);
  if (!likeness) throw new Error('ignored');
  return { id, receivedAt, likeness, ...given };
}

function twinsAmong(mails: readonly FiledMail[]): string[] {
  const all = new FiledMails();
  for (const mail of mails) all.add(mail);
  return all.twinsOf(mine).map(({ id }) => id);
}

describe('the twins of a mail among those that were filed', () => {
  it('are others in the same words that came not long before, or later', () => {
    const others = { ...filed('').likeness, words: 'others' };
    const among = [
      filed('mine'),
      filed('a', { receivedAt: receivedAt - MAX_TWIN_GAP_MS }),
      filed('later', { receivedAt: receivedAt + 10 * MAX_TWIN_GAP_MS }),
      filed('too old', { receivedAt: receivedAt - MAX_TWIN_GAP_MS - 1 }),
      filed('in other words', { likeness: others }),
      filed('of no date', { receivedAt: Number.NaN }),
    ];
    expect(twinsAmong(among)).toEqual(['a', 'later']);
  });

  it('counts one that is filed twice once, and by what it said last', () => {
    expect(twinsAmong([filed('a'), filed('a')])).toEqual(['a']);
    expect(twinsAmong([filed('a'), filed('a', { likeness: { ...filed('').likeness, words: 'others' } })])).toEqual([]);
  });

  it('forgets the oldest of too many', () => {
    const others = (n: number) =>
      Array.from({ length: n }, (_, i) => filed(`${i}`, { likeness: { ...filed('').likeness, words: `${i}` } }));
    expect(twinsAmong([filed('a'), ...others(MAX_TWINS_REMEMBERED - 1)])).toEqual(['a']);
    expect(twinsAmong([filed('a'), ...others(MAX_TWINS_REMEMBERED)])).toEqual([]);
  });

  it('are the latest few of a program that writes the same again and again', () => {
    const many = Array.from({ length: MAX_CANDIDATES + 2 }, (_, i) => filed(`${i}`));
    const twins = twinsAmong(many);
    expect(twins).toHaveLength(MAX_CANDIDATES);
    expect(twins).toContain(`${MAX_CANDIDATES + 1}`);
    expect(twins).not.toContain('1');
  });
});
