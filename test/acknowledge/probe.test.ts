import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { expect, it } from 'vitest';
import { probeSmtp } from '../../src/acknowledge/probe.js';
import type { SmtpServer } from '../../src/acknowledge/smtp.js';
import type { Finding } from '../../src/check/finding.js';
import { type CredentialSource, fixedPassword } from '../../src/credentials.js';
import { TokenUnavailableError } from '../../src/errors.js';
import { selfSigned } from '../services/certificate.js';
import { freePort } from '../services/private-server.js';
import { startSmtp } from '../services/smtp.js';

async function look(server: Partial<SmtpServer> | null): Promise<Finding[]> {
  const findings: Finding[] = [];
  const full = server && ({ host: '127.0.0.1', port: 25, tls: 'none', login: null, ...server } as SmtpServer);
  await probeSmtp(full, (finding) => findings.push(finding), new AbortController().signal);
  return findings;
}

it('an SMTP server that lets us in is fine, and gets no mail', async () => {
  const smtp = await startSmtp();
  expect(await look({ port: smtp.port, login: { user: 'ann', credentials: fixedPassword('right') } })).toMatchObject([
    { level: 'ok', found: expect.stringContaining('logged in as ann') },
  ]);
  expect(smtp.received).toEqual([]);
  await smtp.stop();
});

it('none is needed', async () => {
  expect(await look(null)).toMatchObject([{ level: 'skipped' }]);
});

it('a wrong password, an unknown certificate, no TLS and a closed port each name SMTP_URL and what to do', async () => {
  const { cert, key } = selfSigned('DNS:localhost', 90);
  const server = new SMTPServer({
    cert: readFileSync(cert),
    key: readFileSync(key),
    onAuth: (_auth, _session, callback) => callback(new Error('No such user')),
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const plain = await startSmtp();

  const login = { user: 'ann', credentials: fixedPassword('hunter2') };
  const refused = await look({ port, tls: 'offered', login });
  expect(refused).toMatchObject([{ level: 'problem', cure: 'check user and password in SMTP_URL' }]);
  expect(JSON.stringify(refused)).not.toContain('hunter2');
  expect(await look({ port, tls: 'required', host: 'localhost' })).toMatchObject([
    { level: 'problem', cure: expect.stringContaining('NODE_EXTRA_CA_CERTS') },
  ]);
  expect(await look({ port: plain.port, tls: 'required' })).toMatchObject([
    { level: 'problem', cure: expect.stringContaining('smtps://') },
  ]);
  expect(await look({ port: await freePort() })).toMatchObject([
    { level: 'problem', cure: expect.stringMatching(/nothing listens there: check SMTP_URL/) },
  ]);
  const tokens = await startSmtp(undefined, { isGood: () => false });
  const token: CredentialSource = async () => ({ kind: 'oauth2', accessToken: 'hunter2' });
  expect(await look({ port: tokens.port, login: { user: 'ann', credentials: token } })).toMatchObject([
    { level: 'problem', cure: expect.stringContaining('the one the token is for') },
  ]);
  const none: CredentialSource = () => Promise.reject(new TokenUnavailableError('no token; check OAUTH_TOKEN_URL'));
  expect(await look({ port: tokens.port, login: { user: 'ann', credentials: none } })).toMatchObject([
    { level: 'problem', found: 'no token', cure: 'check OAUTH_TOKEN_URL' },
  ]);
  await tokens.stop();
  await plain.stop();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});
