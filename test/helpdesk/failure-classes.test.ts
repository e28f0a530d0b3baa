import { expect, it } from 'vitest';
import {
  DeliveryPostponedError,
  HelpdeskInterruptedError,
  HelpdeskMisconfiguredError,
  HelpdeskRateLimitedError,
  HelpdeskRefusedError,
  HelpdeskServerError,
  HelpdeskUnreachableError,
  QueueUnavailableError,
} from '../../src/errors.js';
import { classify } from '../../src/helpdesk/failure-classes.js';

const file = 'tickets_create.php';

it.each([
  [
    'an unreachable helpdesk',
    new HelpdeskUnreachableError('x', file),
    { class: 'transient', unsent: true, perhapsOfThisMail: false },
  ],
  [
    'a lost answer',
    new HelpdeskInterruptedError('x', file),
    { class: 'transient', unsent: false, perhapsOfThisMail: false },
  ],
  ['a 500', new HelpdeskServerError('x', file, 500), { class: 'transient', unsent: false, perhapsOfThisMail: true }],
  [
    'a lost answer to a question, after which nothing was posted',
    new HelpdeskInterruptedError('x', 'ticket_view.php'),
    { class: 'transient', unsent: true },
  ],
  ['a 502', new HelpdeskServerError('x', file, 502), { class: 'transient', unsent: false, perhapsOfThisMail: false }],
  ['a 429', new HelpdeskRateLimitedError(file, 7000), { class: 'rate-limited', unsent: true, waitMs: 7000 }],
  [
    'a wrong token',
    new HelpdeskMisconfiguredError('x', file, 401, 'HELPDESK_TOKEN'),
    { class: 'configuration', setting: 'HELPDESK_TOKEN', waitMs: 60_000 },
  ],
  [
    'a wrong address',
    new HelpdeskMisconfiguredError('x', file, 404, 'HELPDESK_URL'),
    { class: 'configuration', setting: 'HELPDESK_URL', waitMs: 60_000 },
  ],
  ['a refusal', new HelpdeskRefusedError(file, 'No', 200), { class: 'permanent', setting: null, waitMs: 0 }],
  ['a queue that is away', new QueueUnavailableError('x'), { class: 'transient', unsent: false, setting: null }],
  [
    'a mail whose turn has not come',
    new DeliveryPostponedError('waits', 5000),
    { class: 'postponed', unsent: true, waitMs: 5000, perhapsOfThisMail: false },
  ],
  [
    'an error of another kind',
    new TypeError('x'),
    { class: 'transient', code: 'UNKNOWN', unsent: false, perhapsOfThisMail: true },
  ],
  ['what is no error at all', 'x', { class: 'transient', code: 'UNKNOWN', unsent: false }],
  ['nothing', undefined, { class: 'transient', code: 'UNKNOWN' }],
])('gives %s its class', (_, error, expected) => {
  expect(classify(error)).toMatchObject(expected);
});

it('says what the error says and what happens now', () => {
  expect(classify(new HelpdeskRefusedError(file, 'No such category', 200)).said).toMatch(/No such category.*by hand/);
});

it('keeps the message of an unknown error to itself, which may quote a mail', () => {
  expect(classify(new SyntaxError('Unexpected token in "Dear Sir"')).said).toBe(
    'An unexpected error (SyntaxError), which is a fault of mail2ticket. The mail is tried again.',
  );
});

it.each([
  ['a lost answer', new HelpdeskInterruptedError('x', file), 60_000],
  ['a gateway that gave up', new HelpdeskServerError('x', file, 504), 60_000],
  ['an unknown error', new TypeError('x'), 60_000],
  ['a gateway that gave up with another status', new HelpdeskServerError('x', file, 503, 5000), 60_000],
  ['a server that failed', new HelpdeskServerError('x', file, 500), 0],
  ['a server that failed soon', new HelpdeskServerError('x', file, 500, 4999), 0],
  ['a helpdesk that was not reached', new HelpdeskUnreachableError('x', file), 0],
])('lets a request that may still be at work come to its end after %s', (_, error, settleMs) => {
  expect(classify(error)).toMatchObject({ settleMs });
});
