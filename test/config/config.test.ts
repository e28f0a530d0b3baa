import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig, loadMailPolicy, settingNames } from '../../src/config/config.js';
import { secretNames } from '../../src/config/settings.js';
import { ConfigError } from '../../src/errors.js';
import { defaultPolicy } from '../../src/mail/policy.js';

const directory = mkdtempSync(join(tmpdir(), 'mail2ticket-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

const required = {
  HELPDESK_URL: 'https://help.acme.test/api/',
  HELPDESK_TOKEN: 's3cret-token',
  IMAP_HOST: 'mail.acme.test',
  IMAP_USER: 'Support@acme.test',
  IMAP_PASSWORD: 's3cret-password',
};

function problemsOf(settings: Record<string, string>): Record<string, string[]> {
  try {
    loadConfig({ ...required, ...settings });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const messagesOf = (name: string) =>
      error.problems.filter(({ variable }) => variable === name).map(({ message }) => message);
    return Object.fromEntries(error.problems.map(({ variable }) => [variable, messagesOf(variable)]));
  }
  return {};
}

describe('the configuration', () => {
  it('needs five settings and has a default for every other', () => {
    expect(loadConfig(required)).toMatchObject({
      mailboxes: [
        {
          imap: { name: '', port: 993, tls: 'implicit', folder: 'INBOX', backlog: 'skip', pollMs: 60_000 },
          mail: {
            ...defaultPolicy,
            ownAddresses: ['support@acme.test'],
            loopId: expect.stringMatching(/^[0-9a-f]{32}$/),
          },
        },
      ],
      queue: { url: 'embedded:./data', concurrency: 8, ledgerDays: 30, retryDays: 5, floodLimit: 30 },
      http: { host: '127.0.0.1', port: null },
      logLevel: 'info',
    });
  });

  it('reports everything that is wrong in one go, by variable', () => {
    expect(() => loadConfig({})).toThrow(ConfigError);
    expect(
      Object.keys(problemsOf({ HELPDESK_URL: '', IMAP_HOST: '', IMAP_PORT: '0', LOG_LEVEL: 'loud' })).sort(),
    ).toEqual(['HELPDESK_URL', 'IMAP_HOST', 'IMAP_PORT', 'LOG_LEVEL']);
  });

  it.each<[string, string, RegExp]>([
    ['HELPDESK_URL', 'help.acme.test', /"help.acme.test".*https:\/\/help.acme.test\/api\//],
    ['HELPDESK_URL', 'ftp://help.acme.test/', /plain URL/],
    ['HELPDESK_URL', 'https://user:pw@help.acme.test/', /plain URL/],
    ['HELPDESK_URL', 'https://help.acme.test/api/tickets_create.php', /not one of its files/],
    ['HELPDESK_URL', 'http://help.acme.test/api/', /clear text.*HELPDESK_ALLOW_HTTP=true/],
    ['HELPDESK_ALLOW_HTTP', 'maybe', /true or false/],
    ['IMAP_PORT', '70000', /"70000".*1 to 65535/],
    ['IMAP_PORT', '99x', /whole number/],
    ['IMAP_TLS', 'ssl', /implicit, starttls, none/],
    ['IMAP_BACKLOG', 'all', /skip, import/],
    ['IMAP_POLL_SECONDS', '0', /from 1 to 3600 seconds/],
    ['WORKER_CONCURRENCY', '1.5', /whole number/],
    ['CATEGORY_ID', '-1', /whole number/],
    ['OWN_ADDRESSES', 'a@x.test, nobody', /addresses/],
    ['STAFF_ADDRESSES', '@acme.test, acme', /addresses and @domains/],
    ['TRUSTED_AUTHSERV_ID', 'mx.acme.test.', /names of hosts, or .domain/],
    ['TRUSTED_RELAYS', 'mx.acme.test, *.acme.test', /names of hosts, or .domain/],
    ['SENDER_AUTH', 'on', /off, mark, require-for-replies, require/],
    ['SENDER_AUTH_CHECK', 'true', /off, dns/],
    ['SENDER_AUTH', 'mark', /"mark" needs TRUSTED_AUTHSERV_ID/],
    ['REPLY_POLICY', 'all', /owner, participants/],
    ['REPLY_TO', 'use', /needs REPLY_TO_FORMS/],
    ['REPLY_TO_FORMS', '@acme.test', /addresses/],
    ['BLOCKED_SENDERS', 'casino.example', /addresses and @domains/],
    ['FLOOD_LIMIT', '-1', /whole number from 0/],
    ['SMTP_URL', 'mail.acme.test', /smtp:\/\/HOST:PORT/],
    ['SMTP_URL', 'http://mail.acme.test', /smtps:\/\/HOST:PORT/],
    ['SMTP_URL', 'smtp://mail.acme.test/?tls.rejectUnauthorized=false', /smtp:\/\/HOST:PORT/],
    ['SMTP_URL', 'smtp://a:100%@mail.acme.test', /percent-encoded/],
    ['ACK_FROM', 'Acme', /one address/],
    ['ACK_FROM', 'a@acme.test, b@acme.test', /one address/],
    ['SUBJECT_TAG', '[#id]', /\{id\}/],
    ['SUBJECT_TAG', '{id}', /a mark around it/],
    ['CUSTOM_FIELDS', '{"7":', /not JSON/],
    ['CUSTOM_FIELDS', '[]', /JSON object of field id to source/],
    ['CUSTOM_FIELDS', '{"order":"from"}', /"order"|order: .*number/],
    ['CUSTOM_FIELDS', '{"7":"subject"}', /7: "subject" is none of header:NAME/],
    ['CUSTOM_FIELDS', '{"7":5}', /7: /],
    ['CUSTOM_FIELDS', '{"7":{"source":"to","pattern":"(a"}}', /7: pattern: .*RE2/],
    ['CUSTOM_FIELDS', '{"7":{"source":"to","patern":"a"}}', /patern/],
  ])('refuses %s=%s and says what is accepted', (variable, value, words) => {
    expect(problemsOf({ [variable]: value })[variable]?.join('\n')).toMatch(words);
  });

  it('never shows the value of a secret, nor of a queue address, which may hold a password', () => {
    const text = JSON.stringify(
      problemsOf({ QUEUE_URL: 'mysql://u:s3cret@db', SMTP_URL: 'smtp//u:s3cret@x', IMAP_PORT: 'x' }),
    );
    expect(text).toContain('postgres://… or embedded:DIR');
    expect(text).not.toContain('s3cret');
  });

  it.each([
    'https://help.acme.test/api/?token=s3cret',
    'https://help.acme.test/api/#s3cret',
    'https://ann:s3cret@help.acme.test/api/',
    'help.acme.test/api/?token=s3cret',
    'ann:s3cret@help.acme.test/api/',
  ])('shows %s without what may be a secret', (url) => {
    const [message] = problemsOf({ HELPDESK_URL: url }).HELPDESK_URL ?? [];
    expect(message).toContain('help.acme.test/api/');
    expect(message).not.toContain('s3cret');
  });

  it('shows of a secret URL that cannot be used its scheme alone', () => {
    const { QUEUE_URL } = problemsOf({ QUEUE_URL: 'mysql://hidden:hidden@hidden/hidden' });
    expect(QUEUE_URL).toEqual([
      expect.stringMatching(/^is mysql:\/\/… \(no more is shown\), which cannot be used; accepted: redis:/),
    ]);
    const { DASHBOARD_PASSWORD } = problemsOf({ DASHBOARD_USER: 'a', DASHBOARD_PASSWORD: 'abc' });
    expect(DASHBOARD_PASSWORD).toEqual(['is set to what cannot be used (not shown); accepted: at least 8 characters']);
  });

  it.each(['imaps://localhost', 'localhost:993', 'ann@mail.acme.test', 'mail.acme.test/', '[::1]'])(
    'takes %s for no name of an IMAP server, and names the setting of the port',
    (host) => expect(problemsOf({ IMAP_HOST: host }).IMAP_HOST?.join()).toMatch(/name .*alone.*IMAP_PORT/),
  );

  it.each(['localhost', 'mail_1.acme.test', '10.0.0.1', '::1', 'fe80::1%eth0', 'müller.test'])(
    'takes %s for the name of an IMAP server',
    (host) => expect(problemsOf({ IMAP_HOST: host })).toEqual({}),
  );

  it.each<[string, string]>([
    ['http://localhost:8080/api', 'http://localhost:8080/api/'],
    ['http://127.0.0.1/', 'http://127.0.0.1/'],
    ['http://[::1]/api/', 'http://[::1]/api/'],
    ['https://help.acme.test', 'https://help.acme.test/'],
  ])('takes %s as the folder of the API', (given, folder) => {
    expect(loadConfig({ ...required, HELPDESK_URL: given }).helpdesk.url).toBe(folder);
  });

  it.each(['http://127.0.0.1.evil.test/', 'http://localhost.evil.test/', 'http://10.0.0.1/'])(
    'takes %s for another machine, to which no token goes in clear text',
    (url) => {
      expect(problemsOf({ HELPDESK_URL: url })).toHaveProperty('HELPDESK_URL');
      expect(problemsOf({ HELPDESK_URL: url, HELPDESK_ALLOW_HTTP: 'true' })).toEqual({});
    },
  );

  it('sends acknowledgements where it knows the server and the sender, and misses the one without the other', () => {
    const ACK_FROM = 'Acme Support <Help@acme.test>';
    const { acknowledgement, mailboxes } = loadConfig({
      ...required,
      SMTP_URL: 'smtp://support%40acme.test:p%3Aw@mail.acme.test',
      ACK_FROM,
    });
    expect(acknowledgement).toMatchObject({
      smtp: {
        host: 'mail.acme.test',
        port: 587,
        tls: 'required',
        login: { user: 'support@acme.test', auth: { kind: 'password', password: 'p:w' } },
      },
      from: { address: 'Help@acme.test', name: 'Acme Support' },
    });
    expect(mailboxes[0]?.mail.ownAddresses).toEqual(['support@acme.test', 'help@acme.test']);
    expect(loadConfig(required).acknowledgement).toBe(null);
    expect(problemsOf({ ACK_FROM })).toHaveProperty('SMTP_URL');
    expect(problemsOf({ SMTP_URL: 'smtp://mail.acme.test' })).toHaveProperty('ACK_FROM');
    expect(Object.keys(problemsOf({ SMTP_URL: 'x', ACK_FROM }))).toEqual(['SMTP_URL']);
    expect(problemsOf({ SMTP_URL: 'smtp://mail.acme.test', ACK_FROM, ACK_TEMPLATES: '/nowhere' })).toHaveProperty(
      'ACK_TEMPLATES',
    );
  });

  it('serves the page only behind a password, and misses the one half of it without the other', () => {
    const DASHBOARD_PASSWORD = 'correct horse';
    const { http } = loadConfig({ ...required, HTTP_PORT: '8080', DASHBOARD_USER: 'operator', DASHBOARD_PASSWORD });
    expect(http.dashboard).toEqual({ user: 'operator', password: DASHBOARD_PASSWORD });
    expect(loadConfig({ ...required, HTTP_PORT: '8080', HTTP_HOST: '0.0.0.0' }).http.dashboard).toBe(null);
    for (const HTTP_HOST of ['127.0.0.1', '0.0.0.0']) {
      expect(problemsOf({ HTTP_HOST, DASHBOARD_USER: 'operator' })).toHaveProperty('DASHBOARD_PASSWORD');
      expect(problemsOf({ HTTP_HOST, DASHBOARD_PASSWORD })).toHaveProperty('DASHBOARD_USER');
    }
    expect(Object.keys(problemsOf({ DASHBOARD_PASSWORD: 'shorty' }))).toEqual(['DASHBOARD_PASSWORD']);
    expect(Object.keys(problemsOf({ DASHBOARD_USER: 'a:b' }))).toEqual(['DASHBOARD_USER']);
    const short = problemsOf({ DASHBOARD_USER: 'a:b', DASHBOARD_PASSWORD: 'shorty' });
    expect(Object.keys(short)).toEqual(expect.arrayContaining(['DASHBOARD_USER', 'DASHBOARD_PASSWORD']));
    expect(JSON.stringify(short)).not.toContain('shorty');
  });

  it.each([
    ['smtps://u:p@mail.acme.test', 'implicit', 465],
    ['smtp://u:p@mail.acme.test:25', 'required', 25],
    ['smtp://relay', 'offered', 587],
    ['smtp://[::1]:25', 'none', 25],
  ])('takes %s to mean TLS: %s', (SMTP_URL, tls, port) => {
    const config = loadConfig({ ...required, SMTP_URL, ACK_FROM: 'a@acme.test' });
    expect(config.acknowledgement?.smtp).toMatchObject({ tls, port });
  });

  it('keeps 0 as a value', () => {
    const { mailboxes, queue } = loadConfig({ ...required, CATEGORY_ID: '0', RETRY_DAYS: '0' });
    expect([mailboxes[0]?.mail.categoryId, queue.retryDays]).toEqual([0, 0]);
  });

  it('takes the standard port of the kind of TLS', () => {
    const portWith = (tls: string) => loadConfig({ ...required, IMAP_TLS: tls }).mailboxes[0]?.imap.port;
    expect(['implicit', 'starttls', 'none'].map(portWith)).toEqual([993, 143, 143]);
  });

  it('reads a secret from a file, without the line end of its last line', () => {
    const path = join(directory, 'token');
    writeFileSync(path, 'from a file\n');
    expect(loadConfig({ ...required, HELPDESK_TOKEN: '', HELPDESK_TOKEN_FILE: path }).helpdesk.token).toBe(
      'from a file',
    );
  });

  it.each(['', '\n', '  \n'])('says which file of a secret is empty: %j', (content) => {
    const path = join(directory, 'empty');
    writeFileSync(path, content);
    expect(problemsOf({ IMAP_PASSWORD: '', IMAP_PASSWORD_FILE: path })).toEqual({
      IMAP_PASSWORD_FILE: [`"${path}": is empty; accepted: a file with the secret in it`],
    });
  });

  it('says which file of a secret cannot be read, and does not choose between a secret and its file', () => {
    expect(problemsOf({ IMAP_PASSWORD: '', IMAP_PASSWORD_FILE: '/nowhere' })).toHaveProperty('IMAP_PASSWORD_FILE');
    expect(problemsOf({ IMAP_PASSWORD_FILE: '/nowhere' })).toHaveProperty('IMAP_PASSWORD');
  });

  it('is frozen throughout', () => {
    const config = loadConfig({ ...required, CUSTOM_FIELDS: '{"7":"from"}' });
    const [mailbox] = config.mailboxes;
    const all = [config, config.mailboxes, mailbox?.imap, mailbox?.mail, mailbox?.mail.customFields['7']];
    expect(all.every(Object.isFrozen)).toBe(true);
  });

  it('maps custom fields to their sources', () => {
    const given =
      '{"1":"header:X-Order-Id","2":"text:mail","3":"from","4":"to","5":"message-id","6":{"source":"header:Subject","pattern":"#(\\\\d+)","default":""}}';
    expect(loadMailPolicy({ CUSTOM_FIELDS: given }).customFields).toEqual({
      1: { from: { kind: 'header', name: 'x-order-id' } },
      2: { from: { kind: 'text', value: 'mail' } },
      3: { from: { kind: 'from' } },
      4: { from: { kind: 'to' } },
      5: { from: { kind: 'message-id' } },
      6: { from: { kind: 'header', name: 'subject' }, pattern: '#(\\d+)', default: '' },
    });
  });

  it('requires a proven sender for replies as soon as a mail server is trusted, but for what is said of it', () => {
    const trusted = { TRUSTED_AUTHSERV_ID: 'MX.acme.test, mx2.acme.test', TRUSTED_RELAYS: '.Mail.acme.test' };
    expect(loadMailPolicy(trusted)).toMatchObject({
      trust: { authservIds: ['mx.acme.test', 'mx2.acme.test'], relays: ['.mail.acme.test'] },
      senderAuth: 'require-for-replies',
    });
    expect(loadMailPolicy({ ...trusted, SENDER_AUTH: 'off' }).senderAuth).toBe('off');
    expect(loadMailPolicy({ SENDER_AUTH_CHECK: 'dns' }).senderAuth).toBe('require-for-replies');
    expect(loadMailPolicy({ SENDER_AUTH_CHECK: 'dns', SENDER_AUTH: 'mark' }).senderAuth).toBe('mark');
  });

  it('takes Reply-To for the requester only of the forms it lists, and only where it is told to', () => {
    const forms = { REPLY_TO_FORMS: 'Form@acme.test' };
    expect(loadMailPolicy(forms).replyToForms).toEqual([]);
    expect(loadMailPolicy({ ...forms, REPLY_TO: 'use' }).replyToForms).toEqual(['form@acme.test']);
  });

  it('judges mail by its defaults where nothing is configured', () => {
    expect(loadMailPolicy({})).toEqual(defaultPolicy);
  });
});

describe('several mailboxes', () => {
  const two = {
    MAILBOXES: 'support, billing',
    IMAP_BILLING_USER: 'billing@acme.test',
    BILLING_CATEGORY_ID: '2',
    BILLING_SUBJECT_TAG: '[bill {id}]',
    CATEGORY_ID: '1',
  };

  it('have their own settings, and share those that have no name in them', () => {
    const { mailboxes } = loadConfig({ ...required, ...two });
    expect(
      mailboxes.map(({ imap, mail }) => [imap.name, imap.user, imap.host, mail.categoryId, mail.subjectTag]),
    ).toEqual([
      ['support', 'Support@acme.test', 'mail.acme.test', 1, '[#{id}]'],
      ['billing', 'billing@acme.test', 'mail.acme.test', 2, '[bill {id}]'],
    ]);
  });

  it('are all our own to each other, so that mail between them makes no loop', () => {
    const { mailboxes } = loadConfig({ ...required, ...two });
    for (const { mail } of mailboxes) expect(mail.ownAddresses).toEqual(['support@acme.test', 'billing@acme.test']);
  });

  it('read each password from a file of its own too', () => {
    const path = join(directory, 'billing');
    writeFileSync(path, 'of billing\n');
    const { mailboxes } = loadConfig({ ...required, ...two, IMAP_BILLING_PASSWORD_FILE: path });
    expect(mailboxes.map(({ imap }) => imap.auth)).toEqual([
      { kind: 'password', password: 's3cret-password' },
      { kind: 'password', password: 'of billing' },
    ]);
  });

  it.each<[string, Record<string, string>, string, RegExp]>([
    ['a mailbox that has no user of its own or in common', { IMAP_USER: '' }, 'IMAP_SUPPORT_USER', /required/],
    ['a setting of a mailbox that is not named', { IMAP_BILING_USER: 'b@acme.test' }, 'IMAP_BILING_USER', /MAILBOXES/],
    ['the same mailbox twice', { IMAP_BILLING_USER: '' }, 'MAILBOXES', /support and billing are the same mailbox/],
    ['a name twice', { MAILBOXES: 'a,A' }, 'MAILBOXES', /each once/],
    ['a name that can be no part of a variable', { MAILBOXES: 'a-b' }, 'MAILBOXES', /letters and digits/],
    ['a value that is wrong for one of them', { IMAP_BILLING_PORT: '0' }, 'IMAP_BILLING_PORT', /1 to 65535/],
    [
      'a category that is no number',
      { CATEGORY_BY_RECIPIENT: '{"a@b.test":"x"}' },
      'CATEGORY_BY_RECIPIENT',
      /a number/,
    ],
    [
      'a recipient that is no address',
      { CATEGORY_BY_RECIPIENT: '{"billing":2}' },
      'CATEGORY_BY_RECIPIENT',
      /address to category/,
    ],
  ])('are refused for %s', (_, settings, variable, message) => {
    expect(problemsOf({ ...two, ...settings })[variable]?.join()).toMatch(message);
  });
});

describe('the .env file', () => {
  it('has an example that explains every setting, and no other', () => {
    const example = readFileSync('.env.example', 'utf8');
    const named = [...example.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual([...settingNames].sort());
    for (const name of secretNames) expect(example).toContain(name);
  });

  it('is named in the README as it is', () => {
    const rows = readFileSync('README.md', 'utf8').matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) \|/gm);
    const named = [...rows].flatMap(([, names = '']) => names.replaceAll('`', '').split(', '));
    expect(named).toContain('HELPDESK_URL');
    expect(named.filter((name) => !settingNames.includes(name))).toEqual([]);
  });

  it('has an example whose values are accepted once the secrets are filled in', () => {
    const example = readFileSync('.env.example', 'utf8').replace(/^#(?=[A-Z_]+=)/gm, '');
    const filledIn = {
      HELPDESK_TOKEN: 'x',
      OAUTH_CLIENT_ID: 'x',
      OAUTH_CLIENT_SECRET: 'x',
      IMAP_PASSWORD: 'x',
      IMAP_BILLING_USER: 'b@acme.test',
      ACK_TEMPLATES: '',
    };
    expect(problemsOf({ ...parse(example), ...filledIn })).toEqual({});
  });
});
