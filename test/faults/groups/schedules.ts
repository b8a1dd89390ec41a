import type { FaultCase, FaultGroup } from '../fault-case.ts';
import type { Lab } from '../lab.ts';
import { builtHunt, hunt, TREE } from '../model/hunts.ts';
import { type Found, search } from '../model/search.ts';
import { Spawned } from '../model/spawned.ts';

const SEEDS = 16;
const SCHEDULES = 25;
const SPAWNED_SEEDS = 12;

/**
 * Random schedules of everything that can happen to a stream, in process and in virtual time; one that goes
 * wrong is made shorter, and printed so that it can be kept.
 */
export const schedules: FaultGroup = {
  name: 'schedules',
  open: async (lab) => {
    const program = await builtHunt(TREE, lab.newFolder());
    return [keptSchedules(program), ...seeds(SEEDS).map((seed) => manySchedules(program, seed))];
  },
};

/** Some with the built program, killed as a process. */
export const spawnedSchedules: FaultGroup = {
  name: 'schedules of real runs',
  open: async (lab) => seeds(SPAWNED_SEEDS).map((seed) => spawnedSchedule(lab, seed)),
};

function keptSchedules(program: string): FaultCase {
  return {
    name: 'those that went wrong once',
    run: async () => told(await hunt(program, '--kept')),
  };
}

function manySchedules(program: string, seed: number): FaultCase {
  return {
    name: `seed ${seed}: ${SCHEDULES} schedules`,
    run: async () => told(await hunt(program, '--seed', String(seed), '--most', String(SCHEDULES))),
  };
}

function spawnedSchedule(lab: Lab, seed: number): FaultCase {
  const openHost = () => new Spawned(lab);
  return {
    name: `seed ${seed}`,
    run: async () => told(await search({ seed, schedules: 1, maxSteps: 20, openHost, shrinkMs: 0 })),
  };
}

export function told({ shortest, violations }: Found): string[] {
  return [...violations, ...(shortest ? [`the shortest schedule: ${JSON.stringify(shortest)}`] : [])];
}

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
