import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/faults/**', 'test/interop/**', 'test/pack/whole.test.ts', 'node_modules/**'],
    globalSetup: 'test/support/build.ts',
    reporters: ['default', './test/support/closing-line.ts'],
    // One fewer by default, which of two cores leaves one idle.
    maxWorkers: '100%',
    testTimeout: 20_000,
  },
});
