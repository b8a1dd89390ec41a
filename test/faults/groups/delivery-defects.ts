import { deliveryWorld, scenarioOf, type TracedDelivery, traced } from '../delivery-scenarios.ts';
import { withStage } from '../delivery-stage.ts';
import type { FaultGroup } from '../fault-case.ts';
import { DELIVERY_POINTS, nthsOf } from './delivery-kills.ts';
import type { SinkKind } from '../witness.ts';

const KINDS: readonly SinkKind[] = ['http', 'exec'];

/** A defect of ours at every step of a delivery: it says so (70), and the next run delivers the rest. */
export const deliveryDefects: FaultGroup = {
  name: 'delivery: defect at points',
  open: async (lab) => {
    const world = await deliveryWorld(lab);
    const scenarios: readonly TracedDelivery[] = await Promise.all(
      KINDS.map((kind) => traced(lab, scenarioOf(world, kind))),
    );
    return scenarios.flatMap((scenario) =>
      DELIVERY_POINTS.flatMap((point) => nthsOf(scenario, point).map((nth) => ({ point, nth }))).map(
        ({ point, nth }) => ({
          name: `${scenario.name}: ${point}@${nth}`,
          run: async () =>
            await withStage(lab, scenario, async (stage) => {
              stage.breaks += 1;
              const { code, flaws, stdout } = await stage.runWith(`${point}@${nth}:throw`);
              const wrong = code === 70 ? [] : [`it ended with ${code}: ${stdout}`];
              return [...wrong, ...flaws, ...stage.afterBreak(), ...(await stage.toRest())];
            }),
        }),
      ),
    );
  },
};
