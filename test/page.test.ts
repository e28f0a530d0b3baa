import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from './services/browser.js';
import { freePort } from './services/private-server.js';
import { mail, type Rig, startRig } from './services/rig.js';
import { until } from './services/until.js';

const credentials = { username: 'operator', password: 'correct horse battery' };
const authorization = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
const hostile = '<script>document.title = "taken over"</script> <img src=x onerror=alert(1)> "quoted"';
const required = {
  kind: 'status',
  status: 400,
  body: '{"success":false,"message":"Order number is required"}',
} as const;

let rig: Rig;
let browser: Browser;
let url: string;

beforeAll(async () => {
  rig = await startRig('redis');
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  await rig.start({
    HTTP_PORT: String(port),
    DASHBOARD_USER: credentials.username,
    DASHBOARD_PASSWORD: credentials.password,
  });
  browser = await startBrowser();
  await rig.deliver(mail({ subject: 'The printer is on fire', from: 'Ann <ann@example.com>' }));
  await rig.deliver(
    mail({ subject: 'Away', from: 'Bob <bob@example.com>', headers: ['Auto-Submitted: auto-replied'] }),
  );
  await rig.filed('Processed', 'The printer is on fire');
  await rig.filed('Ignored', 'Away');
  rig.helpdesk.fault({ ...required, endpoint: 'tickets_create.php' });
  await rig.deliver(mail({ subject: hostile, from: 'Mallory <mallory@example.net>' }));
  await rig.filed('Failed', hostile);
});

afterAll(async () => {
  await browser?.close();
  await rig?.close();
});

describe('the page in a browser', () => {
  let page: Page;
  const blocked: string[] = [];

  beforeAll(async () => {
    const context = await browser.newContext({ httpCredentials: credentials });
    page = await context.newPage();
    page.on('console', (message) => blocked.push(message.text()));
    page.on('dialog', (dialog) => blocked.push(`dialog: ${dialog.message()}`));
  });
  afterAll(() => page?.context().close());
  afterEach(() => {
    expect(blocked.splice(0)).toEqual([]);
  });

  const rows = () => page.locator('tbody tr').allInnerTexts();

  it('shows the latest mails with what became of each and why', async () => {
    await page.goto(url);
    const [failed, ignored, created] = (await rows()).sort((a, b) => a.localeCompare(b));
    expect(failed).toMatch(/^Failed\W[\s\S]*Order number is required/);
    expect(ignored).toMatch(/^Ignored\W[\s\S]*Away[\s\S]*bob@example\.com[\s\S]*auto reply/);
    expect(created).toMatch(/^Ticket #1\W[\s\S]*The printer is on fire[\s\S]*ann@example\.com[\s\S]*(just now|ago)/);
    expect(await page.getByRole('img', { name: 'Mails by hour' }).getAttribute('aria-label')).toBe(
      'Mails by hour: Tickets 1, Replies 0, Ignored 1, Failed 1',
    );
  });

  it('shows a subject with markup as text', async () => {
    await page.goto(url);
    expect(await page.getByRole('link', { name: hostile }).textContent()).toBe(hostile);
    expect(await page.title()).toBe('Mails · mail2ticket');
    expect(await page.locator('main script, main img').count()).toBe(0);
  });

  it('finds a mail by its sender, subject, Message-ID and ticket, by keyboard', async () => {
    const search = async (text: string) => {
      await page.goto(url);
      await page.getByRole('searchbox').focus();
      await page.keyboard.type(text);
      await page.keyboard.press('Enter');
      await page.waitForURL(/search=/);
      return (await page.locator('td.mail a').allInnerTexts()).map((subject) => subject.split(' ').at(-1));
    };
    expect(await search('ANN@example')).toEqual(['fire']);
    expect(await search('printer')).toEqual(['fire']);
    expect(await search('#1')).toEqual(['fire']);
    expect(await search('<script>')).toEqual(['"quoted"']);
    expect(await page.getByRole('searchbox').inputValue()).toBe('<script>');
    await page.locator('td.mail a').click();
    const messageId = await page.locator('dd code').first().textContent();
    expect(await search(messageId ?? '')).toEqual(['"quoted"']);
    expect(await search('nobody at all')).toEqual([]);
    expect(await page.locator('.empty').textContent()).toMatch(/^No mail matches/);
  });

  it('tells of one mail every rule that was asked and how its attempts ended', async () => {
    await page.goto(`${url}/?state=failed`);
    await page.getByRole('link', { name: hostile }).click();
    expect(await page.locator('.failures').textContent()).toMatch(/Order number is required/);
    expect(await page.locator('.trace').textContent()).toMatch(/mallory@example\.net[\s\S]*new ticket/);
    expect(await page.locator('dl').textContent()).toMatch(/Now lies in\s*Mail2Ticket\/Failed/);
  });

  it('has a failed mail tried again, which then becomes a ticket', async () => {
    await page.goto(`${url}/?state=failed`);
    await page.getByRole('link', { name: hostile }).click();
    await page.getByRole('button', { name: 'Retry' }).click();
    expect(await page.getByRole('status').textContent()).toMatch(/^1 mail moved back/);
    await rig.filed('Processed', hostile);
    await until('the page says so', async () => {
      await page.reload();
      return (await page.locator('.verdict').textContent())?.startsWith('Ticket #2');
    });
    expect(await page.locator('.failures').textContent()).toMatch(/Order number is required/);
  });

  it('has all failed mails tried again', async () => {
    rig.helpdesk.fault({ ...required, times: 2, endpoint: 'tickets_create.php' });
    await rig.deliver(mail({ subject: 'First of two' }));
    await rig.deliver(mail({ subject: 'Second of two' }));
    await rig.filed('Failed', 'First of two', 'Second of two');
    await until('both can be tried again', async () => {
      await page.goto(`${url}/?state=failed`);
      return (await rows()).length === 2;
    });
    await page.getByRole('button', { name: 'Retry all 2' }).click();
    expect(await page.getByRole('status').textContent()).toMatch(/^2 mails moved back/);
    await rig.filed('Processed', 'First of two', 'Second of two');
  });

  it('fits a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ['/', '/?state=created']) {
      await page.goto(url + path);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    }
    await page.locator('td.mail a').first().click();
    await page.waitForURL(/mails/, { waitUntil: 'load' });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.setViewportSize({ width: 1280, height: 720 });
  });

  it('leads to the engine room, where nothing can be changed', async () => {
    await page.goto(url);
    await page.getByRole('link', { name: 'Queue' }).click();
    await page.getByText('5 Jobs').waitFor();
    // Its web font is the one thing that it wants from elsewhere.
    expect(blocked.splice(0).filter((text) => !text.includes('fonts.googleapis.com'))).toEqual([]);
    const change = await fetch(`${url}/queues/api/queues/mail/pause`, { method: 'PUT', headers: { authorization } });
    expect(change.status).toBe(405);
  });
});

