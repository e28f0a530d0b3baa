import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/mail/decision.js';
import { asTwin, likenessOf } from '../../src/mail/twins.js';

const ticket = { subject: 'Printer', message: 'It burns.', user_email: 'ann@example.com' };
const create = (given: Partial<typeof ticket> = {}): Decision => ({ kind: 'create', ticket: { ...ticket, ...given } });

interface GivenReply {
  ticketIds?: number[];
  parents?: string[];
  subject?: string;
  message?: string;
}
function reply({
  ticketIds = [12],
  parents = [],
  subject = 'Re: [#12] Printer',
  message = 'Thanks',
}: GivenReply = {}): Decision {
  return {
    kind: 'reply',
    ticketIds,
    parents,
    writer: { kind: 'customer', mayTakePart: false },
    reply: { user_email: 'ann@example.com', message },
    otherwise: { ...ticket, subject, message },
    mark: false,
  };
}

function twin(filed: Decision, mail: Decision) {
  const [a, b] = [likenessOf(filed), likenessOf(mail)];
  if (!a || !b) throw new Error('ignored');
  return asTwin('filed', a, b);
}

describe('a filed mail is the twin of another one', () => {
  it.each<[string, Decision, Decision]>([
    ['that makes the same ticket', create(), create()],
    [
      'that makes the same ticket, but for the mark of a sender that is not verified',
      create(),
      create({ message: '[sender not verified]\n\nIt burns.' }),
    ],
    ['that says the same to the same ticket', reply(), reply()],
    [
      'that says the same to the same ticket in another thread',
      reply({ parents: ['<a>'] }),
      reply({ parents: ['<b>'] }),
    ],
    [
      'that says the same in the same thread',
      reply({ ticketIds: [], parents: ['<a>'] }),
      reply({ ticketIds: [], parents: ['<b>', '<a>'] }),
    ],
  ])('%s', (_, filed, mail) => {
    expect(twin(filed, mail)).toEqual({ id: 'filed', sameSubject: true });
  });

  it('whose subject is another one, where both answer one ticket: only the tickets made instead tell them apart', () => {
    expect(twin(reply({ subject: 'Re: [#12] Printer on fire' }), reply())).toEqual({ id: 'filed', sameSubject: false });
  });

  it.each<[string, Decision, Decision]>([
    ['with another subject', create(), create({ subject: 'Screen' })],
    ['with other words', create(), create({ message: 'It still burns.' })],
    ['of another sender', create(), create({ user_email: 'bea@example.com' })],
    ['with other words to the same ticket', reply(), reply({ message: 'Thank you' })],
    ['to another ticket', reply(), reply({ ticketIds: [13] })],
    ['to another ticket in one thread', reply({ parents: ['<a>'] }), reply({ ticketIds: [13], parents: ['<a>'] })],
    ['in another thread', reply({ ticketIds: [], parents: ['<a>'] }), reply({ ticketIds: [], parents: ['<b>'] })],
    ['that makes a ticket where the other one answers', create({ message: 'Thanks' }), reply()],
  ])('but not of one %s', (_, filed, mail) => {
    expect(twin(filed, mail)).toBeNull();
  });

  it('nor of any where it is ignored', () => {
    expect(likenessOf({ kind: 'ignore' })).toBeNull();
  });
});
