import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { mail, type Rig, type RunningService, startRig } from './services/rig.js';
import { startSmtp, type TestSmtp } from './services/smtp.js';
import {
  oauthSettingsOf,
  REFRESH_TOKEN,
  SECRETS,
  startTokenServer,
  type TokenServer,
} from './services/token-server.js';
import { until } from './services/until.js';

let tokens: TokenServer;
let rig: Rig;
let smtp: TestSmtp;
let service: RunningService;

beforeAll(async () => {
  tokens = await startTokenServer();
  rig = await startRig('redis', {}, { introspectionUrl: tokens.introspectionUrl });
  smtp = await startSmtp(undefined, { isGood: (token) => tokens.isGood(token) });
});
afterEach(async () => {
  await service?.stop();
  // Of all that was logged at the level that says most.
  expect(JSON.stringify(service?.log)).not.toMatch(SECRETS);
  tokens.failure = null;
  tokens.asked.splice(0);
});
afterAll(async () => {
  await rig.close();
  await smtp.stop();
  await tokens.stop();
});

const settings = () => {
  const { IMAP_PASSWORD: _, ...rest } = { ...rig.environment(), ...oauthSettingsOf(tokens) };
  return { ...rest, IMAP_PASSWORD: '', IMAP_POLL_SECONDS: '1' };
};
const acknowledging = () => ({
  ...settings(),
  SMTP_AUTH: 'oauth2',
  SMTP_URL: `smtp://support%40acme.test@127.0.0.1:${smtp.port}`,
  ACK_FROM: 'support@acme.test',
});
const logged = (action: string) => service.log.filter((line) => line.action === action);

it('A mailbox that wants access tokens is watched, also after they have expired in mid-session', async () => {
  service = await rig.start(settings());
  await rig.deliver(mail({ subject: 'Before' }));
  await rig.filed('Processed', 'Before');
  tokens.expireAll();
  await rig.deliver(mail({ subject: 'Meanwhile' }));
  await rig.filed('Processed', 'Before', 'Meanwhile');
  expect(tokens.asked).toHaveLength(1);
  // The server ends the session, as some do when the token's time is over.
  process.kill(Number(/method=OAUTHBEARER,.* mpid=(\d+)/.exec(rig.dovecot.log())?.[1]));
  await rig.deliver(mail({ subject: 'After' }));
  await rig.filed('Processed', 'Before', 'Meanwhile', 'After');
  expect(tokens.asked).toHaveLength(2);
  expect(logged('mailbox.down').map(({ reason }) => reason)).toEqual(['127.0.0.1 ended the connection']);
});

it('Acknowledgements go out with tokens of the same grant, renewed where one is refused', async () => {
  service = await rig.start(acknowledging());
  tokens.expireAll();
  await rig.deliver(mail({ subject: 'Please answer', from: 'Bob <bob@example.com>' }));
  await until('it is acknowledged', () => smtp.received.find(({ rcptTo }) => rcptTo.includes('bob@example.com')));
  expect(tokens.asked).toHaveLength(2);
});

it('While the authorization server is down the mailbox is tried again, and watched when it is back', async () => {
  tokens.failure = { status: 503, body: 'Service Unavailable' };
  service = await rig.launch(settings());
  const down = await until('it is down', () => logged('mailbox.down')[0]);
  expect(down).toMatchObject({ level: 'warn', reason: expect.stringMatching(/gives no access token.*503/) });
  tokens.failure = null;
  await until('it is watched', () => logged('mailbox.watched')[0]);
});

it('A refresh token that is refused is told by readiness and log, with the way to a new one', async () => {
  service = await rig.launch({ ...settings(), OAUTH_REFRESH_TOKEN: `not-${REFRESH_TOKEN}` });
  const down = await until('it is down', () => logged('mailbox.down')[0]);
  expect(down).toMatchObject({
    level: 'error',
    reason: expect.stringMatching(/invalid_grant.*mail2ticket login gives a new OAUTH_REFRESH_TOKEN/),
  });
  expect(service.health.parts.mailbox).toMatchObject({ ok: false });
});
