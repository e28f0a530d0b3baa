import { describe, expect, it } from 'vitest';
import { authenticate } from '../../src/dkim/authenticate.js';
import { parseMail } from '../../src/mail/parse.js';
import { defaultPolicy, type MailPolicy } from '../../src/mail/policy.js';

const received = 'Received: from x by mx.acme.test; Mon, 2 Mar 2026 09:00:00 +0000';
const signature = 'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s1; h=from; bh=x; b=x';
const trust = { authservIds: ['mx.acme.test'], relays: [] };

/** The verdict on a mail of these header lines, and whether its signature was looked at. */
async function asked(lines: readonly string[], settings: Partial<MailPolicy>, leftOut = new Map<number, number>()) {
  const bytes = Buffer.from([...lines, signature, 'From: ann@example.com', '', 'Hello'].join('\r\n'));
  const noDns = () => Promise.reject(new Error('no DNS here'));
  const policy: MailPolicy = { ...defaultPolicy, ...settings };
  const { verdict, evidence } = await authenticate(await parseMail(bytes), { bytes, leftOut }, policy, noDns);
  return { verdict, looked: evidence.endsWith('checked by DNS') };
}

describe('authenticate', () => {
  const pass = 'Authentication-Results: mx.acme.test; dmarc=pass header.from=example.com';

  it('looks at signatures only where it is told to', async () => {
    expect(await asked([], {})).toEqual({ verdict: 'unchecked', looked: false });
    expect(await asked([received], { trust })).toEqual({ verdict: 'none', looked: false });
    expect(await asked([], { senderAuthCheck: 'dns' })).toEqual({ verdict: 'none', looked: true });
  });

  it('goes by the word of the operator’s server where there is one', async () => {
    const settings = { trust, senderAuthCheck: 'dns' } as const;
    expect(await asked([pass, received], settings)).toEqual({ verdict: 'pass', looked: false });
    expect(await asked([pass.replace('=pass', '=fail'), received], settings)).toEqual({
      verdict: 'fail',
      looked: false,
    });
    expect(await asked([received, pass], settings)).toEqual({ verdict: 'none', looked: true });
  });

  it('does not look at the signature of a mail that was not fetched whole', async () => {
    expect(await asked([], { senderAuthCheck: 'dns' }, new Map([[300, 5_000_000]]))).toEqual({
      verdict: 'none',
      looked: false,
    });
  });
});
