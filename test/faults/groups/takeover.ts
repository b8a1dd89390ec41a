import Database from 'better-sqlite3';
import type { FaultPoint } from '../../../src/fault-points.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { dumpOf } from '../oracle.ts';
import { laterSync, type Traced } from '../scenarios.ts';
import { Stage, someOf } from '../stage.ts';

const OUTSIDE_TRANSACTIONS: readonly FaultPoint[] = [
  'lease.taken',
  'request.before',
  'response.headers',
  'response.body',
  'page.parsed',
  'window.planned',
  'window.staged',
  'window.completed',
  'commit.done',
  'pages.between',
];
const IN_TRANSACTIONS: readonly FaultPoint[] = [
  'lease.judged',
  'commit.first_insert',
  'commit.before_cursor',
  'commit.before_commit',
  'prune.middle',
];
const STALE_MS = 61_000;

/**
 * A run is stopped, as a closed laptop stops it; another takes the stream and completes; then the first
 * wakes up, and its fence keeps it from writing anything.
 */
export const takeover: FaultGroup = {
  name: 'stop and takeover',
  open: async (lab) => {
    const scenario = await laterSync(lab);
    return [
      ...OUTSIDE_TRANSACTIONS.flatMap((point) =>
        someOf(scenario.counts.get(point) ?? 0).map((nth) => wakesTooLate(lab, scenario, point, nth)),
      ),
      ...IN_TRANSACTIONS.map((point) => stopsInTransaction(lab, scenario, point)),
    ];
  },
};

function wakesTooLate(lab: Lab, scenario: Traced, point: FaultPoint, nth: number): FaultCase {
  const hadCommittedAll =
    (point === 'commit.done' || point === 'pages.between') && nth === scenario.counts.get(point);
  return {
    name: `${point}@${nth}`,
    run: async () => {
      const stage = new Stage(lab, scenario);
      const first = stage.start({ env: { WORKOS_EVENTS_FAULT: `${point}@${nth}:stop` } });
      if (!(await first.stopped())) return ['never fired'];
      const held = await stage.run();
      ageLease(stage.store);
      const second = await stage.toRest();
      const before = dumpOf(stage.store);
      first.signal('SIGCONT');
      const woken = stage.judge(await first.ended);
      return [
        ...(held.code === 5 ? [] : [`a stream that is held: ${held.code} ${held.stdout}`]),
        ...second,
        ...(woken.code === 5 || (woken.code === 0 && hadCommittedAll)
          ? []
          : [`the woken run ended with ${woken.code}: ${woken.stdout}`]),
        ...woken.flaws,
        ...(dumpOf(stage.store) === before ? [] : ['the woken run wrote to the store']),
        ...(await stage.toRest()),
      ];
    },
  };
}

/** It holds SQLite's own lock: nobody can take over, and nothing is lost. */
function stopsInTransaction(lab: Lab, scenario: Traced, point: FaultPoint): FaultCase {
  return {
    name: `${point}, in a transaction`,
    run: async () => {
      const stage = new Stage(lab, scenario);
      const first = stage.start({ env: { WORKOS_EVENTS_FAULT: `${point}@1:stop` } });
      if (!(await first.stopped())) return ['never fired'];
      const second = await stage.run();
      first.signal('SIGCONT');
      const woken = stage.judge(await first.ended);
      return [
        ...(second.code === 4 && second.stdout.includes('store_busy')
          ? []
          : [`${second.code} ${second.stdout}`]),
        ...second.flaws,
        ...(woken.code === 0 ? [] : [`the woken run ended with ${woken.code}: ${woken.stdout}`]),
        ...woken.flaws,
        ...(await stage.toRest()),
      ];
    },
  };
}

/** As if the holder had been silent for more than a minute. */
export function ageLease(store: string): void {
  const db = new Database(store);
  try {
    db.prepare('UPDATE lease SET heartbeat = heartbeat - ?').run(STALE_MS);
  } finally {
    db.close();
  }
}
