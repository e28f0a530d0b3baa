import { expect, it } from 'vitest';
import { priorityOf } from '../../src/mail/priority.js';
import { aMail, headers } from './a-mail.js';

it.each<[fields: Record<string, string>, priority: string | undefined]>([
  [{}, undefined],
  [{ 'X-Priority': '1' }, 'high'],
  [{ 'X-Priority': '1 (Highest)' }, 'high'],
  [{ 'X-Priority': '2(High)' }, 'high'],
  [{ 'X-Priority': '3 (Normal)' }, 'medium'],
  [{ 'X-Priority': '4' }, 'low'],
  [{ 'X-Priority': ' 5 (Lowest)' }, 'low'],
  [{ 'X-Priority': '0' }, undefined],
  [{ 'X-Priority': '15' }, undefined],
  [{ 'X-Priority': 'constructor' }, undefined],
  [{ Importance: 'HIGH' }, 'high'],
  [{ Importance: 'Normal' }, 'medium'],
  [{ Importance: 'low' }, 'low'],
  [{ Priority: 'urgent' }, 'high'],
  [{ Priority: 'non-urgent' }, 'low'],
  [{ 'X-MSMail-Priority': 'High' }, 'high'],
  [{ 'X-Priority': '3', Importance: 'high' }, 'high'],
  [{ Importance: 'normal', 'X-Priority': '5' }, 'low'],
  [{ Importance: 'low', 'X-Priority': '1' }, 'low'],
  [{ Importance: 'whatever', Priority: 'normal' }, 'medium'],
])('%j is of priority %j', (fields, priority) => {
  expect(priorityOf(aMail({ headers: headers(fields) }))).toBe(priority);
});
