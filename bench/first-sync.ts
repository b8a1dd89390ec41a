/** The first `sync` of 100,000 events against the loop that a user would write over the SDK (`naive.ts`). */
import type { SandboxOptions } from '../src/sandbox/sandbox.ts';
import type { Bench } from './bench.ts';
import { type Benchmark, type Figure, median, seconds } from './figure.ts';
import type { Spent } from './spend.ts';

const EVENTS = 100_000;
/** All of it is inside what the API lists, also when the loop begins a little later. */
const DAYS = 89;

/** How often each takes its turn: ours, loop, ours. The loop takes minutes where answers are slow. */
const TURNS = { 0: 5, 50: 1, 150: 1 } as const;

export const firstSync: Benchmark = {
  name: 'first-sync',
  run: async (bench) => {
    const atOnce = await compare(bench, { latencyMs: 0 }, TURNS[0]);
    const at50 = await compare(bench, { latencyMs: 50 }, TURNS[50]);
    const at150 = await compare(bench, { latencyMs: 150 }, TURNS[150]);
    return [
      speed('answers in 50 ms', at50, 10),
      speed('answers in 150 ms', at150, 12),
      speed('answers at once', atOnce, 2.5),
      cpu(atOnce),
    ];
  },
};

export const skewedSync: Benchmark = {
  name: 'skewed-sync',
  run: async (bench) => {
    const turns = await compare(bench, { latencyMs: 50, shape: 'skewed' }, TURNS[50]);
    return [speed('80% of them in 1% of the time, 50 ms', turns, 5)];
  },
};

/** Two runs of ours around one of the loop, so that a machine that slows down slows both. */
interface Turn {
  readonly ours: readonly [Spent, Spent];
  readonly loop: Spent;
}

async function compare(bench: Bench, options: SandboxOptions, count: number): Promise<readonly Turn[]> {
  const sandbox = await bench.serve({ count: EVENTS, days: DAYS, ...options });
  const ours = async () => {
    const args = ['sync', '--quiet', '--json', '--max-rps', '0', '--store', bench.newStore()];
    const spent = await bench.run([bench.program, ...args], sandbox.env);
    if (JSON.parse(spent.stdout).new !== EVENTS) throw new Error(`not every event came: ${spent.stdout}`);
    return spent;
  };
  const turns: Turn[] = [];
  while (turns.length < count) {
    const before = await ours();
    const loop = await bench.run([bench.loop, bench.newStore()], sandbox.env);
    turns.push({ ours: [before, await ours()], loop });
  }
  await sandbox.stop();
  return turns;
}

function speed(where: string, turns: readonly Turn[], atLeast: number): Figure {
  const wall = ({ wallMs }: Spent) => wallMs;
  return {
    what: `first sync of 100,000 events, ${where}: times as fast as the loop`,
    value: ratioOf(turns, wall),
    unit: 'x',
    limit: { atLeast },
    seen: seen(turns, (spent) => seconds(wall(spent))),
  };
}

function cpu(turns: readonly Turn[]): Figure {
  const cpuOf = ({ cpuMs }: Spent) => cpuMs;
  return {
    what: 'first sync of 100,000 events, answers at once: CPU of the loop',
    value: 1 / ratioOf(turns, cpuOf),
    unit: 'x',
    limit: { atMost: 0.6 },
    seen: seen(turns, (spent) => `${((cpuOf(spent) * 1000) / EVENTS).toFixed(0)} µs an event`),
  };
}

/** The median, over the turns, of the loop by ours. */
function ratioOf(turns: readonly Turn[], cost: (spent: Spent) => number): number {
  return median(turns.map(({ ours, loop }) => cost(loop) / median(ours.map(cost))));
}

function seen(turns: readonly Turn[], text: (spent: Spent) => string): string {
  const ours = turns.flatMap((turn) => turn.ours.map(text)).join(', ');
  return `ours ${ours}; loop ${turns.map(({ loop }) => text(loop)).join(', ')}`;
}
