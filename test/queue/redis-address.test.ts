import { describe, expect, it } from 'vitest';
import { redisAddress, redisName } from '../../src/queue/redis-address.js';

describe('the address of a Redis', () => {
  it.each([
    ['redis://:pw@localhost:6380/2', { kind: 'single', url: 'redis://:pw@localhost:6380/2' }],
    ['redis://a', { kind: 'single', url: 'redis://a' }],
    ['redis://a/?db=3', { kind: 'single', url: 'redis://a/?db=3' }],
    [
      'redis-sentinel://app:p%40w@s1.acme.test,s2.acme.test:26380,[fd00::1]/desk/3',
      {
        kind: 'sentinel',
        options: {
          username: 'app',
          password: 'p@w',
          name: 'desk',
          db: 3,
          sentinels: [
            { host: 's1.acme.test', port: 26_379 },
            { host: 's2.acme.test', port: 26_380 },
            { host: 'fd00::1', port: 26_379 },
          ],
        },
      },
    ],
    [
      'rediss-cluster://:pw@n1:7000,n2',
      {
        kind: 'cluster',
        options: { password: 'pw', tls: {} },
        nodes: [
          { host: 'n1', port: 7000 },
          { host: 'n2', port: 6379 },
        ],
      },
    ],
  ])('%s is taken apart', (url, address) => {
    expect(redisAddress(url)).toEqual(address);
  });

  it.each([
    'redis-sentinel://a,b',
    'redis-cluster://a/desk',
    'redis-cluster://a:b:c',
    'redis-other://a',
    'redis://a/foo',
    'redis://a/1x',
    'redis://a/0/1',
    'rediss://a/-1',
    'redis://a?db=foo',
    'redis://a/12345',
    'http://a',
    '',
  ])('%j is none', (url) => expect(redisAddress(url)).toBeNull());

  it('is shown without its password', () => {
    expect(redisName('redis-sentinel://u:secret@a,b/desk')).toBe('desk of the sentinels a:26379,b:26379');
    expect(redisName('redis-cluster://u:secret@a,b')).toBe('the cluster a:6379,b:6379');
    expect(redisName('redis://u:secret@a')).toBe('a:6379');
  });
});
