import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { FaultPoint } from '../../../src/fault-points.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { type Outage, outageIn, ReconcileStage } from '../reconcile-stage.ts';
import { countsOf, someOf } from '../stage.ts';

/** Only a reconcile comes by here. */
export const RECONCILE_POINTS: readonly FaultPoint[] = [
  'reconcile.difference',
  'recovery.before_commit',
  'recovery.done',
];

/** `reconcile` that acts: killed, thrown at, and beside a run that delivers the stream. */
export const reconcile: FaultGroup = {
  name: 'reconcile',
  open: async (lab) => {
    const outage = await outageIn(lab);
    const counts = countsOf(await new ReconcileStage(lab, outage).trace());
    const everyPoint: FaultCase = {
      name: 'every fault point of reconcile is reached',
      run: async () =>
        RECONCILE_POINTS.filter((point) => !counts.has(point)).map((point) => `never: ${point}`),
    };
    const kills = [...counts].flatMap(([point, count]) =>
      someOf(count).map((nth) => brokenAt(lab, outage, `${point}@${nth}`, 'kill')),
    );
    const twice = RECONCILE_POINTS.flatMap((first) =>
      RECONCILE_POINTS.concat('sink.after', 'record.done').map((second) =>
        killedTwice(lab, outage, first, second),
      ),
    );
    const interrupts = [...counts.keys()].map((point) => interruptedAt(lab, outage, point));
    const defects = RECONCILE_POINTS.map((point) => brokenAt(lab, outage, `${point}@1`, 'throw'));
    return [everyPoint, ...kills, ...twice, ...interrupts, ...defects, besideFollow(lab, outage)];
  },
};

function brokenAt(lab: Lab, outage: Outage, fault: string, action: 'kill' | 'throw'): FaultCase {
  return {
    name: `${fault}: ${action}`,
    run: async () => {
      const stage = new ReconcileStage(lab, outage);
      const { signal, code, flaws } = await stage.runWith(`${fault}:${action}`);
      const asPlanned = action === 'kill' ? signal === 'SIGKILL' : code === 70;
      const fired = asPlanned ? [] : [`never fired; it ended with ${code ?? signal}`];
      stage.breaks += 1;
      return [...flaws, ...fired, ...stage.afterBreak(), ...(await stage.toRestForGood())];
    },
  };
}

/** The run that would finish it is killed too. */
function killedTwice(lab: Lab, outage: Outage, first: FaultPoint, second: FaultPoint): FaultCase {
  return {
    name: `${first}@1, then ${second}@1: killed`,
    run: async () => {
      const stage = new ReconcileStage(lab, outage);
      const violations: string[] = [];
      for (const point of [first, second]) {
        const { signal, code, flaws } = await stage.runWith(`${point}@1:kill`);
        const fired = signal === 'SIGKILL' ? [] : [`${point} never fired; it ended with ${code}`];
        stage.breaks += 1;
        violations.push(...flaws, ...fired, ...stage.afterBreak());
      }
      return [...violations, ...(await stage.toRestForGood())];
    },
  };
}

/** SIGTERM where it stands: it ends by that, and what is in flight is left to the next. */
function interruptedAt(lab: Lab, outage: Outage, point: FaultPoint): FaultCase {
  return {
    name: `SIGTERM at ${point}@1`,
    run: async () => {
      const stage = new ReconcileStage(lab, outage);
      const running = stage.start({ env: { WORKOS_EVENTS_FAULT: `${point}@1:stop` } });
      if (!(await running.stopped())) return ['never fired'];
      running.signal('SIGTERM');
      running.signal('SIGCONT');
      const { signal, code, stdout } = await running.ended;
      const wrong = signal === 'SIGTERM' ? [] : [`it ended with ${signal ?? code}: ${stdout}`];
      stage.breaks += 1;
      return [...wrong, ...stage.afterBreak(), ...(await stage.toRestForGood())];
    },
  };
}

/** The run that follows has the same routes: what is missing is left to it. */
function besideFollow(lab: Lab, outage: Outage): FaultCase {
  return {
    name: 'beside a sync that follows',
    run: async () => {
      const stage = new ReconcileStage(lab, outage);
      const following = stage.startCommand(['sync', '--follow', '--interval', '500ms', ...stage.route]);
      await untilDelivering(stage);
      const { code, stdout, flaws } = await stage.run();
      following.signal('SIGTERM');
      await following.ended;
      const { recovered } = JSON.parse(stdout);
      const whole = code === 0 && recovered === outage.lost.size;
      return [
        ...flaws,
        ...(whole ? [] : [`it ended with ${code}: ${stdout}`]),
        ...(await stage.toRestForGood()),
      ];
    },
  };
}

async function untilDelivering({ store }: ReconcileStage): Promise<void> {
  const held = "SELECT 1 FROM lease WHERE role = 'deliver' AND run_id IS NOT NULL";
  const db = new Database(store, { readonly: true });
  try {
    while (db.prepare(held).get() === undefined) await pause(20);
  } finally {
    db.close();
  }
}
