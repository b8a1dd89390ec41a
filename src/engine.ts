/** How V8 runs this program: flags for the versions of Node they were tried on, since V8 complains of unknown ones. */
import { setFlagsFromString } from 'node:v8';

/**
 * V8 compiles undici's HTTP parser anew after a few answers, which takes it longer than most runs take, and
 * a process waits at its end for it to be done. A long run reaches the larger budget as well.
 */
const LATER_TIER_UP = '--wasm-tiering-budget=100000000';
/** A heap may double between two collections, instead of growing fourfold: a long read stays under 200 MB. */
const SMALL_HEAP = '--heap-growing-percent=100';

const FLAGS: Readonly<Record<string, readonly string[]>> = {
  20: [LATER_TIER_UP, SMALL_HEAP],
  22: [LATER_TIER_UP, SMALL_HEAP],
  24: [SMALL_HEAP],
};

export function setEngineFlags(nodeVersion: string): void {
  const [major = ''] = nodeVersion.split('.');
  for (const flag of FLAGS[major] ?? []) setFlagsFromString(flag);
}
