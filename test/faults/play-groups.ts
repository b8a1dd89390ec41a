import pLimit from 'p-limit';
import { chosenCases } from './choice.ts';
import type { FaultGroup } from './fault-case.ts';
import type { Lab } from './lab.ts';
import { openGroup, runCases, type Turns } from './run-cases.ts';
import type { GroupResult } from './table.ts';

export interface Choice {
  /** The cases whose group and name contain it. */
  readonly only: string;
  readonly seed: number;
  /** Undefined: all of a group's cases. */
  readonly mostOf: (group: FaultGroup) => number | undefined;
  readonly atATime: number;
}

/** A group whose cases are in the row. */
interface Playing {
  /** All but its last ones have begun. */
  readonly nearlyThrough: Promise<void>;
  readonly result: Promise<GroupResult>;
}

/** Opening a group takes as long as a few cases. */
const AHEAD = 8;

/**
 * The cases of all groups in one row, so many at a time: the last ones of a group do not leave the machine
 * idle. The next group is opened meanwhile. Each has a lab of its own, which is closed with it: the APIs of
 * all of them would fill the memory.
 */
export async function playGroups(
  lab: Lab,
  groups: readonly FaultGroup[],
  choice: Choice,
  tell: (result: GroupResult) => void,
): Promise<GroupResult[]> {
  const turns = pLimit(choice.atATime);
  const results: Promise<GroupResult>[] = [];
  try {
    for (const group of namedGroups(groups, choice.only)) {
      const own = group.ownTurns === undefined ? turns : pLimit(group.ownTurns);
      const { nearlyThrough, result } = await begin(group, lab.beside(), choice, own);
      results.push(result);
      void result.then(tell, () => {});
      if (group.ownTurns === undefined) await nearlyThrough;
    }
    return await Promise.all(results);
  } finally {
    await Promise.allSettled(results);
  }
}

/** The text is in names of groups, or else begins with one and goes on with that of cases. */
function namedGroups(groups: readonly FaultGroup[], only: string): readonly FaultGroup[] {
  const named = groups.filter(({ name }) => name.includes(only));
  return named.length > 0 ? named : groups.filter(({ name }) => only.startsWith(`${name} `));
}

async function begin(group: FaultGroup, lab: Lab, choice: Choice, turns: Turns): Promise<Playing> {
  const { name } = group;
  const startedMs = performance.now();
  const { cases, unopened } = await openGroup(group, lab);
  const named = cases.filter((one) => `${name} ${one.name}`.includes(choice.only));
  const chosen = chosenCases(named, choice.mostOf(group), choice.seed);
  const first = runCases(name, chosen.slice(0, -AHEAD), turns);
  const nearlyThrough = turns(async () => {});
  const last = runCases(name, chosen.slice(-AHEAD), turns);
  const finish = async (): Promise<GroupResult> => {
    const outcomes = [...unopened, ...(await first), ...(await last)];
    const tookMs = Math.round(performance.now() - startedMs);
    await lab.close();
    const { repeats } = lab;
    return { group: name, outcomes, of: named.length, seed: choice.seed, tookMs, repeats };
  };
  return { nearlyThrough, result: finish() };
}
