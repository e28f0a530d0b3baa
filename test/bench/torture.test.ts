import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

it.each([
  ['redis', '59'],
  ['embedded', '37'],
])(
  'no mail is lost, doubled or wrongly filed while everything is killed and fails for a while: %s, seed %s',
  async (store, seed) => {
    const args = ['bench/torture.ts', '--mails', '40', '--minutes', '0.4', '--store', store, '--seed', seed, '--json'];
    const child = spawn(process.execPath, ['--import', 'tsx', ...args]);
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    expect(JSON.parse(out), err).toMatchObject({ sent: 40, duplicates: [], lost: [], wronglyFiled: [] });
    expect(code).toBe(0);
  },
  240_000,
);
