import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one line for scripts: `12 passed, 0 failed`. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0;
    let failed = errors.length;
    for (const module of modules) {
      for (const test of module.children.allTests('passed')) if (test) passed++;
      for (const test of module.children.allTests('failed')) if (test) failed++;
      if (module.state() === 'failed' && module.children.size === 0) failed++;
    }
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
  }
}
