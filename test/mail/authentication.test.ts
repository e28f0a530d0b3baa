import { describe, expect, it } from 'vitest';
import { authenticationOf } from '../../src/mail/authentication.js';
import { parseMail } from '../../src/mail/parse.js';

const trust = { authservIds: ['mx.acme.test'], relays: [] };
const received =
  'Received: from client.example (client.example [192.0.2.1]) by mx.acme.test with ESMTPS id 1; Mon, 2 Mar 2026 09:00:00 +0000';
const pass = 'Authentication-Results: mx.acme.test; dmarc=pass header.from=example.com';

/** Judges a mail from ann@example.com with these header lines above it. */
async function judged(lines: readonly string[], trusted = trust) {
  const mail = await parseMail(
    Buffer.from([...lines, 'From: Ann <ann@example.com>', '', 'Hello'].join('\r\n'), 'latin1'),
  );
  return authenticationOf(mail, trusted);
}

describe('authenticationOf', () => {
  it('asks nobody where no server is trusted', async () => {
    expect(await judged([pass, received], { authservIds: [], relays: [] })).toMatchObject({ verdict: 'unchecked' });
  });

  it('takes the word of the trusted server above its Received line, and not below it', async () => {
    expect(await judged([pass, received])).toEqual({
      verdict: 'pass',
      evidence: 'dmarc=pass header.from=example.com, says mx.acme.test',
    });
    expect(await judged([received, pass])).toMatchObject({ verdict: 'none' });
  });
});
