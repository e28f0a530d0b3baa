import { expect, test } from 'vitest';
import { QueueUnavailableError } from '../../src/errors.js';
import {
  firstAnswer,
  firstConnection,
  isRefusal,
  isUnavailable,
  reasonOf,
  unavailable,
  whenAvailable,
} from '../../src/queue/unavailable.js';

const coded = (code: string, message = 'said in some language') => Object.assign(new Error(message), { code });

test.each([
  ['a refused connection', coded('ECONNREFUSED'), true],
  ['a reset connection', coded('ECONNRESET'), true],
  ['both addresses of a host refused', new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]), true],
  ['an unknown host', coded('ENOTFOUND'), true],
  ['a PostgreSQL that starts up', coded('57P03'), true],
  ['a PostgreSQL that shuts down', coded('57P01'), true],
  ['a PostgreSQL with no connection left', coded('53300'), true],
  ['a connection that ended under a query', new Error('Connection terminated unexpectedly'), true],
  ['a Redis that reads its file in', new Error('LOADING Redis is loading the dataset in memory'), true],
  ['a Redis Cluster that moves a slot', new Error('TRYAGAIN Multiple keys request during rehashing of slot'), true],
  ['one that moves it for long', new Error('Too many Cluster redirections. Last error: ReplyError: TRYAGAIN'), true],
  ['a Redis that became a replica', new Error("READONLY You can't write against a read only replica."), true],
  ['a Redis that does not answer', new Error('Command timed out'), true],
  ['one of ours', new QueueUnavailableError('away'), true],
  ['a wrong query', coded('42601', 'syntax error'), false],
  ['text that cannot be stored', coded('22P05', 'unsupported Unicode escape sequence'), false],
  ['a missing lock', new Error('Missing lock for job mail. moveToFinished'), false],
  ['what is no error', 'ECONNREFUSED', false],
])('Of %s, whether the store is away: %o → %s', (_, error, expected) => {
  expect(isUnavailable(error)).toBe(expected);
});

test('An error that says that the store is away is translated, another passes as it is', async () => {
  const translate = (error: unknown) => unavailable('host:1', error);
  await expect(whenAvailable(Promise.reject(coded('ECONNREFUSED', 'refused')), translate)).rejects.toThrow(
    new QueueUnavailableError("the queue's store, host:1, cannot be used: refused; see QUEUE_URL"),
  );
  const other = new Error('Missing lock');
  await expect(whenAvailable(Promise.reject(other), translate)).rejects.toBe(other);
  await expect(whenAvailable(Promise.resolve('answer'), translate)).resolves.toBe('answer');
});

test('The command that ioredis hangs on an error, with a password or a mail in it, goes no further', () => {
  const error = Object.assign(new Error('WRONGPASS'), { command: { name: 'auth', args: ['hunter2'] } });
  expect(unavailable('host:1', error).cause).toBe(error);
  expect(error).not.toHaveProperty('command');
});

test('What is said of an error is its message, whatever hangs on it', () => {
  const refused = Object.assign(new Error('WRONGPASS'), {
    command: { name: 'auth', args: ['hunter2'] },
    detail: 'Hello',
  });
  expect(reasonOf(refused)).toBe('WRONGPASS');
  expect(reasonOf(new AggregateError([coded('ECONNREFUSED', ''), refused]))).toBe('ECONNREFUSED; WRONGPASS');
});

test('What a library says of its own inside is said for people', () => {
  const offline = new Error("Stream isn't writeable and enableOfflineQueue options is false");
  expect(reasonOf(offline)).toBe('Connection is closed.');
  const hello = new Error('NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO …');
  expect(reasonOf(hello)).toBe('NOAUTH: it wants a password');
});

test('A store that refuses us is told from one that is away, also by the error that the rest of us gets', () => {
  const refusals = ['NOAUTH HELLO must be called', 'WRONGPASS invalid username-password pair', 'ERR DB index'];
  expect(refusals.map((words) => isRefusal(unavailable('host:1', new Error(words))))).toEqual([true, true, true]);
  expect(isRefusal(unavailable('host:1', coded('ECONNREFUSED')))).toBe(false);
});

test.each([
  ['a wrong password at PostgreSQL', coded('28P01')],
  ['a database that does not exist', coded('3D000')],
  ['a wrong password at Redis', new Error('WRONGPASS invalid username-password pair')],
  ['a certificate that nobody vouches for', coded('DEPTH_ZERO_SELF_SIGNED_CERT')],
])('The first connection is not tried again after %s', async (_, refusal) => {
  let tries = 0;
  const attempt = () => {
    tries += 1;
    return Promise.reject(refusal);
  };
  await expect(firstConnection('host:1', 60_000, attempt)).rejects.toBeInstanceOf(QueueUnavailableError);
  expect(tries).toBe(1);
});

test('The first connection is tried again while the store is away, with the time that is left', async () => {
  const lefts: number[] = [];
  const answer = await firstConnection('host:1', 60_000, (leftMs) => {
    lefts.push(leftMs);
    return lefts.length < 3 ? Promise.reject(coded('ECONNREFUSED')) : Promise.resolve('answer');
  });
  expect(answer).toBe('answer');
  expect(lefts).toEqual([...lefts].sort((a, b) => b - a));
});

test('An answer that does not come is not waited for longer than was said', async () => {
  await expect(firstAnswer('host:1', 20, new Promise(() => {}))).rejects.toThrow('no answer within 20 ms');
});
