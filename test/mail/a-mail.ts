import fc from 'fast-check';
import type { HeaderField, IncomingMail, TraceField } from '../../src/mail/message.js';

/** A plain mail from a customer, but for what a test says of it. */
export function aMail(parts: Partial<IncomingMail> = {}): IncomingMail {
  return {
    messageId: '<1@example.com>',
    inReplyTo: null,
    references: [],
    from: { address: 'ann@example.com', name: 'Ann' },
    soleAuthor: true,
    replyTo: [],
    to: [{ address: 'support@desk.example', name: '' }],
    cc: [],
    subject: 'The printer is on fire',
    date: new Date('2026-03-01T09:00:00Z'),
    headers: [],
    traceFields: [],
    text: 'Please help.',
    html: null,
    textIsFromHtml: false,
    attachments: [],
    reports: [],
    repairs: [],
    ...parts,
  };
}

/** Header fields as parsing gives them: `{ Importance: 'high' }`. */
export function headers(fields: Readonly<Record<string, string>>): HeaderField[] {
  return Object.entries(fields).map(([name, value]) => ({ name: name.toLowerCase(), value }));
}

/** What mx.desk.example writes above a mail whose DMARC check went so. */
function resultsOf(result: 'pass' | 'fail', domain: string): TraceField[] {
  return [
    { name: 'authentication-results', value: `mx.desk.example; dmarc=${result} header.from=${domain}` },
    { name: 'received', value: 'from client.example by mx.desk.example; Mon, 2 Mar 2026 09:00:00 +0000' },
  ];
}

export const passOf = (domain: string) => resultsOf('pass', domain);

/** Text of the characters that break things: line ends, NUL, lone surrogates, direction overrides, the syntax of mail and tags. */
export const hostileText = fc.string({
  unit: fc.constantFrom(
    ...'a0 1é😀[]#:@<>,;"=?\n\r\t\0\x1b\x85',
    '\ud800',
    '\udc00',
    '\u202e',
    '\u2028',
    '\u200b',
    'e\u0301',
  ),
  maxLength: 40,
});
