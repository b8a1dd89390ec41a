/** How `sync` keeps its default budget of 50 requests a second, counted where the requests arrive. */
import type { Benchmark } from './figure.ts';

const RPS = 50;
/** The budget is used from the first full second on; the end of a history has nothing left to ask for. */
const EDGE_MS = 2_000;

export const requestBudget: Benchmark = {
  name: 'request-budget',
  run: async (bench) => {
    const sandbox = await bench.serve({ count: 100_000, days: 89, latencyMs: 100 });
    await bench.run([bench.program, 'sync', '--quiet', '--store', bench.newStore()], sandbox.env);
    const arrivals = await sandbox.ask('arrivals');
    await sandbox.stop();
    const { perSecond, overMs } = steadyRate(arrivals);
    const most = mostInOneSecond(arrivals);
    return [
      {
        what: 'default budget, answers in 100 ms: share of it that is used',
        value: (100 * perSecond) / RPS,
        unit: '%',
        limit: { atLeast: 95 },
        seen: `${perSecond.toFixed(1)} requests a second over ${(overMs / 1000).toFixed(1)} s`,
      },
      {
        what: 'default budget, answers in 100 ms: share in the fullest second',
        value: (100 * most) / RPS,
        unit: '%',
        limit: { atMost: 105 },
        seen: `${most} requests within one second, of ${arrivals.length} in all`,
      },
    ];
  },
};

function steadyRate(arrivals: readonly number[]): { perSecond: number; overMs: number } {
  const fromMs = (arrivals[0] ?? 0) + EDGE_MS;
  const toMs = (arrivals.at(-1) ?? 0) - EDGE_MS;
  const steady = arrivals.filter((atMs) => atMs >= fromMs && atMs < toMs);
  return { perSecond: (steady.length * 1000) / (toMs - fromMs), overMs: toMs - fromMs };
}

/** Whichever second it is: each arrival begins one. */
function mostInOneSecond(arrivals: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [index, atMs] of arrivals.entries()) {
    while ((arrivals[first] ?? atMs) <= atMs - 1000) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
