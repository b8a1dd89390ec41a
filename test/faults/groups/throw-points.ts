import type { FaultGroup } from '../fault-case.ts';
import { firstSync } from '../scenarios.ts';
import { Stage, someOf } from '../stage.ts';

/**
 * Whatever goes wrong with an answer is a failed answer, and is asked for again; and what goes wrong behind
 * the cursor that was looked for in the last stretch no longer matters.
 */
const MENDED = /^(?:response\.|window\.completed$)/;

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
          const wrong =
            code === 70 || (code === 0 && MENDED.test(point)) ? [] : [`it ended with ${code}: ${stdout}`];
          return [...wrong, ...flaws, ...stage.afterBreak(), ...(await stage.toRest())];
        },
      })),
    );
  },
};
