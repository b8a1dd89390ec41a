import type { Lab } from './lab.ts';

/** One way to break the program; resolves with what then did not hold. */
export interface FaultCase {
  readonly name: string;
  readonly run: () => Promise<readonly string[]>;
}

/** Cases of one kind. `open` counts and prepares what they break. */
export interface FaultGroup {
  readonly name: string;
  /** So many of its cases are enough in an ordinary run, chosen by a seed; each one unless given. */
  readonly most?: number;
  /** Its cases wait more than they work: so many of them at a time, in turns of their own. */
  readonly ownTurns?: number;
  readonly open: (lab: Lab) => Promise<readonly FaultCase[]>;
}

/** The machine cannot break the program in this way; it is counted and named, never passed over. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}
