import { seededRandom } from '../../src/sandbox/random.ts';
import { someOf } from './stage.ts';
import type { FileOp, Kept } from './write-log.ts';

/** Of the writes that nobody synced, a disk may have kept any. */
const DRAWS = 2;
/** About so many places, besides torn lines, from which a run goes on to rest. */
const RESUMED = 5;

/** A moment in a run that was recorded, and what the disk has of it. */
export interface PowerCut {
  readonly name: string;
  /** How many operations were done. */
  readonly done: number;
  readonly kept: (op: FileOp) => Kept;
  /** A run goes on to rest from here; elsewhere only what is left on the disk is judged. */
  readonly resumes: boolean;
}

/** After each operation, with lines torn, and where somebody was about to sync. */
export function powerCutsIn(ops: readonly FileOp[]): PowerCut[] {
  const syncs = ops.flatMap(({ kind }, index) => (kind === 'sync' ? [index] : []));
  const ofLines = syncs.filter((place) => ops[place]?.path.endsWith('.ndjson'));
  const torn = someOf(ofLines.length).flatMap((nth) => ofLines[nth - 1] ?? []);
  const every = Math.ceil(syncs.length / RESUMED);
  return [
    ...ops.map((_, index) => ({
      name: `cut after ${index + 1}`,
      done: index + 1,
      kept: () => 'none' as const,
      resumes: false,
    })),
    ...torn.map((done) => ({
      name: `line torn at ${done}`,
      done,
      kept: () => 'half' as const,
      resumes: true,
    })),
    ...syncs.flatMap((done, nth) =>
      Array.from({ length: DRAWS }, (_, draw) => {
        const random = seededRandom(done * DRAWS + draw);
        const name = `cut after ${done}, some kept (${draw})`;
        return { name, done, kept: () => keptBy(random()), resumes: draw === 0 && nth % every === 0 };
      }),
    ),
  ];
}

export function keptBy(draw: number): Kept {
  if (draw < 0.4) return 'all';
  return draw < 0.6 ? 'half' : 'none';
}
