import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('../../', import.meta.url).pathname,
    include: ['test/pack/whole.test.ts'],
    reporters: ['verbose', './test/support/closing-line.ts'],
    testTimeout: 60_000,
  },
});
