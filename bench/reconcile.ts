/** What a window costs to reconcile: whatever else the store holds, and against reading it in a plain loop. */
import type { Bench, Served } from './bench.ts';
import { type Benchmark, type Figure, median, seconds } from './figure.ts';
import type { Spent } from './spend.ts';

const HISTORY = 2_000_000;
const PART = 20_000;
const WINDOW = 100_000;
const LATENCY_MS = 50;
const HOUR_MS = 3_600_000;
const TURNS = 7;

export const reconcile: Benchmark = {
  name: 'reconcile',
  run: async (bench) => [await hourInside(bench), await longWindow(bench)],
};

/** The same hour of the same API, beside a long history in the store and beside little. */
async function hourInside(bench: Bench): Promise<Figure> {
  const sandbox = await bench.serve({ count: HISTORY, days: 89, logsRequests: false });
  const fromMs = Date.now() - 48 * HOUR_MS;
  const large = await filled(bench, sandbox, 'large', []);
  const small = await filled(bench, sandbox, 'small', ['--from', iso(fromMs), '--max-events', String(PART)]);
  const window = ['--from', iso(fromMs + HOUR_MS), '--to', iso(fromMs + 2 * HOUR_MS)];
  const turns: { large: Spent; small: Spent }[] = [];
  while (turns.length < TURNS) {
    turns.push({
      large: await reconciled(bench, sandbox, large, window),
      small: await reconciled(bench, sandbox, small, window),
    });
  }
  await sandbox.stop();
  const wall = (which: 'large' | 'small') => turns.map((turn) => turn[which].wallMs);
  const all = (which: 'large' | 'small') => wall(which).map(seconds).join(', ');
  return {
    what: 'reconcile one hour inside a store of 2,000,000 events: time of the same in one of 20,000',
    value: median(wall('large')) / median(wall('small')),
    unit: 'x',
    limit: { atMost: 1.3 },
    seen: `${scanned(turns[0]?.large)} events; ${all('large')}; in the small one ${all('small')}`,
  };
}

async function longWindow(bench: Bench): Promise<Figure> {
  const sandbox = await bench.serve({ count: WINDOW, days: 29, latencyMs: LATENCY_MS });
  const store = await filled(bench, sandbox, 'window', []);
  const before = await reconciled(bench, sandbox, store, ['--from', '30d']);
  const loop = await bench.run([bench.loop, bench.newStore()], sandbox.env);
  const after = await reconciled(bench, sandbox, store, ['--from', '30d']);
  await sandbox.stop();
  if (scanned(before) !== WINDOW) throw new Error(`not every event was compared: ${before.stdout}`);
  return {
    what: 'reconcile a 30-day window of 100,000 events, answers in 50 ms: times as fast as a loop that reads it',
    value: loop.wallMs / median([before.wallMs, after.wallMs]),
    unit: 'x',
    limit: { atLeast: 10 },
    seen: `ours ${seconds(before.wallMs)}, ${seconds(after.wallMs)}; loop ${seconds(loop.wallMs)}`,
  };
}

async function filled(
  bench: Bench,
  sandbox: Served,
  name: string,
  flags: readonly string[],
): Promise<string> {
  const store = `${bench.folder}/reconcile-${name}.db`;
  await bench.run(
    [bench.program, 'sync', '--quiet', '--max-rps', '0', '--store', store, ...flags],
    sandbox.env,
  );
  return store;
}

async function reconciled(
  bench: Bench,
  sandbox: Served,
  store: string,
  window: readonly string[],
): Promise<Spent> {
  const args = ['reconcile', ...window, '--quiet', '--json', '--max-rps', '0', '--store', store];
  return await bench.run([bench.program, ...args], sandbox.env);
}

function scanned(spent: Spent | undefined): number {
  return spent ? JSON.parse(spent.stdout).scanned : 0;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
