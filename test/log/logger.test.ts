import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createLogger } from '../../src/log/logger.js';

function recorder() {
  const lines: string[] = [];
  return { log: createLogger('info', { write: (line) => void lines.push(line) }), lines };
}

test('What could hold a secret or the text of a mail is left out of a line, however it got there', () => {
  const { log, lines } = recorder();
  log.info(
    {
      action: 'mail.queued',
      mail: 'abc',
      token: 'hunter2',
      login: { host: 'imap.test', password: 'hunter2' },
      cause: { command: { name: 'auth', args: ['hunter2'] } },
      request: { headers: { authorization: 'Bearer hunter2', Authorization: 'Bearer hunter2' } },
      answer: { access_token: 'hunter2', refresh_token: 'hunter2', id_token: 'hunter2', device_code: 'hunter2' },
      client: { client_secret: 'hunter2', client_assertion: 'hunter2', AccessToken: 'hunter2' },
      proxy: { 'Proxy-Authorization': 'hunter2', cookie: 'hunter2', 'set-cookie': 'hunter2' },
      job: { data: { judgement: { text: 'hunter2' } } },
      ticket: { subject: 'Printer', message: 'hunter2' },
    },
    'mail queued',
  );
  expect(lines.join()).not.toContain('hunter2');
  expect(JSON.parse(lines.join())).toMatchObject({
    level: 'info',
    action: 'mail.queued',
    mail: 'abc',
    login: { host: 'imap.test' },
  });
});

test('An error in a line gives its name and nothing of what it says or what libraries hang on it', () => {
  const { log, lines } = recorder();
  const err = Object.assign(new Error('WRONGPASS'), { command: { name: 'auth', args: ['hunter2'] }, body: 'hunter2' });
  log.info({ action: 'queue.error', err }, 'queue');
  expect(lines.join()).not.toContain('hunter2');
});

test('What a terminal would obey is escaped in a line, and read back the same', () => {
  const { log, lines } = recorder();
  const from = 'ann\x1b[2J\x9b2J\u202e@example.com';
  log.info({ action: 'mail.queued', mail: 'abc', from }, 'mail queued');
  expect(lines.join().trimEnd()).toMatch(/^[\x20-\x7E]+$/);
  expect(JSON.parse(lines.join()).from).toBe(from);
});

test('On a terminal a line of the log is one line, whatever fields it has', async () => {
  const program = `
    process.stdout.isTTY = true;
    const { createLogger } = await import('./src/log/logger.ts');
    createLogger('info').info({ action: 'mail.queued', mail: 'abc', from: 'ann\\x1b[2J\\x9b2J\\u202e@example.com', twins: ['a'] }, 'mail queued');`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  expect(stdout).toMatch(/INFO.*mail queued.*"mail":"abc"/);
  for (const obeyed of ['\x1b[2J', '\x9b', '\u202e']) expect(stdout).not.toContain(obeyed);
});
