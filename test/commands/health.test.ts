import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { runCli } from '../services/cli.js';
import { freePort } from '../services/private-server.js';

const health = (port: number) => runCli(['health'], { HTTP_PORT: String(port) });

it('says with the setting that the service does not run where nothing listens', async () => {
  const port = await freePort();
  expect(await health(port)).toEqual({
    code: 1,
    out: '',
    err: `mail2ticket: nothing answers at 127.0.0.1:${port} (ECONNREFUSED): the service does not run, or with another HTTP_HOST or HTTP_PORT\n`,
  });
});

it.each([
  ['a page', '<html>'],
  ['other JSON', '{"status":"ok"}'],
])('says that another program has HTTP_PORT where one answers with %s', async (_, body) => {
  const other = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const answer = await health(port);
  other.close();
  expect(answer).toEqual({
    code: 1,
    out: '',
    err: `mail2ticket: what answers at 127.0.0.1:${port} is not mail2ticket: another program has HTTP_PORT, or it is not the one of the service\n`,
  });
});

it('ends with 2 where HTTP_PORT is not set, and its help says so', async () => {
  expect(await runCli(['health'])).toMatchObject({ code: 2, err: expect.stringContaining('HTTP_PORT') });
  expect((await runCli(['health', '--help'])).out).toContain('2 where HTTP_PORT is not set');
});
