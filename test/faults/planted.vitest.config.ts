import { defineConfig } from 'vitest/config';

/** For tests that need no built program, in copies of the tree that have a defect planted. */
export default defineConfig({
  test: { root: new URL('../../', import.meta.url).pathname, include: ['test/**/*.test.ts'] },
});
