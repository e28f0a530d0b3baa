import { describe, expect, it } from 'vitest';
import { judge } from '../../src/mail/decide.js';
import { digestOf } from '../../src/mail/digest.js';
import { defaultPolicy } from '../../src/mail/policy.js';
import { aMail, passOf } from './a-mail.js';

const policy = {
  ...defaultPolicy,
  trust: { authservIds: ['mx.desk.example'], relays: [] },
  replyToForms: ['form@web.example'],
};

describe('what is kept of a judgement says whether the requester wrote the mail', () => {
  it.each<[string, true | undefined, Parameters<typeof aMail>[0]]>([
    ['who is verified', true, { from: { address: 'Ann@example.com', name: '' }, traceFields: passOf('example.com') }],
    ['who is not', undefined, {}],
    [
      'whom somebody typed into a verified form',
      undefined,
      {
        from: { address: 'form@web.example', name: '' },
        replyTo: [{ address: 'ann@example.com', name: '' }],
        traceFields: passOf('web.example'),
      },
    ],
  ])('%s', (_, verified, parts) => {
    expect(digestOf(judge(aMail(parts), policy)).verified).toBe(verified);
  });
});
