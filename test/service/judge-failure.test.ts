import { describe, expect, it } from 'vitest';
import { startLookAlike } from '../../demo/helpdesk/look-alike.js';
import { HelpdeskClient } from '../../src/helpdesk/client.js';
import { failureJudge } from '../../src/service/judge-failure.js';

const ticket = { subject: 'Printer', message: 'It burns.', user_email: 'ann@example.com' };

/** What the queue does about a ticket that the helpdesk answers with this status, once. */
async function verdictOn(status: number, { revoked = false, body = '', hasWaited = false, everywhere = false } = {}) {
  const helpdesk = await startLookAlike({ token: 'right' });
  const client = new HelpdeskClient({ url: helpdesk.apiUrl, token: revoked ? 'wrong' : 'right' });
  try {
    const where = everywhere ? { times: 2 } : { endpoint: 'tickets_create.php' };
    if (!revoked) helpdesk.fault({ kind: 'status', status, body, retryAfter: '7', ...where });
    const error = await client.createTicket(ticket).catch((thrown: unknown) => thrown);
    return await failureJudge(client, 1000)(error, hasWaited);
  } finally {
    await client.close();
    await helpdesk.close();
  }
}

describe('a refusal of the whole helpdesk', () => {
  it('makes the queue wait where the token is wrong', async () => {
    expect(await verdictOn(0, { revoked: true })).toMatchObject({ kind: 'wait', setting: 'HELPDESK_TOKEN' });
  });

  it('is taken for the doing of one mail where a firewall forbids it and the helpdesk takes our token all the same', async () => {
    expect(await verdictOn(403)).toMatchObject({ kind: 'transient', unsent: true, perhapsOfThisMail: true });
  });

  it.each([
    [401, ''],
    [302, ''],
    [200, '{"success":false,"message":"Invalid address: token@evil.example"}'],
  ])('is so too where one mail is answered with %i %s', async (status, body) => {
    expect(await verdictOn(status, { body })).toMatchObject({ kind: 'transient', perhapsOfThisMail: true });
  });

  it('makes the queue wait where the endpoint is not there, even if others are', async () => {
    expect(await verdictOn(404)).toMatchObject({ kind: 'wait', setting: 'HELPDESK_URL' });
  });

  it.each([
    [404, 0],
    [429, 7000],
  ])(
    'by a %i holds up only the mail that brings it again after all have waited, and never counts against it',
    async (status, settleMs) => {
      expect(await verdictOn(status, { hasWaited: true })).toMatchObject({
        kind: 'transient',
        settleMs,
        unsent: true,
        perhapsOfThisMail: false,
      });
    },
  );

  it.each([404, 429])('by a %i makes the queue wait as often as it concerns all calls', async (status) => {
    expect(await verdictOn(status, { hasWaited: true, everywhere: true })).toMatchObject({ kind: 'wait' });
  });
});
