import { describe, expect, it } from 'vitest';
import { MAX_TICKET_MESSAGE_BYTES } from '../../src/limits.js';
import { judge } from '../../src/mail/decide.js';
import type { Decision } from '../../src/mail/decision.js';
import { refusalOf, ticketInstead, withoutNotice } from '../../src/mail/notice.js';
import { defaultPolicy, type MailPolicy } from '../../src/mail/policy.js';
import { aMail } from './a-mail.js';

function replyOf(text: string, settings: Partial<MailPolicy> = {}): Extract<Decision, { kind: 'reply' }> {
  const { decision } = judge(aMail({ subject: '[#12]', text }), { ...defaultPolicy, ...settings });
  if (decision.kind !== 'reply') throw new Error('a reply was expected');
  return decision;
}

const strict: Partial<MailPolicy> = { senderAuth: 'require-for-replies', trust: { authservIds: ['mx.x'], relays: [] } };

describe('the ticket instead of a reply', () => {
  it('is a new request like any other where no ticket stands behind it', () => {
    expect(ticketInstead(replyOf('Yes.'), []).message).toBe('Yes.');
    expect(ticketInstead(replyOf('Yes.', strict), []).message).toBe('Yes.');
    expect(ticketInstead(replyOf('Yes.', { ...strict, senderAuth: 'require' }), []).message).toBe(
      '[sender not verified]\n\nYes.',
    );
  });

  it('says in its first line which ticket was meant, and why it was left alone', () => {
    expect(ticketInstead(replyOf('Yes.'), ['12', '7']).message).toBe(
      '[Not written into ticket #12, #7: no such ticket of this sender was found.]\n\nYes.',
    );
    expect(ticketInstead(replyOf('Yes.', strict), ['12']).message).toBe(
      '[sender not verified] [Not written into ticket #12: the sender is not verified.]\n\nYes.',
    );
  });

  it('fits at the limit with the longest notice there is', () => {
    const staff = { ...strict, staffAddresses: ['@example.com'] };
    const ids = Array.from({ length: 30 }, () => '9'.repeat(300));
    for (const settings of [strict, staff, { staffAddresses: ['@example.com'] }]) {
      const { message } = ticketInstead(replyOf('x'.repeat(MAX_TICKET_MESSAGE_BYTES), settings), ids);
      expect(Buffer.byteLength(message)).toBeLessThanOrEqual(MAX_TICKET_MESSAGE_BYTES);
    }
  });
});

describe('a message without its notice', () => {
  it.each([[[]], [['12']], [['12', '7']]])('is the same, whatever tickets the attempt knew of: %j', (ids) => {
    for (const settings of [{}, strict, { ...strict, senderAuth: 'mark' } as const]) {
      expect(withoutNotice(ticketInstead(replyOf('[Yes]\n\nNo.', settings), ids).message)).toBe('[Yes]\n\nNo.');
    }
  });

  it('can be told from one that was escaped by the helpdesk too', () => {
    expect(withoutNotice('[Not written into ticket #12: it&#039;s not theirs.]<br />\n<br />\nYes.')).toMatch(/Yes\.$/);
  });
});

it('names at most five tickets in the note', () => {
  expect(refusalOf(replyOf('Yes.'), ['1', '2', '3', '4', '5', '6'])).toContain('#1, #2, #3, #4, #5:');
});
