import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('../../', import.meta.url).pathname,
    include: ['test/interop/*.test.ts'],
    globalSetup: 'test/interop/install.ts',
    reporters: ['default', './test/support/closing-line.ts'],
    testTimeout: 120_000,
  },
});
