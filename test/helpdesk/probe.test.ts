import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { type LookAlikeOptions, startLookAlike } from '../../demo/helpdesk/look-alike.js';
import type { Finding } from '../../src/check/finding.js';
import { type HelpdeskProbe, type Mapping, probeHelpdesk } from '../../src/helpdesk/probe.js';

const token = 'token-of-the-tests';

type Asked = Partial<Pick<HelpdeskProbe, 'token' | 'mappings'> & Mapping>;

/** The probe of one mailbox, or of those whose mappings are given. */
async function look({ url, token: given = token, mappings, ...mapping }: Asked & { url: string }): Promise<Finding[]> {
  const findings: Finding[] = [];
  const only = { name: '', customFields: {}, categoryId: null, categoryByRecipient: {}, ...mapping };
  await probeHelpdesk({ url, token: given, mappings: mappings ?? [only], timeoutMs: 3000 }, (finding) =>
    findings.push(finding),
  );
  return findings;
}

async function lookAt(options: Partial<LookAlikeOptions>, probe: Asked = {}): Promise<Finding[]> {
  const helpdesk = await startLookAlike({ token, ...options });
  try {
    const findings = await look({ url: helpdesk.apiUrl, ...probe });
    expect(helpdesk.tickets()).toEqual([]);
    return findings;
  } finally {
    await helpdesk.close();
  }
}

async function lookAtServer(listener: RequestListener): Promise<Finding[]> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    return await look({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/` });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const about = (findings: readonly Finding[], what: string) => findings.filter((finding) => finding.about === what);

const order = { id: '7', name: 'Order', required: true };
const header = (fallback?: string) => ({
  from: { kind: 'header', name: 'x-order-id' } as const,
  ...(fallback !== undefined && { default: fallback }),
});

it('a helpdesk that has what the settings speak of is fine, and gets no ticket', async () => {
  const findings = await lookAt({ fields: [order] }, { customFields: { 7: header('none') }, categoryId: 2 });
  expect(findings.map(({ about, level }) => [about, level])).toEqual([
    ['helpdesk clock', 'ok'],
    ['helpdesk api', 'ok'],
    ['custom fields', 'ok'],
    ['category', 'ok'],
  ]);
  expect(about(findings, 'category')[0]?.found).toContain('Billing');
});

it('a wrong token names HELPDESK_TOKEN without showing it, and the rest is looked at all the same', async () => {
  const findings = await lookAt({ fields: [order] }, { token: 'hunter2', categoryId: 9 });
  expect(about(findings, 'helpdesk api')).toMatchObject([
    { level: 'problem', cure: expect.stringContaining('HELPDESK_TOKEN') },
  ]);
  expect(about(findings, 'custom fields')).toMatchObject([{ level: 'problem' }]);
  expect(about(findings, 'category')).toMatchObject([{ level: 'problem' }]);
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

it('a required field that nothing fills is a problem, with what to write', async () => {
  expect(about(await lookAt({ fields: [order] }), 'custom fields')).toMatchObject([
    {
      level: 'problem',
      found: expect.stringContaining('7 (Order)'),
      cure: expect.stringMatching(/CUSTOM_FIELDS, as \{"7":/),
    },
  ]);
});

it.each([
  ['a header', { 7: header() }, 'warning'],
  ['a header with an empty default', { 7: header('') }, 'warning'],
  ['a header with a default', { 7: header('none') }, 'ok'],
  ['a text', { 7: { from: { kind: 'text', value: 'x' } as const } }, 'ok'],
])('a required field that %s fills is judged by whether it can stay empty', async (_, customFields, level) => {
  expect(about(await lookAt({ fields: [order] }, { customFields }), 'custom fields')).toMatchObject([{ level }]);
});

it('a mapped field that does not exist is a problem, with those that do', async () => {
  const findings = await lookAt({ fields: [{ id: '7', name: 'Order' }] }, { customFields: { 8: header() } });
  expect(about(findings, 'custom fields')).toMatchObject([
    { level: 'problem', found: expect.stringContaining('field 8'), cure: expect.stringContaining('7 (Order)') },
  ]);
});

it('an unknown category is a problem, with the list of those that exist', async () => {
  expect(about(await lookAt({}, { categoryId: 9 }), 'category')).toMatchObject([
    { level: 'problem', cure: 'set CATEGORY_ID to one of: 2 (Billing), 1 (General)' },
  ]);
});

it('an unknown category of a recipient names its setting', async () => {
  const findings = await lookAt({}, { categoryId: 2, categoryByRecipient: { 'a@acme.test': 9 } });
  expect(about(findings, 'category')).toMatchObject([
    { level: 'problem', cure: expect.stringContaining('set CATEGORY_BY_RECIPIENT to one of') },
  ]);
});

it('of several mailboxes each has its own findings on fields and categories', async () => {
  const mapping = { customFields: {}, categoryByRecipient: {} };
  const findings = await lookAt(
    {},
    {
      mappings: [
        { ...mapping, name: 'support', categoryId: 2 },
        { ...mapping, name: 'billing', categoryId: 9 },
      ],
    },
  );
  expect(about(findings, 'category of support')).toMatchObject([{ level: 'ok' }]);
  expect(about(findings, 'category of billing')).toMatchObject([{ level: 'problem' }]);
  expect(about(findings, 'helpdesk api')).toHaveLength(1);
});

it('a helpdesk that is too old to tell its fields and categories is taken as it is', async () => {
  const findings = await lookAt({ newer: false }, { categoryId: 9 });
  expect(findings.map(({ about, level }) => [about, level])).toEqual([
    ['helpdesk clock', 'ok'],
    ['helpdesk api', 'ok'],
    ['custom fields', 'skipped'],
    ['category', 'skipped'],
  ]);
});

it('a folder that is not the API names HELPDESK_URL', async () => {
  const findings = await lookAtServer((_, response) => response.writeHead(404).end());
  expect(about(findings, 'helpdesk api')).toMatchObject([
    { level: 'problem', cure: expect.stringContaining('HELPDESK_URL') },
  ]);
});

it.each([
  [-120, 'warning', 'behind'],
  [7200, 'problem', 'ahead of'],
])('a clock that is %s s off is told', async (seconds, level, words) => {
  const date = new Date(Date.now() + seconds * 1000).toUTCString();
  const findings = await lookAtServer((_, response) => {
    response.writeHead(200, { date, 'content-type': 'application/json' }).end('{"success":true,"tickets":[]}');
  });
  expect(about(findings, 'helpdesk clock')).toMatchObject([{ level, found: expect.stringContaining(words) }]);
});

it('a host that does not exist, and a port where nothing listens, name HELPDESK_URL', async () => {
  expect(await look({ url: 'https://help.nowhere.invalid/api/' })).toMatchObject([
    { about: 'helpdesk dns', level: 'problem', cure: expect.stringContaining('HELPDESK_URL') },
    { about: 'helpdesk api', level: 'skipped' },
  ]);
  expect(about(await look({ url: 'http://127.0.0.1:1/api/' }), 'helpdesk api')).toMatchObject([
    { level: 'problem', cure: expect.stringContaining('HELPDESK_URL') },
  ]);
});
