import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { describe, expect, it } from 'vitest';
import { loadConfig, settingNames } from '../../src/config/config.js';

const helpdesk = { HELPDESK_URL: 'https://help.acme.test/api/', HELPDESK_TOKEN: 'x' };

/** The settings of each block of a page, in their order. */
function blocksOf(page: string): Record<string, string>[] {
  return [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => parse(block));
}

describe.each(['docs/gmail.md', 'docs/microsoft-365.md'])('%s', (path) => {
  const page = readFileSync(path, 'utf8');

  it('names only settings and files that there are', () => {
    const named = [...page.matchAll(/\b((?:IMAP|SMTP|OAUTH|ACK|SENDER|TRUSTED|HELPDESK)_[A-Z_]+?)(?:_FILE)?\b/g)];
    expect(named.length).toBeGreaterThan(15);
    expect(named.map(([, setting]) => setting).filter((setting) => !settingNames.includes(setting ?? ''))).toEqual([]);
    for (const [, file] of page.matchAll(/\]\(([a-z0-9-]+\.md)/g)) expect(existsSync(`docs/${file}`)).toBe(true);
  });
});

it('docs/gmail.md shows settings that are accepted, for both ways in', () => {
  const [password = {}, oauth, refreshToken, smtp] = blocksOf(readFileSync('docs/gmail.md', 'utf8'));
  expect(loadConfig({ ...helpdesk, ...password }).mailboxes[0]?.imap.auth.kind).toBe('password');
  const { mailboxes, acknowledgement } = loadConfig({ ...helpdesk, ...oauth, ...refreshToken, ...smtp });
  expect(mailboxes[0]?.imap.auth).toMatchObject({ grant: { kind: 'refresh_token' } });
  expect(acknowledgement?.smtp.login?.auth.kind).toBe('oauth2');
});

it('docs/microsoft-365.md shows settings that are accepted, for both ways in', () => {
  const [app = {}, smtp] = blocksOf(readFileSync('docs/microsoft-365.md', 'utf8'));
  const { mailboxes, acknowledgement } = loadConfig({ ...helpdesk, ...app, ...smtp });
  expect(mailboxes[0]?.imap.auth).toMatchObject({ grant: { kind: 'client_credentials' } });
  expect(acknowledgement?.smtp.login?.auth).toMatchObject({ grant: { kind: 'client_credentials' } });
  const { OAUTH_CLIENT_SECRET: _, ...person } = app;
  expect(loadConfig({ ...helpdesk, ...person, OAUTH_REFRESH_TOKEN: 'x' }).mailboxes[0]?.imap.auth).toMatchObject({
    grant: { kind: 'refresh_token', clientSecret: null },
  });
});
