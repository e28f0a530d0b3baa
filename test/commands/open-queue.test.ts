import { expect, it } from 'vitest';
import { openQueue } from '../../src/commands/open-queue.js';
import { createLogger } from '../../src/log/logger.js';
import { freePort } from '../services/private-server.js';

it.each(['redis', 'postgres'])('tells a person who waits within five seconds that no %s is there', async (scheme) => {
  const port = await freePort();
  const began = Date.now();
  await expect(openQueue(`${scheme}://127.0.0.1:${port}`, createLogger('silent'), '')).rejects.toThrow(
    new RegExp(`127.0.0.1:${port}, cannot be used: .*ECONNREFUSED.*; see QUEUE_URL$`),
  );
  expect(Date.now() - began).toBeLessThan(5000);
});
