import { expect, test } from 'vitest';
import { Ramp } from '../../src/queue/ramp.js';

test('An outage brings deliveries down to one, and each success lets one more run, up to the most', () => {
  const ramp = new Ramp(3);
  expect([ramp.succeeded(), ramp.failed(), ramp.succeeded(), ramp.succeeded(), ramp.succeeded()]).toEqual([
    3, 1, 2, 3, 3,
  ]);
});
