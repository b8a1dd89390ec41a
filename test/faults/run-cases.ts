import pLimit from 'p-limit';
import { type FaultCase, type FaultGroup, Skipped } from './fault-case.ts';
import type { Lab } from './lab.ts';

export interface Outcome {
  readonly group: string;
  readonly name: string;
  readonly violations: readonly string[];
  readonly skipped: string | undefined;
  readonly ms: number;
}

/** Runs what it is given when it is its turn, so many at a time. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

export interface OpenedGroup {
  readonly cases: readonly FaultCase[];
  /** Of what could not be opened: one failed, or skipped, case. */
  readonly unopened: readonly Outcome[];
}

export async function openGroup({ name, open }: FaultGroup, lab: Lab): Promise<OpenedGroup> {
  let cases: readonly FaultCase[] = [];
  const opening = await runCase(name, {
    name: 'opening',
    run: async () => {
      cases = await open(lab);
      return cases.length > 0 ? [] : ['there is no such case'];
    },
  });
  return { cases, unopened: cases.length > 0 ? [] : [opening] };
}

/** One after another, until they are in turns with others. */
export async function runCases(
  group: string,
  cases: readonly FaultCase[],
  turns: Turns = pLimit(1),
): Promise<Outcome[]> {
  return await Promise.all(cases.map((one) => turns(() => runCase(group, one))));
}

async function runCase(group: string, { name, run }: FaultCase): Promise<Outcome> {
  const startedMs = performance.now();
  const outcome = {
    group,
    name,
    violations: [] as readonly string[],
    skipped: undefined as string | undefined,
  };
  try {
    outcome.violations = await run();
  } catch (error) {
    if (error instanceof Skipped) outcome.skipped = error.message;
    else outcome.violations = [`the case itself failed: ${error instanceof Error ? error.stack : error}`];
  }
  return { ...outcome, ms: Math.round(performance.now() - startedMs) };
}
