import { expect, it } from 'vitest';
import { loadMailPolicy } from '../../src/config/config.js';
import { judge } from '../../src/mail/decide.js';
import { parseMail } from '../../src/mail/parse.js';
import { reasonClassOf } from '../../src/status/reason-class.js';

const policy = loadMailPolicy({ OWN_ADDRESSES: 'support@acme.test' });

it.each([
  ['own_mail', ['From: support@acme.test', 'Subject: Hello']],
  ['auto_reply', ['From: ann@example.com', 'Subject: Away', 'Auto-Submitted: auto-replied']],
])('gives the reason of an ignored mail its class: %s', async (expected, headers) => {
  const mail = await parseMail(Buffer.from([...headers, '', 'Hello'].join('\r\n')));
  const { decision, reason } = judge(mail, policy);
  expect(decision.kind).toBe('ignore');
  expect(reasonClassOf({ kind: 'ignored', reason })).toBe(expected);
});
