import type { Decision } from '../../src/mail/decision.js';
import type { NewEntry } from '../../src/mail/ledger-entry.js';

const ticket = { subject: 'Hello', message: 'World', user_email: 'ann@example.com' };

/** An entry of a mail that becomes a ticket, but for what is given. */
export function newEntry(id: string, given: Partial<NewEntry> & { decision?: Decision } = {}): NewEntry {
  const { decision = { kind: 'create', ticket } as const, ...rest } = given;
  return {
    id,
    mailbox: 'imap://support@mail.acme.test/INBOX',
    location: { folder: 'INBOX', uidValidity: '1', uid: 1 },
    envelope: {
      messageId: `<${id}@example.com>`,
      from: 'ann@example.com',
      subject: 'Hello',
      date: '',
      sizeBytes: 1000,
      receivedAt: '2026-11-24T08:00:00.000Z',
    },
    fingerprint: `fingerprint of ${id}`,
    judgement: {
      decision,
      reason: 'a new request',
      trace: [],
      automatic: { kind: 'none', evidence: '', effect: 'none' },
      bounce: null,
      authentication: 'unchecked',
      people: ['ann@example.com'],
    },
    lookFirst: false,
    ...rest,
  };
}
