import { deliveryWorld, scenarioOf, traced } from '../delivery-scenarios.ts';
import { withStage } from '../delivery-stage.ts';
import type { FaultGroup } from '../fault-case.ts';
import { SINK_KINDS } from '../witness.ts';
import { placesIn } from './delivery-kills.ts';

/**
 * SIGINT and SIGTERM exactly at each step of a delivery: what is in flight ends and is recorded, so that
 * nothing is repeated; then the process ends by that very signal.
 */
export const deliverySignals: FaultGroup = {
  name: 'delivery: signals at points',
  open: async (lab) => {
    const world = await deliveryWorld(lab);
    const scenarios = await Promise.all(SINK_KINDS.map((kind) => traced(lab, scenarioOf(world, kind))));
    return scenarios.flatMap((scenario) =>
      placesIn(scenario).map(({ point, nth }, index) => {
        const name = index % 2 === 0 ? 'SIGINT' : 'SIGTERM';
        return {
          name: `${scenario.name}: ${name} at ${point}@${nth}`,
          run: async () =>
            await withStage(lab, scenario, async (stage) => {
              const running = stage.start({ env: { WORKOS_EVENTS_FAULT: `${point}@${nth}:stop` } });
              if (!(await running.stopped())) return ['never fired'];
              running.signal(name);
              running.signal('SIGCONT');
              const { signal, code, flaws, stdout } = stage.judge(await running.ended);
              const wrong = signal === name ? [] : [`it ended with ${signal ?? code}: ${stdout}`];
              return [...wrong, ...flaws, ...stage.afterBreak(), ...(await stage.toRest())];
            }),
        };
      }),
    );
  },
};
