import { describe, expect, it } from 'vitest';
import { type HelpdeskError, HelpdeskRateLimitedError } from '../../src/errors.js';
import { judgeAnswer } from '../../src/helpdesk/verdict.js';
import { MAX_API_MESSAGE_CHARACTERS, MAX_RETRY_AFTER_MS } from '../../src/limits.js';

const SECRET = 's3cret';
const NOW = Date.parse('2026-11-24T08:00:00Z');

function verdict(status: number, body: string, headers = {}) {
  try {
    return judgeAnswer('tickets_create.php', { status, headers, body, afterMs: 7 }, SECRET, NOW);
  } catch (error) {
    return error as HelpdeskError;
  }
}

const no = (error: string, more = {}) => JSON.stringify({ success: false, error, ...more });

describe('an answer is a success', () => {
  it.each([
    ['plain JSON', 200, '{"success":true,"ticket_id":"1"}'],
    ['the number 1 for true', 200, '{"success":1,"ticket_id":"1"}'],
    ['the text "1" for true', 200, '{"success":"1","ticket_id":"1"}'],
    ['a byte order mark in front', 200, '\uFEFF{"success":true,"ticket_id":"1"}'],
    ['a 201', 201, '{"success":true,"ticket_id":"1"}'],
  ])('with %s', (_, status, body) => {
    expect(verdict(status, body)).toMatchObject({ ticket_id: '1' });
  });
});

describe('an answer is an error', () => {
  it.each([
    ['a 401', 401, '', 'HELPDESK_MISCONFIGURED', false],
    ['a 403 that is a page', 403, '<h1>Forbidden</h1>', 'HELPDESK_MISCONFIGURED', false],
    ['a 404 that is a page', 404, '<h1>Not found</h1>', 'HELPDESK_MISCONFIGURED', false],
    ['a redirect', 301, '', 'HELPDESK_MISCONFIGURED', false],
    ['a refusal that speaks of the token', 200, no('Invalid API token'), 'HELPDESK_MISCONFIGURED', false],
    ['a 403 that speaks of the token', 403, no('Unauthorized'), 'HELPDESK_MISCONFIGURED', false],
    ['a refusal that repeats the token', 200, no(`${SECRET} has ended`), 'HELPDESK_MISCONFIGURED', false],
    ['a refusal in a 200', 200, no('Missing required fields'), 'HELPDESK_REFUSED', false],
    ['a refusal in a 404: of this ticket', 404, no('Ticket not found'), 'HELPDESK_REFUSED', false],
    ['a refusal in a 403: of this ticket', 403, no('no permission'), 'HELPDESK_REFUSED', false],
    ['another 4xx', 413, '<h1>Too large</h1>', 'HELPDESK_REFUSED', false],
    ['a 429', 429, '', 'HELPDESK_RATE_LIMITED', false],
    ['a 408', 408, '', 'HELPDESK_SERVER_ERROR', true],
    ['an empty 500', 500, '', 'HELPDESK_SERVER_ERROR', true],
    ['a 503 that is JSON', 503, no('Maintenance'), 'HELPDESK_SERVER_ERROR', true],
    ['an empty 200', 200, '', 'HELPDESK_SERVER_ERROR', true],
    ['a page in a 200', 200, '<html>', 'HELPDESK_SERVER_ERROR', true],
    ['a PHP warning before the JSON', 200, '<br /><b>Warning</b>{"success":true}', 'HELPDESK_SERVER_ERROR', true],
    ['JSON that is a list', 200, '[]', 'HELPDESK_SERVER_ERROR', true],
    ['JSON without success', 200, '{"ticket_id":"1"}', 'HELPDESK_SERVER_ERROR', true],
    ['success that is neither', 200, '{"success":"maybe"}', 'HELPDESK_SERVER_ERROR', true],
  ])('where it is %s', (_, status, body, code, mayHaveBeenCarriedOut) => {
    expect(verdict(status, body)).toMatchObject({ code, mayHaveBeenCarriedOut, endpoint: 'tickets_create.php' });
  });

  it.each([
    [500, ''],
    [200, '<html>'],
  ])('with status %i tells how long it took, since a gateway may have given up', (status, body) => {
    expect(verdict(status, body)).toMatchObject({ afterMs: 7 });
  });

  it.each([
    [401, '', 'HELPDESK_TOKEN'],
    [403, '', 'HELPDESK_TOKEN'],
    [200, no('Invalid API token'), 'HELPDESK_TOKEN'],
    [404, '', 'HELPDESK_URL'],
    [302, '', 'HELPDESK_URL'],
  ])('with status %i names the setting to look at', (status, body, setting) => {
    expect(verdict(status, body)).toMatchObject({ setting, message: expect.stringContaining(setting) });
  });
});

describe("the API's own words", () => {
  it('name the custom fields that are missing', () => {
    const body = no('Missing required custom fields', { custom_field_errors: { 3: 'x', 12: 'x' } });
    expect(verdict(200, body)).toMatchObject({ apiMessage: 'Missing required custom fields (custom field 3, 12)' });
  });

  it('come on one line, bounded and without control characters', () => {
    const said = `a\u0000\n\u202Eb ${'\u{1F600}'.repeat(1000)}`;
    const { apiMessage } = verdict(200, no(said)) as unknown as { apiMessage: string };
    expect(apiMessage).toMatch(/^a b \u{1F600}+…$/u);
    expect([...apiMessage]).toHaveLength(MAX_API_MESSAGE_CHARACTERS);
  });

  it('are kept whole at the bound', () => {
    const said = 'x'.repeat(MAX_API_MESSAGE_CHARACTERS);
    expect(verdict(200, no(said))).toMatchObject({ apiMessage: said });
  });

  it('may be missing', () => {
    expect(verdict(200, '{"success":false}')).toMatchObject({ apiMessage: 'no reason given' });
  });
});

describe('Retry-After', () => {
  it.each([
    ['seconds', '7', 7000],
    ['a date', 'Tue, 24 Nov 2026 08:01:30 GMT', 90_000],
    ['zero', '0', 1000],
    ['a date that has passed', 'Tue, 24 Nov 2026 07:00:00 GMT', 1000],
    ['too many seconds', '99999999999999999999', MAX_RETRY_AFTER_MS],
    ['a date in the far future', 'Tue, 24 Nov 2126 08:00:00 GMT', MAX_RETRY_AFTER_MS],
    ['nonsense', 'soon', 30_000],
    ['nothing', undefined, 30_000],
  ])('is understood as %s', (_, value, retryAfterMs) => {
    const error = verdict(429, '', value === undefined ? {} : { 'retry-after': value });
    expect(error).toBeInstanceOf(HelpdeskRateLimitedError);
    expect(error).toMatchObject({ retryAfterMs });
  });
});
