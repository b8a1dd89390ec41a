/** How many webhooks a second are durable, by what a plain handler does; and how long they wait at half of that. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Bench, Serving } from './bench.ts';
import { type Benchmark, type Figure, median } from './figure.ts';

const SECRET = 'whsec_0123456789abcdefghij';
const TURNS = 3;
const OURS = 60_000;
const PLAIN = 4_000;
const CONNECTIONS = 64;
const HALF_SECONDS = 10;

/** What `webhook-load` prints. */
interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly acknowledged: number;
  readonly statuses: Readonly<Record<string, number>>;
}

interface Turn {
  readonly load: Load;
  /** Answered with a 2xx, and not in the store after a kill. */
  readonly lost: number;
}

export const listenLoad: Benchmark = {
  name: 'listen',
  run: async (bench) => {
    const ours: Turn[] = [];
    const plain: Turn[] = [];
    while (ours.length < TURNS) {
      ours.push(await turn(bench, 'ours', OURS, 0));
      plain.push(await turn(bench, 'plain', PLAIN, 0));
    }
    const most = median(ours.map(({ load }) => load.perSecond));
    const halfRate = Math.floor(most / 2);
    const half = await turn(bench, 'ours', halfRate * HALF_SECONDS, halfRate);
    return [rate(ours), against(ours, plain), waits(half, halfRate), lost([...ours, half])];
  },
};

async function turn(bench: Bench, who: 'ours' | 'plain', count: number, perSecond: number): Promise<Turn> {
  const store = bench.newStore();
  const log = join(bench.folder, 'acknowledged');
  const server = who === 'ours' ? await listener(bench, store) : await bench.handler(store, SECRET);
  const args = [server.url, SECRET, CONNECTIONS, count, perSecond, 1, log].map(String);
  const { stdout } = await bench.run([bench.compiled('webhook-load'), ...args]);
  await server.kill();
  const load: Load = JSON.parse(stdout);
  if (load.acknowledged !== count) throw new Error(`not all were taken: ${stdout}`);
  const ids = new Set(idsIn(store));
  const acknowledged = readFileSync(log, 'utf8').trimEnd().split('\n');
  return { load, lost: acknowledged.filter((id) => !ids.has(id)).length };
}

function listener(bench: Bench, store: string): Promise<Serving> {
  const args = ['listen', '--port', '0', '--store', store];
  return bench.listen(args, { WORKOS_WEBHOOK_SECRET: SECRET });
}

function idsIn(store: string): string[] {
  const db = new Database(store);
  try {
    return db
      .prepare<[], { id: string }>('SELECT id FROM event')
      .all()
      .map(({ id }) => id);
  } finally {
    db.close();
  }
}

function rate(turns: readonly Turn[]): Figure {
  const perSecond = turns.map(({ load }) => load.perSecond);
  return {
    what: `webhooks a second, each durable before it is answered, ${CONNECTIONS} connections`,
    value: median(perSecond),
    unit: '/s',
    limit: { atLeast: 8000 },
    seen: perSecond.map((value) => value.toFixed(0)).join(', '),
  };
}

function against(ours: readonly Turn[], plain: readonly Turn[]): Figure {
  const ratios = ours.map(({ load }, turn) => load.perSecond / (plain[turn]?.load.perSecond ?? Number.NaN));
  return {
    what: 'the same, by a plain Express handler with the SDK and synchronous=FULL',
    value: median(ratios),
    unit: 'x',
    limit: { atLeast: 5 },
    seen: `the handler took ${plain.map(({ load }) => load.perSecond.toFixed(0)).join(', ')} a second`,
  };
}

function waits({ load }: Turn, perSecond: number): Figure {
  return {
    what: `the same at half that rate (${perSecond}/s): the slowest of a hundred`,
    value: load.p99Ms,
    unit: ' ms',
    limit: { under: 50 },
    seen: `half of them within ${load.p50Ms.toFixed(1)} ms; ${load.acknowledged} in all`,
  };
}

function lost(turns: readonly Turn[]): Figure {
  return {
    what: 'answered with a 2xx, and missing after a kill',
    value: turns.reduce((sum, turn) => sum + turn.lost, 0),
    unit: '',
    limit: { atMost: 0 },
    seen: `of ${turns.reduce((sum, { load }) => sum + load.acknowledged, 0)}`,
  };
}
