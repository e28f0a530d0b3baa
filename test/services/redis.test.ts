import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startRedis } from './redis.js';

test('a private Redis keeps what it acknowledged through SIGKILL, on the same port', async () => {
  const server = await startRedis();
  const redis = new Redis(server.url);
  redis.on('error', () => {});
  await redis.set('key', 'value');
  await server.kill('SIGKILL');
  await server.restart();
  expect(await redis.get('key')).toBe('value');
  redis.disconnect();
  await server.stop();
});

test('a private Redis without append-only file comes back empty', async () => {
  const server = await startRedis({ appendonly: false });
  const redis = new Redis(server.url);
  redis.on('error', () => {});
  await redis.set('key', 'value');
  await server.kill('SIGKILL');
  await server.restart();
  expect(await redis.get('key')).toBeNull();
  redis.disconnect();
  await server.stop();
});
