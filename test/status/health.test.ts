import { describe, expect, it } from 'vitest';
import { Health } from '../../src/status/health.js';
import { serveStatus } from '../../src/status/server.js';

const noMetrics = { text: async () => '', contentType: 'text/plain' };

describe('health', () => {
  it('is not ready until every part has said that it works', () => {
    const health = new Health(['queue', 'mailbox']);
    health.report('queue', { ok: true });
    expect(health.ready).toBe(false);
    health.report('mailbox', { ok: true });
    expect(health.ready).toBe(true);
  });

  it('says since when a part does not work, and keeps that time while the reason changes', () => {
    let now = '2026-11-24T08:00:00.000Z';
    const health = new Health(['mailbox'], () => new Date(now));
    health.report('mailbox', { ok: true });
    now = '2026-11-24T09:00:00.000Z';
    health.report('mailbox', { ok: false, reason: 'no such host' });
    now = '2026-11-24T10:00:00.000Z';
    health.report('mailbox', { ok: false, reason: 'wrong password' });
    expect(health.parts.mailbox).toEqual({ ok: false, reason: 'wrong password', since: '2026-11-24T09:00:00.000Z' });
  });
});

describe('the health page', () => {
  it('answers 503 with the part and its reason while one does not work, and 200 after', async () => {
    const health = new Health(['mailbox']);
    health.report('mailbox', { ok: false, reason: 'no such host' });
    const server = await serveStatus(health, noMetrics, { host: '127.0.0.1', port: 0 });
    try {
      const ask = async (path: string) => {
        const response = await fetch(server.url + path);
        return { status: response.status, body: await response.json() };
      };
      expect(await ask('/healthz')).toMatchObject({ status: 200 });
      expect(await ask('/readyz')).toMatchObject({
        status: 503,
        body: { ready: false, parts: { mailbox: { reason: 'no such host' } } },
      });
      health.report('mailbox', { ok: true });
      expect(await ask('/readyz')).toMatchObject({ status: 200, body: { ready: true } });
    } finally {
      await server.close();
    }
  });

  it('names HTTP_PORT where somebody else listens there', async () => {
    const first = await serveStatus(new Health(['mailbox']), noMetrics, { host: '127.0.0.1', port: 0 });
    const port = Number(new URL(first.url).port);
    await expect(serveStatus(new Health(['mailbox']), noMetrics, { host: '127.0.0.1', port })).rejects.toThrow(
      new RegExp(`HTTP_PORT "${port}" .*EADDRINUSE`),
    );
    await first.close();
  });

  it('takes an address that the name server does not know for a wrong setting', async () => {
    await expect(
      serveStatus(new Health(['mailbox']), noMetrics, { host: 'no-such-host.invalid', port: 0 }),
    ).rejects.toThrow(/configuration: HTTP_PORT: "0" on HTTP_HOST "no-such-host.invalid"/);
  });
});
