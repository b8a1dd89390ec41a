import { CATALOGUE } from '../domain/catalogue.ts';
import { seededRandom } from './random.ts';

/**
 * When things happened, and of which type: a sorted list as two typed arrays, so that millions of events
 * cost nine bytes each. `bursts` is how real histories look: sign-ins by day and week, and directory syncs
 * that bring hundreds of events within minutes.
 */
export type Shape = 'bursts' | 'uniform' | 'skewed';

export interface History {
  readonly times: Float64Array;
  /** Index into the catalogue. */
  readonly kinds: Uint8Array;
}

export interface HistoryOptions {
  readonly seed: number;
  readonly count: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly shape: Shape;
}

const DAY_MS = 24 * 3_600_000;
const WEEK_MS = 7 * DAY_MS;
/** Room for a type beside its time in one number, so that one sort orders both. */
const KINDS = 256;

const MOST_IN_BURST = 2000;

const SYNC_TYPES = kindsOf((name) => name.startsWith('dsync.user.') || name.startsWith('dsync.group.'));
const SIGN_IN_TYPES = kindsOf((name) =>
  /^(?:session\.created|authentication\..*_(?:succeeded|started))$/.test(name),
);
const ALL_TYPES = kindsOf(() => true);

export function makeHistory({ seed, count, fromMs, toMs, shape }: HistoryOptions): History {
  const random = seededRandom(seed);
  const spanMs = toMs - fromMs;
  const keys = new Float64Array(count);
  let made = 0;
  const put = (offsetMs: number, kind: number) => {
    keys[made++] = Math.floor(Math.min(spanMs - 1, Math.max(0, offsetMs))) * KINDS + kind;
  };
  if (shape === 'skewed') {
    // Most of a history within a few hours: an import, or one large tenant's first day.
    const atMs = 0.7 * spanMs;
    while (made < count * 0.8) put(atMs + random() * 0.01 * spanMs, pick(ALL_TYPES, random));
  }
  if (shape === 'bursts') {
    while (made < count * 0.5) {
      const atMs = random() * spanMs;
      const largest = Math.min(MOST_IN_BURST, Math.ceil(count / 20));
      const size = Math.min(count - made, Math.ceil(largest * (0.03 + 0.97 * random() ** 2)));
      const everyMs = 5 + random() * 200;
      for (let i = 0; i < size; i++) put(atMs + (i + random()) * everyMs, pick(SYNC_TYPES, random));
    }
  }
  const even = shape === 'uniform' || shape === 'skewed';
  while (made < count) {
    const offsetMs = random() * spanMs;
    if (even || random() < bustle(offsetMs - spanMs)) {
      put(offsetMs, pick(random() < 0.7 ? SIGN_IN_TYPES : ALL_TYPES, random));
    }
  }
  keys.sort();
  const times = new Float64Array(count);
  const kinds = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const key = keys[index] ?? 0;
    kinds[index] = key % KINDS;
    times[index] = fromMs + Math.floor(key / KINDS);
  }
  return { times, kinds };
}

/** A kind for an event that happens now. */
export function kindNow(random: () => number): number {
  return pick(random() < 0.7 ? SIGN_IN_TYPES : ALL_TYPES, random);
}

/**
 * How much goes on at a time of the week, in [0, 1]: office hours, quiet nights and week-ends. Counted back
 * from the history's end, as if that were a Tuesday's noon, so that a seed means the same on any day.
 */
function bustle(beforeEndMs: number): number {
  const ms = ((beforeEndMs % WEEK_MS) + WEEK_MS + 2.5 * DAY_MS) % WEEK_MS;
  const hour = (ms % DAY_MS) / 3_600_000;
  const weekday = Math.floor(ms / DAY_MS);
  const byDay = weekday === 0 || weekday === 6 ? 0.15 : 1;
  return byDay * (hour >= 7 && hour < 19 ? 1 : 0.12);
}

function kindsOf(takes: (name: string) => boolean): readonly number[] {
  return CATALOGUE.flatMap((name, kind) => (takes(name) ? [kind] : []));
}

function pick(kinds: readonly number[], random: () => number): number {
  return kinds[Math.floor(random() * kinds.length)] ?? 0;
}
