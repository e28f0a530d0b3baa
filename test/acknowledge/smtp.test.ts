import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { simpleParser } from 'mailparser';
import { afterEach, describe, expect, it } from 'vitest';
import { compose, type Letterhead } from '../../src/acknowledge/compose.js';
import { SmtpSender, type SmtpServer } from '../../src/acknowledge/smtp.js';
import { readTemplates } from '../../src/acknowledge/templates.js';
import { type CredentialSource, fixedPassword } from '../../src/credentials.js';
import { MailNotSentError, TokenUnavailableError } from '../../src/errors.js';
import type { Acknowledgement } from '../../src/mail/acknowledgement.js';
import { judge } from '../../src/mail/decide.js';
import { parseMail } from '../../src/mail/parse.js';
import { defaultPolicy } from '../../src/mail/policy.js';
import { freePort } from '../services/private-server.js';
import { addressesIn, startSmtp, type TestSmtp } from '../services/smtp.js';

const letterhead: Letterhead = {
  // As the configuration gives it.
  from: Object.freeze({ address: 'support@acme.test', name: 'Acme Support' }),
  templates: readTemplates(null),
  loopId: 'c0ffee',
  subjectTag: '[acme #{id}]',
  replyMarker: '##- above <this> line -##',
};

const acknowledgement: Acknowledgement = {
  mailbox: 'imap://support@acme.test',
  mail: 'ab'.repeat(32),
  to: 'ann@example.com',
  ticketId: '12',
  answers: '<fire@example.com>',
};

