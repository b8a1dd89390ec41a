import type { FaultCase, FaultGroup } from './fault-case.ts';
import type { Lab } from './lab.ts';
import { runCases } from './run-cases.ts';

/** A small defect put into the built program, and the cases of which one at least must notice it. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly replacement: string;
  readonly group: FaultGroup;
  readonly cases: RegExp;
  /** The group records what the program does when it is opened: then the defect has to be there already. */
  readonly opens?: boolean;
  /** What has to be noticed, where the defect also shows in ways that are beside the point. */
  readonly says?: RegExp;
}

export function caught(built: Lab, mutant: Mutant): FaultCase {
  const { name, file, text, replacement, group, cases, opens = false, says = /./ } = mutant;
  return {
    name,
    run: async () => {
      const lab = built.copy();
      try {
        if (opens) lab.patch(file, text, replacement);
        const chosen = (await group.open(lab)).filter((one) => cases.test(one.name));
        if (!opens) lab.patch(file, text, replacement);
        const outcomes = await runCases(group.name, chosen);
        const noticed = outcomes.some(({ violations }) =>
          violations.some((violation) => says.test(violation)),
        );
        return noticed ? [] : [`none of ${outcomes.length} cases of "${group.name}" noticed it`];
      } finally {
        await lab.close();
      }
    },
  };
}
