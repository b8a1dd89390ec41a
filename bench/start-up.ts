/**
 * What a run costs before it does anything, by a bare `node -e 0`; the two in turn. In the environment that
 * the benchmark was started in, and in an empty one: Node itself starts later where NODE_EXTRA_CA_CERTS or
 * NODE_OPTIONS give it work, and then a ratio says less about the program.
 */
import { spawnSync } from 'node:child_process';
import type { Bench } from './bench.ts';
import { type Benchmark, type Figure, type Limit, median } from './figure.ts';

const RUNS = 41;

type Environment = Readonly<Record<string, string | undefined>>;

export const startUp: Benchmark = {
  name: 'start-up',
  run: async (bench) => {
    const sandbox = await bench.serve({ count: 100_000, days: 89 });
    const sync = [bench.program, 'sync', '--quiet', '--store', bench.newStore()];
    await bench.run([...sync, '--max-rps', '0'], sandbox.env);
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('WORKOS_'));
    const environments: readonly [string, Environment][] = [
      ['this environment', Object.fromEntries(own)],
      ['an empty environment', { PATH: process.env.PATH, HOME: bench.folder }],
    ];
    const figures = environments.flatMap(([where, env]) => [
      byBareNode(bench, `--version in ${where}`, [bench.program, '--version'], env, { atMost: 1.5 }),
      byBareNode(
        bench,
        `sync with nothing new in ${where}`,
        sync,
        { ...env, ...sandbox.env },
        { under: 3.5 },
      ),
    ]);
    await sandbox.stop();
    return figures;
  },
};

function byBareNode(
  bench: Bench,
  what: string,
  args: readonly string[],
  env: Environment,
  limit: Limit,
): Figure {
  const time = (which: readonly string[]) => {
    const begunAt = performance.now();
    const { status, stderr } = spawnSync(process.execPath, which, { cwd: bench.folder, env: { ...env } });
    if (status !== 0) throw new Error(`${which.join(' ')} ended with ${status}:\n${stderr}`);
    return performance.now() - begunAt;
  };
  const turns = Array.from({ length: RUNS }, () => ({ bare: time(['-e', '0']), ours: time(args) }));
  const ours = median(turns.map((turn) => turn.ours));
  const bare = median(turns.map((turn) => turn.bare));
  return {
    what: `${what}, by a bare node -e 0`,
    value: ours / bare,
    unit: 'x',
    limit,
    seen: `median of ${RUNS}: ${ours.toFixed(0)} ms, bare ${bare.toFixed(0)} ms`,
  };
}