describe('who may not', () => {
  it.each(['/', '/mails/abc', '/page.css', '/queues', '/queues/api/queues', '/api/mails'])(
    'sees nothing at %s without the password',
    async (path) => {
      const response = await fetch(url + path);
      expect(response.status).toBe(401);
      expect(await response.text()).not.toContain('printer');
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    },
  );

  it('still leaves health open to probes', async () => {
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it('refuses a form that another site has forged, though the browser sends the password along', async () => {
    rig.helpdesk.fault({ ...required, endpoint: 'tickets_create.php' });
    await rig.deliver(mail({ subject: 'Bait' }));
    await rig.filed('Failed', 'Bait');
    const context = await browser.newContext({ httpCredentials: credentials });
    const page = await context.newPage();
    await page.goto(url);
    // The same machine under another name is another site.
    await page.route('http://evil.test/', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="${url}/retry"><input name="all" value="yes"><button>Win</button></form>`,
      }),
    );
    await page.goto('http://evil.test/');
    await page.getByRole('button').click();
    await page.getByText('another site').waitFor();
    await context.close();
    expect(await rig.subjects('Failed')).toEqual(['Bait']);
  });

  it.each([
    ['without its secret', 'all=yes'],
    ['with a wrong secret', 'all=yes&token=guess'],
    ['with nothing', ''],
  ])('refuses a form %s', async (_what, body) => {
    const headers = { authorization, origin: url, 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`${url}/retry`, { method: 'POST', headers, body, redirect: 'manual' });
    expect(response.status).toBe(403);
    expect(await rig.subjects('Failed')).toEqual(['Bait']);
  });

  it('takes JSON only at the API, which no form can send', async () => {
    const headers = { authorization, 'content-type': 'text/plain' };
    const response = await fetch(`${url}/api/mails/retry`, { method: 'POST', headers, body: '{"ids":"all"}' });
    expect(response.status).toBe(415);
  });
});
