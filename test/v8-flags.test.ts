import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('sets only flags that this V8 knows: it would complain on standard error of any other', () => {
  const script = "import { fitEngine } from './src/v8-flags.ts'; fitEngine();";
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script],
    { encoding: 'utf8' },
  );
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});
