import { describe, expect, it } from 'vitest';
import { MAX_SUBJECT_TAGS } from '../../src/limits.js';
import { ticketIds } from '../../src/mail/subject-tag.js';

describe('the default tag', () => {
  it.each<[subject: string, ids: number[]]>([
    ['[#123] Printer', [123]],
    ['Re: [#123] Printer', [123]],
    ['Re: AW: SV: [#12]', [12]],
    ['Betreff[#12]', [12]],
    ['[# 12 ]', [12]],
    ['[#\u00a012]', [12]],
    ['[#007]', [7]],
    ['[#1]', [1]],
    ['[#2147483647]', [2147483647]],
    ['[#12] and [#7]', [12, 7]],
    ['[#12] and [#12] again', [12]],
    ['[B45 #54] [#12]', [12]],
    ['[[#12]]', [12]],
  ])('%j names %j', (subject, ids) => {
    expect(ticketIds(subject, '[#{id}]')).toEqual(ids);
  });

  it.each([
    '',
    'no tag',
    '#12',
    '[12]',
    '[#]',
    '[#0]',
    '[#-1]',
    '[#12',
    '#12]',
    '[#1 2]',
    '[#12a]',
    '[#2147483648]',
    '[#21474836470]',
    '[#99999999999999999999]',
    '[#٣]',
    '[Ticket#2026010112]',
    '[JIRA-12]',
    '[B45 #54]',
    '[acme #12]',
    '[#    12]',
  ])('is not found in %j', (subject) => {
    expect(ticketIds(subject, '[#{id}]')).toEqual([]);
  });
});

describe('a tag of the operator', () => {
  it.each<[format: string, subject: string, ids: number[]]>([
    ['[acme #{id}]', 'Re: [acme #12] x', [12]],
    ['[acme #{id}]', 'Re: [ACME  # 12] x', [12]],
    ['[acme #{id}]', 'Re: [#12] [other #13]', []],
    ['[a.c|e+ #{id}]', '[abc #1] [a.c|e+ #2]', [2]],
    ['(?:{id})', '(?:5) 6', [5]],
    ['a-b\\d{id}$', 'a-b\\d3$ a-bd4', [3]],
    ['{id}', '12', [12]],
    ['{id}', 'A12 12345678901', []],
    ['#{id}', 'see #12, please', [12]],
    ['#{id}', 'Ticket#2026 #12345678901 #5x', []],
    ['Ticket {id}', 'My ticket 5', [5]],
    ['Ticket {id}', 'Flugticket 5', []],
    ['[#]', '[#] [#12]', []],
    ['', '12', []],
  ])('%j in %j names %j', (format, subject, ids) => {
    expect(ticketIds(subject, format)).toEqual(ids);
  });
});

it('tries no more than MAX_SUBJECT_TAGS tags', () => {
  const tags = (count: number) => Array.from({ length: count }, (_, i) => `[#${i + 1}]`).join(' ');
  expect(ticketIds(tags(MAX_SUBJECT_TAGS), '[#{id}]')).toHaveLength(MAX_SUBJECT_TAGS);
  expect(ticketIds(tags(MAX_SUBJECT_TAGS + 1), '[#{id}]')).toEqual([1, 2, 3, 4, 5]);
});

it.each(['[#', '[# ', '[#1', '[#1 ', '[', '1', ' '])('reads a megabyte of %j without backtracking', (piece) => {
  // Quadratic time would be 10^12 steps: the test runs out of time, not out of a margin.
  const subject = piece.repeat(1_000_000 / piece.length);
  expect(ticketIds(subject, '[#{id}]')).toEqual([]);
  expect(ticketIds(subject, '[acme #{id}]')).toEqual([]);
});
