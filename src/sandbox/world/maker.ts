import { isoTime } from '../iso-time.ts';
import { seededRandom } from '../random.ts';
import { objectId } from './object-id.ts';

const DAY_MS = 24 * 3_600_000;
const LONGEST_HISTORY_DAYS = 90;

/** Makes standing objects: every choice follows from the seed, every time lies before the history. */
export class Maker {
  readonly random: () => number;
  private readonly seed: number;
  private readonly startMs: number;
  private made = 0;

  constructor(seed: number, startMs: number) {
    this.seed = seed;
    this.startMs = startMs;
    this.random = seededRandom(seed ^ 0x5eed);
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('There is nothing to pick from.');
    return item;
  }

  /** Unlike those of the history's own objects, whose numbers count up from 0. */
  id(prefix: string): string {
    this.made++;
    return objectId(prefix, this.seed, -this.made);
  }

  /** A time at least so many days before the longest history. */
  longAgo(days: number): string {
    const daysAgo = LONGEST_HISTORY_DAYS + 1 + days + this.random() * 300;
    return isoTime(this.startMs - daysAgo * DAY_MS);
  }
}
