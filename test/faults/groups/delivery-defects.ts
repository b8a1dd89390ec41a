import { deliveryWorld, scenarioOf, traced } from '../delivery-scenarios.ts';
import { withStage } from '../delivery-stage.ts';
import type { FaultGroup } from '../fault-case.ts';
import { SINK_KINDS } from '../witness.ts';
import { placesIn } from './delivery-kills.ts';

/** A defect of ours at every step of a delivery: it says so (70), and the next run delivers the rest. */
export const deliveryDefects: FaultGroup = {
  name: 'delivery: defect at points',
  open: async (lab) => {
    const world = await deliveryWorld(lab);
    const scenarios = await Promise.all(SINK_KINDS.map((kind) => traced(lab, scenarioOf(world, kind))));
    return scenarios.flatMap((scenario) =>
      placesIn(scenario).map(({ point, nth }) => ({
        name: `${scenario.name}: ${point}@${nth}`,
        run: async () =>
          await withStage(lab, scenario, async (stage) => {
            stage.breaks += 1;
            const { code, flaws, stdout } = await stage.runWith(`${point}@${nth}:throw`);
            const wrong = code === 70 ? [] : [`it ended with ${code}: ${stdout}`];
            return [...wrong, ...flaws, ...stage.afterBreak(), ...(await stage.toRest())];
          }),
      })),
    );
  },
};
