import type { FaultGroup } from '../fault-case.ts';
import { firstSync } from '../scenarios.ts';
import { Stage, someOf } from '../stage.ts';

/** A defect of ours at every named step: it says so (70), and the next run completes. */
export const throwPoints: FaultGroup = {
  name: 'defect at points',
  open: async (lab) => {
    const scenario = await firstSync(lab);
    // At `start` nothing of the program runs yet that could answer.
    const points = [...scenario.counts].filter(([point]) => point !== 'start');
    return points.flatMap(([point, count]) =>
      someOf(count).map((nth) => ({
        name: `${point}@${nth}`,
        run: async () => {
          const stage = new Stage(lab, scenario);
          const { code, flaws, stdout } = await stage.runWith(`${point}@${nth}:throw`);
          // Whatever goes wrong with an answer is a failed answer, and is asked for again.
          const asksAgain = code === 0 && point.startsWith('response.');
          const wrong = code === 70 || asksAgain ? [] : [`it ended with ${code}: ${stdout}`];
          return [...wrong, ...flaws, ...stage.afterBreak(), ...(await stage.toRest())];
        },
      })),
    );
  },
};
