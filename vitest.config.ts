import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real servers and child processes start in many files; two at a time is what a 2-core machine bears.
    maxWorkers: 2,
    // Of a busy machine with slow disks; until.ts ends sooner, and says what it has waited for.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
