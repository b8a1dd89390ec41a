import type { WireEvent } from './event.ts';
import type { Verdict } from './reconcile-plan.ts';

/** How many events, and what became of them. */
export interface Counts {
  scanned: number;
  processed: number;
  pending: number;
  dead: number;
  missing: number;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Counts by spans of time of the same length, each by its beginning, ms. */
export interface CountsOverTime {
  readonly grainMs: number;
  readonly counts: ReadonlyMap<number, Counts>;
}

/** A picture of a window has so many bars at most. */
export const MOST_BARS = 72;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The events of a window over time (their own) and by type, as they were found. */
export class WindowCounts {
  readonly total = noCounts();
  readonly byHour = new Map<number, Counts>();
  readonly byType = new Map<string, Counts>();
  readonly #byGrain: Map<number, Counts>;
  readonly #grainMs: number;
  notSettled = 0;
  forgotten = 0;

  /** `grainMs`: a part of an hour. */
  constructor(grainMs = HOUR_MS) {
    this.#grainMs = grainMs;
    this.#byGrain = grainMs === HOUR_MS ? this.byHour : new Map();
  }

  /** As fine as was asked for. */
  get overTime(): CountsOverTime {
    return { grainMs: this.#grainMs, counts: this.#byGrain };
  }

  add({ type, createdAtMs }: Pick<WireEvent, 'type' | 'createdAtMs'>, verdict: Verdict): void {
    const over = [this.total, within(this.byHour, floor(createdAtMs, HOUR_MS)), within(this.byType, type)];
    if (this.#byGrain !== this.byHour) over.push(within(this.#byGrain, floor(createdAtMs, this.#grainMs)));
    for (const counts of over) {
      counts.scanned += 1;
      if (verdict !== 'not_settled' && verdict !== 'forgotten') counts[verdict] += 1;
    }
    if (verdict === 'not_settled') this.notSettled += 1;
    if (verdict === 'forgotten') this.forgotten += 1;
  }
}

/** How finely to count for a picture with `most` bars at most; an hour is fine enough for any. */
export function grainFor(window: Span, most: number): number {
  return Math.min(HOUR_MS, stepFor(window, most, MINUTE_MS));
}

/**
 * `most` buckets of the same length at most, without holes, that cover the window: whole hours or days, or
 * as fine as `found` is.
 */
export function timeline(
  found: ReadonlyMap<number, Counts>,
  window: Span,
  most: number,
  grainMs = HOUR_MS,
): { readonly atMs: number; readonly counts: Counts }[] {
  const { fromMs, toMs } = window;
  const stepMs = stepFor(window, most, grainMs);
  const first = Math.floor(fromMs / stepMs);
  const buckets = Array.from({ length: bucketsOf(fromMs, toMs, stepMs) }, (_, index) => ({
    atMs: (first + index) * stepMs,
    counts: noCounts(),
  }));
  for (const [atMs, counts] of found) {
    const bucket = buckets[Math.floor(atMs / stepMs) - first];
    if (bucket) addTo(bucket.counts, counts);
  }
  return buckets;
}

const WEEK_MS = 7 * 24 * HOUR_MS;
const STEPS_MS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 4, 6, 12, 24, 48].map((hours) => hours * HOUR_MS),
  WEEK_MS,
];

function stepFor({ fromMs, toMs }: Span, most: number, leastMs: number): number {
  const fits = (step: number) => step % leastMs === 0 && bucketsOf(fromMs, toMs, step) <= most;
  return STEPS_MS.find(fits) ?? WEEK_MS;
}

function floor(ms: number, stepMs: number): number {
  return Math.floor(ms / stepMs) * stepMs;
}

function bucketsOf(fromMs: number, toMs: number, stepMs: number): number {
  return Math.ceil(toMs / stepMs) - Math.floor(fromMs / stepMs);
}

function within<K>(counts: Map<K, Counts>, key: K): Counts {
  const known = counts.get(key) ?? noCounts();
  counts.set(key, known);
  return known;
}

function addTo(sum: Counts, more: Counts): void {
  sum.scanned += more.scanned;
  sum.processed += more.processed;
  sum.pending += more.pending;
  sum.dead += more.dead;
  sum.missing += more.missing;
}

function noCounts(): Counts {
  return { scanned: 0, processed: 0, pending: 0, dead: 0, missing: 0 };
}
