/** What delivering durably costs over handing the same events over with nothing kept. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Bench, Served } from './bench.ts';
import { type Benchmark, type Figure, median, seconds } from './figure.ts';
import type { Spent } from './spend.ts';

const POSTED = 60_000;
const SPAWNED = 3000;
const TURNS = 3;
const LANES = '16';
const SECRET = 'whsec_0123456789abcdefghij';

interface Turn {
  readonly ours: Spent;
  readonly plain: Spent;
}

export const httpDelivery: Benchmark = {
  name: 'http-delivery',
  run: async (bench) => {
    const sandbox = await bench.serve({ count: POSTED, days: 60, holdBackMs: 0 });
    const queue = await pendingStore(bench, sandbox, POSTED);
    const endpoint = await bench.answer();
    const turns = await alternate(TURNS, {
      ours: () => deliver(bench, sandbox, queue, endpoint.url),
      plain: () => bench.run([bench.compiled('plain-posts'), queue.events, endpoint.url, LANES, SECRET]),
    });
    await Promise.all([sandbox.stop(), endpoint.stop()]);
    return [rate(turns), posted(turns)];
  },
};

export const execDelivery: Benchmark = {
  name: 'exec-delivery',
  run: async (bench) => {
    const sandbox = await bench.serve({ count: SPAWNED, days: 60, holdBackMs: 0 });
    const queue = await pendingStore(bench, sandbox, SPAWNED);
    const turns = await alternate(TURNS, {
      ours: () => deliver(bench, sandbox, queue, 'exec:cat', '8'),
      plain: () => bench.run([bench.compiled('plain-children'), queue.events, 'cat', '8']),
    });
    await sandbox.stop();
    return [spawned(turns)];
  },
};

interface Queue {
  readonly store: string;
  readonly events: string;
  readonly count: number;
}

/** A store with so many pending events, and the same events as lines. */
async function pendingStore(bench: Bench, sandbox: Served, count: number): Promise<Queue> {
  const store = join(bench.folder, `pending-${count}.db`);
  const events = `${store}.ndjson`;
  const args = ['sync', '--quiet', '--no-deliver', '--from', '80d', '--max-rps', '0', '--store', store];
  await bench.run([bench.program, ...args], sandbox.env);
  spreadLanes(store);
  const { stdout } = await bench.run([bench.program, 'store', 'export', '--quiet', '--store', store]);
  writeFileSync(events, stdout);
  if (readFileSync(events, 'utf8').trimEnd().split('\n').length !== count)
    throw new Error('events are missing');
  return { store, events, count };
}

/** The sandbox has ten organizations; a busy environment has hundreds, each a lane. */
function spreadLanes(store: string): void {
  const db = new Database(store);
  db.exec("UPDATE entry SET lane = lane || ':' || (seq % 16)");
  db.close();
}

async function deliver(
  bench: Bench,
  sandbox: Served,
  { store, count }: Queue,
  spec: string,
  concurrency = LANES,
): Promise<Spent> {
  const copy = bench.newStore();
  copyFileSync(store, copy);
  const args = [
    'sync',
    '--quiet',
    '--json',
    '--deliver',
    spec,
    '--concurrency',
    concurrency,
    '--store',
    copy,
  ];
  const spent = await bench.run([bench.program, ...args], { ...sandbox.env, WORKOS_WEBHOOK_SECRET: SECRET });
  if (JSON.parse(spent.stdout).delivered !== count) throw new Error(`not all was delivered: ${spent.stdout}`);
  return spent;
}

async function alternate(
  count: number,
  { ours, plain }: { ours: () => Promise<Spent>; plain: () => Promise<Spent> },
): Promise<readonly Turn[]> {
  const turns: Turn[] = [];
  while (turns.length < count) turns.push({ ours: await ours(), plain: await plain() });
  return turns;
}

function rate(turns: readonly Turn[]): Figure {
  const perSecond = turns.map(({ ours }) => (POSTED * 1000) / ours.wallMs);
  return {
    what: `durable delivery to an HTTP endpoint that answers at once, ${LANES} in flight: events a second`,
    value: median(perSecond),
    unit: '/s',
    limit: { atLeast: 8000 },
    seen: `${perSecond.map((value) => value.toFixed(0)).join(', ')} a second, the start of the program included`,
  };
}

function posted(turns: readonly Turn[]): Figure {
  const each = ({ cpuMs }: Spent) => `${((cpuMs * 1000) / POSTED).toFixed(0)} µs`;
  return {
    what: 'the same: CPU of the same POSTs without a store',
    value: median(turns.map(({ ours, plain }) => ours.cpuMs / plain.cpuMs)),
    unit: 'x',
    limit: { atMost: 1.8 },
    seen: turns.map(({ ours, plain }) => `${each(ours)} an event, plain ${each(plain)}`).join('; '),
  };
}

function spawned(turns: readonly Turn[]): Figure {
  return {
    what: `exec: ${SPAWNED} children, 8 at a time: time of spawning the same children alone`,
    value: median(turns.map(({ ours, plain }) => ours.wallMs / plain.wallMs)),
    unit: 'x',
    limit: { atMost: 1.2 },
    seen: turns
      .map(({ ours, plain }) => `${seconds(ours.wallMs)}, alone ${seconds(plain.wallMs)}`)
      .join('; '),
  };
}
