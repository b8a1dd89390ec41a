import { type FaultCase, type FaultGroup, Skipped } from './fault-case.ts';
import type { Lab } from './lab.ts';

export interface Outcome {
  readonly group: string;
  readonly name: string;
  readonly violations: readonly string[];
  readonly skipped: string | undefined;
  readonly ms: number;
}

/** Runs a group's cases, so many at a time. What cannot be opened is one failed, or skipped, case. */
export async function runGroup(lab: Lab, group: FaultGroup, atATime: number): Promise<Outcome[]> {
  let cases: readonly FaultCase[] = [];
  const opening = await runCase(group.name, {
    name: 'opening',
    run: async () => {
      cases = await group.open(lab);
      return cases.length > 0 ? [] : ['there is no such case'];
    },
  });
  if (cases.length === 0) return [opening];
  return await runCases(group.name, cases, atATime);
}

export async function runCases(
  group: string,
  cases: readonly FaultCase[],
  atATime: number,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const left = [...cases];
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) outcomes.push(await runCase(group, next));
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return outcomes;
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
