/** Whether a `sync` stays as cheap and as small as it began, over 2,000,000 events in one run. */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { type Benchmark, seconds } from './figure.ts';
import type { Sample } from './spend.ts';

const EVENTS = 2_000_000;
const PART = 100_000;
const SAMPLE_MS = 25;

export const longHistory: Benchmark = {
  name: 'long-history',
  run: async (bench) => {
    const sandbox = await bench.serve({ count: EVENTS, days: 89, logsRequests: false });
    const store = bench.newStore();
    const counts = watchCount(store);
    const env = { ...sandbox.env, BENCH_SAMPLE_MS: String(SAMPLE_MS) };
    const args = [bench.program, 'sync', '--quiet', '--max-rps', '0', '--store', store];
    const spent = await bench.run(args, env).finally(() => counts.stop());
    await sandbox.stop();
    const cpuAt = (events: number) => cpuWhen(counts.whenReached(events), spent.samples);
    // What comes before the first event is the start of the program, not the cost of events.
    const first = cpuAt(PART) - cpuAt(1);
    const last = cpuAt(EVENTS) - cpuAt(EVENTS - PART);
    return [
      {
        what: 'of 2,000,000 events, CPU of the last 100,000 by that of the first',
        value: last / first,
        unit: 'x',
        limit: { atMost: 1.15 },
        seen: `first ${seconds(first)}, last ${seconds(last)}; all of it ${seconds(spent.cpuMs)} in ${seconds(spent.wallMs)}`,
      },
      {
        what: 'of 2,000,000 events, most resident memory',
        value: spent.peakMb,
        unit: ' MB',
        limit: { under: 200 },
        seen: 'the high-water mark of the one run',
      },
    ];
  },
};

interface Watch {
  /** ms since the epoch. */
  readonly whenReached: (events: number) => number;
  readonly stop: () => void;
}

/** Reads off the store, while it grows, how many events it has. */
function watchCount(store: string): Watch {
  const seen: { atMs: number; events: number }[] = [];
  let db: Database.Database | undefined;
  const look = () => {
    db ??= existsSync(`${store}-shm`) ? new Database(store, { readonly: true }) : undefined;
    const events = db?.prepare('SELECT last_seq FROM stream').pluck().get();
    if (typeof events === 'number' && events > 0) seen.push({ atMs: Date.now(), events });
  };
  const timer = setInterval(look, SAMPLE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      db?.close();
    },
    whenReached: (events) => {
      const at = seen.findIndex((one) => one.events >= events);
      const [before = seen[0], after = before] = [seen[at - 1], seen[at]];
      if (!before || !after) throw new Error(`the store never had ${events} events`);
      const share = after === before ? 0 : (events - before.events) / (after.events - before.events);
      return before.atMs + share * (after.atMs - before.atMs);
    },
  };
}

function cpuWhen(atMs: number, samples: readonly Sample[]): number {
  const at = samples.findIndex((sample) => sample.atMs >= atMs);
  const [before = samples[0], after = samples.at(-1)] = [samples[at - 1], samples[at]];
  if (!before || !after) throw new Error('there are no samples');
  const share = (atMs - before.atMs) / Math.max(1, after.atMs - before.atMs);
  return before.cpuMs + Math.min(1, Math.max(0, share)) * (after.cpuMs - before.cpuMs);
}