describe('an acknowledgement on its way by SMTP', () => {
  let smtp: TestSmtp | undefined;
  afterEach(() => smtp?.stop());

  const server = (port: number, parts: Partial<SmtpServer> = {}): SmtpServer => ({
    host: '127.0.0.1',
    port,
    tls: 'none',
    login: null,
    ...parts,
  });
  const send = async (port: number, parts: Partial<SmtpServer> = {}) =>
    new SmtpSender(server(port, parts)).send(await compose(acknowledgement, letterhead));
  const failure = async (sending: Promise<void>) => {
    const error = await sending.catch((thrown) => thrown);
    expect(error).toBeInstanceOf(MailNotSentError);
    const { permanent, perhapsSent, message } = error as MailNotSentError;
    return { permanent, perhapsSent, message };
  };

  it('arrives with the tag, the thread, and all that keeps programs from answering it', async () => {
    smtp = await startSmtp();
    await send(smtp.port);
    expect(smtp.received).toHaveLength(1);
    const [{ mailFrom, rcptTo, parsed } = expect.fail()] = smtp.received;
    expect([mailFrom, rcptTo]).toEqual(['', ['ann@example.com']]);
    expect(parsed).toMatchObject({
      subject: '[acme #12] We have received your request',
      messageId: `<ack.${'ab'.repeat(32)}@acme.test>`,
      inReplyTo: '<fire@example.com>',
      references: '<fire@example.com>',
      from: { value: [{ address: 'support@acme.test', name: 'Acme Support' }] },
    });
    expect(addressesIn(parsed.to)).toEqual(['ann@example.com']);
    expect(parsed.text).toMatch(/^##- above <this> line -##\n\nThank you.*ticket #12/s);
    expect(parsed.html).toMatch(/^<p>##- above &lt;this&gt; line -##<\/p>\s*<p>Thank you/);
    expect(Object.fromEntries(parsed.headers)).toMatchObject({
      'auto-submitted': 'auto-replied',
      'x-auto-response-suppress': 'All',
      precedence: 'auto_reply',
      'x-mail2ticket-loop': 'c0ffee',
    });
  });

  it('is ignored by ourselves and by another service of the kind', async () => {
    smtp = await startSmtp();
    await send(smtp.port);
    const mail = await parseMail(Buffer.from(smtp.received[0]?.raw ?? '', 'latin1'));
    const judged = (loopId: string) => judge(mail, { ...defaultPolicy, loopId });
    expect(judged('c0ffee')).toMatchObject({
      decision: { kind: 'ignore' },
      reason: expect.stringMatching(/^own mail/),
    });
    expect(judged('0ddba11').decision.kind).toBe('ignore');
  });

  it.each(['"a b"@example.com', 'änn@exämple.com', 'a@[192.0.2.1]', 'a@-', `${'a'.repeat(250)}@x`, 'a%b!c@x'])(
    'cannot end the process by its address: %s',
    async (to) => {
      smtp = await startSmtp();
      const sending = compose({ ...acknowledgement, to }, letterhead).then((mail) =>
        new SmtpSender(server(smtp?.port ?? 0)).send(mail),
      );
      const outcome = await sending.catch((error) => error);
      expect(outcome === undefined || outcome instanceof Error).toBe(true);
    },
  );

  it('keeps the reply marker at the top of a template that is a whole document', async () => {
    const html = '<html><body class="x"><p>{ticketId}</p></body></html>';
    const { bytes } = await compose(acknowledgement, { ...letterhead, templates: { ...letterhead.templates, html } });
    expect((await simpleParser(bytes)).html).toBe(
      '<html><body class="x">\n<p>##- above &lt;this&gt; line -##</p>\n<p>12</p></body></html>',
    );
  });

  it('logs in where the URL holds a name and a password', async () => {
    smtp = await startSmtp();
    await send(smtp.port, { login: { user: 'acme', credentials: fixedPassword('secret') } });
    expect(smtp.received).toHaveLength(1);
  });

  it('is not sent, nor is the password, to a server that offers no TLS where TLS is required', async () => {
    smtp = await startSmtp();
    const login = { user: 'acme', credentials: fixedPassword('secret') };
    expect(await failure(send(smtp.port, { tls: 'required', login }))).toMatchObject({
      permanent: false,
      perhapsSent: false,
      message: expect.not.stringContaining('secret'),
    });
    expect(smtp.received).toEqual([]);
  });

  it('goes over TLS where the server offers it, whoever that is, but with no password to one that nobody vouches for', async () => {
    smtp = await startSmtp(undefined, { startTls: true });
    await send(smtp.port, { tls: 'offered' });
    expect(smtp.received.map(({ secure }) => secure)).toEqual([true]);
    const login = { user: 'acme', credentials: fixedPassword('secret') };
    expect(await failure(send(smtp.port, { tls: 'required', login }))).toMatchObject({
      permanent: false,
      perhapsSent: false,
      message: expect.stringMatching(/certificate/),
    });
    expect(smtp.received).toHaveLength(1);
  });

  it('was surely not sent where nothing listens', async () => {
    expect(await failure(send(await freePort()))).toMatchObject({ permanent: false, perhapsSent: false });
  });

  it('was surely not sent where the line breaks before a word was said', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await failure(send(port))).toMatchObject({ permanent: false, perhapsSent: false });
    server.close();
  });

  it('was surely not sent where the log-in is refused', async () => {
    smtp = await startSmtp();
    const login = { user: 'nobody', credentials: fixedPassword('secret') };
    expect(await failure(send(smtp.port, { login }))).toMatchObject({ permanent: false, perhapsSent: false });
  });

  it('logs in with an access token, and with another one where that is refused', async () => {
    smtp = await startSmtp(undefined, { isGood: (accessToken) => accessToken === 'second' });
    const asked: (string | undefined)[] = [];
    const credentials: CredentialSource = async (refused) => {
      asked.push(refused);
      return { kind: 'oauth2', accessToken: refused === 'first' ? 'second' : 'first' };
    };
    await send(smtp.port, { login: { user: 'acme', credentials } });
    expect(smtp.received).toHaveLength(1);
    expect(asked).toEqual([undefined, 'first']);
  });

  it('was surely not sent where there is no access token, or none that is taken', async () => {
    smtp = await startSmtp(undefined, { isGood: () => false });
    const sendWith = (credentials: CredentialSource) =>
      failure(send(smtp?.port ?? 0, { login: { user: 'acme', credentials } }));
    const bad = await sendWith(async () => ({ kind: 'oauth2', accessToken: 'hunter2' }));
    expect(bad).toMatchObject({ permanent: false, perhapsSent: false });
    expect(bad.message).not.toMatch(/hunter2|aHVudGVyM/);
    const none = await sendWith(async () => Promise.reject(new TokenUnavailableError('no token now')));
    expect(none).toEqual({ permanent: false, perhapsSent: false, message: 'no token now' });
  });

  it.each([
    [550, true],
    [451, false],
  ])('was surely not sent where the server answers %i', async (responseCode, permanent) => {
    smtp = await startSmtp(() => {
      throw Object.assign(new Error('not now'), { responseCode });
    });
    expect(await failure(send(smtp.port))).toMatchObject({ permanent, perhapsSent: false });
  });

  it('may have been sent where the line breaks before the answer to its last line', async () => {
    smtp = await startSmtp((_, destroy) => destroy());
    expect(await failure(send(smtp.port))).toMatchObject({ permanent: false, perhapsSent: true });
  });

  it('is cut off when it is abandoned', async () => {
    let arrived = () => {};
    const begun = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    smtp = await startSmtp(async () => {
      arrived();
      await new Promise(() => {});
    });
    const sender = new SmtpSender(server(smtp.port));
    const sending = failure(sender.send(await compose(acknowledgement, letterhead)));
    await begun;
    sender.abandon();
    expect(await sending).toMatchObject({ perhapsSent: true });
  });
});
