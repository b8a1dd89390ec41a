import { FAULT_POINTS } from '../../../src/fault-points.ts';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { firstSync, laterSync, type Traced } from '../scenarios.ts';
import { Stage, someOf } from '../stage.ts';
import { DELIVERY_POINTS } from './delivery-kills.ts';
import { FOLLOWED_POINTS } from './follow.ts';
import { LISTEN_POINTS } from './listen-kills.ts';
import { RECONCILE_POINTS } from './reconcile.ts';

/** Killed at every named step, once more while it recovers, then run to rest. */
export const killPoints: FaultGroup = {
  name: 'kill at points',
  open: async (lab) => {
    const scenarios = [
      await firstSync(lab),
      await laterSync(lab),
      await laterSync(lab, ['--keep-payloads', '0']),
    ];
    const reachedHere = scenarios.flatMap(({ counts }) => [...counts.keys()]);
    const elsewhere = [...FOLLOWED_POINTS, ...DELIVERY_POINTS, ...RECONCILE_POINTS, ...LISTEN_POINTS];
    const reached = new Set([...reachedHere, ...elsewhere]);
    const everyPoint: FaultCase = {
      name: 'every fault point is reached somewhere',
      run: async () =>
        FAULT_POINTS.filter((point) => !reached.has(point)).map((point) => `never reached: ${point}`),
    };
    return [everyPoint, ...scenarios.flatMap((scenario) => killsIn(lab, scenario))];
  },
};

/** In one scenario only. */
export const killPointsOfLaterSync: FaultGroup = {
  name: 'kill at points of a later sync',
  open: async (lab) => killsIn(lab, await laterSync(lab)),
};

function killsIn(lab: Lab, scenario: Traced): FaultCase[] {
  const points = [...scenario.counts];
  return points.flatMap(([point, count], index) =>
    someOf(count).map((nth) => ({
      name: `${scenario.name}: ${point}@${nth}`,
      run: async () => {
        const stage = new Stage(lab, scenario);
        const { signal, flaws, code } = await stage.runWith(`${point}@${nth}:kill`);
        const fired = signal === 'SIGKILL' ? [] : [`never fired; it ended with ${code}`];
        const broken = stage.afterBreak();
        // The recovery is killed too, each time elsewhere; where it does not come by, it completes.
        const [again = point] = points[(index * 7 + nth) % points.length] ?? [];
        const second = await stage.runWith(`${again}@1:kill`);
        const unexpected = second.code === null || second.code === 0 ? [] : [`recovery: ${second.stdout}`];
        return [
          ...fired,
          ...flaws,
          ...broken,
          ...second.flaws,
          ...unexpected,
          ...stage.afterBreak(),
          ...(await stage.toRest()),
        ];
      },
    })),
  );
}
