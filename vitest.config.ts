import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests of values: nothing there has a state that one file could leave to another. */
const OF_VALUES = 'test/{domain,output}/**/*.test.ts';
const WITH_CONFIGS_OF_THEIR_OWN = ['test/faults/**', 'test/interop/**', 'test/pack/whole.test.ts'];

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    // Tests also wait: with a worker for each core a quarter of the cores is idle.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    testTimeout: 20_000,
    projects: [
      {
        extends: true,
        // A process for each of so many small files would take longer than what is in them.
        test: { name: 'values', include: [OF_VALUES], isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'program',
          include: ['test/**/*.test.ts'],
          exclude: [OF_VALUES, ...WITH_CONFIGS_OF_THEIR_OWN],
          globalSetup: 'test/support/build.ts',
        },
      },
    ],
  },
});
