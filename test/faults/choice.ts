import { seededRandom } from '../../src/sandbox/random.ts';
import type { FaultCase } from './fault-case.ts';

/** `most` of them, chosen by a seed, in their order; each where `most` is left out. */
export function chosenCases(
  cases: readonly FaultCase[],
  most: number | undefined,
  seed: number,
): readonly FaultCase[] {
  if (most === undefined || cases.length <= most) return cases;
  const random = seededRandom(seed);
  const left = [...cases.keys()];
  const taken = Array.from({ length: most }, () => left.splice(Math.floor(random() * left.length), 1)).flat();
  return taken.sort((one, other) => one - other).flatMap((index) => cases[index] ?? []);
}
