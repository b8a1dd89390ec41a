/** What a run costs before it does anything, by a bare `node -e 0`; the two in turn. */
import { spawnSync } from 'node:child_process';
import type { Bench } from './bench.ts';
import { type Benchmark, type Figure, type Limit, median } from './figure.ts';

const VERSION_RUNS = 61;
const SYNC_RUNS = 41;

export const startUp: Benchmark = {
  name: 'start-up',
  run: async (bench) => {
    const sandbox = await bench.serve({ count: 100_000, days: 89 });
    const sync = [bench.program, 'sync', '--quiet', '--store', bench.newStore()];
    await bench.run([...sync, '--max-rps', '0'], sandbox.env);
    const version = byBareNode(bench, [bench.program, '--version'], {}, VERSION_RUNS);
    const nothingNew = byBareNode(bench, sync, sandbox.env, SYNC_RUNS);
    await sandbox.stop();
    return [
      figure('--version, by a bare node -e 0', version, { atMost: 1.5 }),
      figure('sync with nothing new, answers at once, by a bare node -e 0', nothingNew, { under: 3.5 }),
    ];
  },
};

interface Compared {
  readonly ours: number;
  readonly bare: number;
}

function byBareNode(
  bench: Bench,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  runs: number,
): readonly Compared[] {
  const time = (which: readonly string[]) => {
    const begunAt = performance.now();
    const { status, stderr } = spawnSync(process.execPath, which, {
      cwd: bench.folder,
      env: { PATH: process.env.PATH ?? '', HOME: bench.folder, ...env },
    });
    if (status !== 0) throw new Error(`${which.join(' ')} ended with ${status}:\n${stderr}`);
    return performance.now() - begunAt;
  };
  return Array.from({ length: runs }, () => ({ bare: time(['-e', '0']), ours: time(args) }));
}

function figure(what: string, compared: readonly Compared[], limit: Limit): Figure {
  const ours = median(compared.map((one) => one.ours));
  const bare = median(compared.map((one) => one.bare));
  return {
    what,
    value: ours / bare,
    unit: 'x',
    limit,
    seen: `median of ${compared.length}: ${ours.toFixed(0)} ms, bare ${bare.toFixed(0)} ms`,
  };
}
