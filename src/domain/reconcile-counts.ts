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

const HOUR_MS = 3_600_000;

/** The events of a window by hour (of their time, ms) and by type, as they were found. */
export class WindowCounts {
  readonly total = noCounts();
  readonly byHour = new Map<number, Counts>();
  readonly byType = new Map<string, Counts>();
  notSettled = 0;
  forgotten = 0;

  add({ type, createdAtMs }: Pick<WireEvent, 'type' | 'createdAtMs'>, verdict: Verdict): void {
    const hourMs = Math.floor(createdAtMs / HOUR_MS) * HOUR_MS;
    for (const counts of [this.total, within(this.byHour, hourMs), within(this.byType, type)]) {
      counts.scanned += 1;
      if (verdict !== 'not_settled' && verdict !== 'forgotten') counts[verdict] += 1;
    }
    if (verdict === 'not_settled') this.notSettled += 1;
    if (verdict === 'forgotten') this.forgotten += 1;
  }
}

/** `most` buckets of the same length at most, without holes, that cover the window; whole hours or days. */
export function timeline(
  byHour: ReadonlyMap<number, Counts>,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  most: number,
): { readonly atMs: number; readonly counts: Counts }[] {
  const hours = STEPS.find((step) => bucketsOf(fromMs, toMs, step * HOUR_MS) <= most) ?? 24 * 7;
  const stepMs = hours * HOUR_MS;
  const first = Math.floor(fromMs / stepMs);
  const buckets = Array.from({ length: bucketsOf(fromMs, toMs, stepMs) }, (_, index) => ({
    atMs: (first + index) * stepMs,
    counts: noCounts(),
  }));
  for (const [hourMs, counts] of byHour) {
    const bucket = buckets[Math.floor(hourMs / stepMs) - first];
    if (bucket) addTo(bucket.counts, counts);
  }
  return buckets;
}

const STEPS: readonly number[] = [1, 2, 3, 4, 6, 12, 24, 48, 24 * 7];

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
