import { describe, expect, it } from 'vitest';
import { authorBehindList } from '../../src/mail/list-author.js';

const list = { address: 'support@desk.example', name: "'Max' via Support" };
const max = { address: 'max@example.org', name: '' };

describe('authorBehindList', () => {
  it('finds who wrote to a list that wrote itself into From', () => {
    expect(authorBehindList(list, [max], '<support.desk.example>')).toEqual({ ...max, name: 'Max' });
  });

  it.each([
    ['no list', list, [max], ''],
    ['no original sender', list, [], '<support.desk.example>'],
    ['two original senders', list, [max, { address: 'eve@example.org', name: '' }], '<support.desk.example>'],
    ['an original sender that is the list', list, [{ ...max, address: 'Support@desk.example' }], '<l>'],
    ['an original sender without a domain', list, [{ ...max, address: 'max' }], '<l>'],
    ['a sender in From as he wrote', { ...list, name: 'Max' }, [max], '<support.desk.example>'],
  ])('finds nobody where there is %s', (_, from, original, listId) => {
    expect(authorBehindList(from, original, listId)).toBeNull();
  });
});
